"""The pivot: its numbers against plain SQL, its links against their lists, who sees what, and what is kept."""

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.scope import acting_for
from examinations.exploring.dimensions import DIMENSIONS, filter_of, period_of
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import MOST_COLUMNS, TooLarge, pivot_of
from examinations.figures import Period
from examinations.models import Cost, Discrepancy, EntryLine, Examination, SavedView
from tests.named_people import World, closed, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def traded(world: World) -> World:
    """Quillard with examinations at two ports, in several months, with finds, costs and an entry of two suppliers."""
    today = timezone.localdate()
    for n in range(12):
        entry = make_entry(world.load, f"9XZ5{n:07}", world.quillard, world.lindale)
        entry.rows.update(manufacturer_id="CNAAA" if n % 2 else "VNBBB", origin="CN" if n % 2 else "VN")
        if n == 0:
            first = entry.rows.get()
            first.pk, first.line, first.manufacturer_id, first.hts = None, 2, "CNAAA", "9405414000"
            first.save(force_insert=True)
        selected = today - datetime.timedelta(days=10 + 20 * n)
        fields: dict[str, Any] = {"selected": selected}
        result = closed("DISCREPANCY_MTD" if n % 4 == 0 else "NO_DISCREPANCY", "other") if n else {}
        if result:
            result |= {
                "released": selected + datetime.timedelta(days=n),
                "closed": selected + datetime.timedelta(days=n),
            }
        one = make_examination(entry, f"EX-P{n}", "TARGETED", **(fields | result))
        Examination.objects.filter(pk=one.pk).update(port="2704" if n % 3 else "4601")
        if n and n % 4 == 0:
            Discrepancy.objects.create(
                examination=one, account=world.quillard, ordinal=1, type="CLASS", disposition="DISCREPANCY_MTD",
                revenue_difference=100 * n,
            )  # fmt: skip
        Cost.objects.create(examination=one, account=world.quillard, by="file", amount=500)
        if n == 5:
            Cost.objects.create(examination=one, account=world.quillard, by="account", amount=70)
    return world


def year() -> Period:
    today = timezone.localdate()
    return Period(today - 400 * DAY, today)


def pivot(world: World, name: str, measure: str, rows: str, columns: str = "", period: Period | None = None) -> Any:
    with acting_for(world.people[name]):
        return pivot_of(
            world.quillard, period or year(), MEASURES[measure], DIMENSIONS[rows], DIMENSIONS.get(columns),
            world.people[name],
        )  # fmt: skip


def by_hand(sql: str) -> dict[Any, Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {tuple(row[:-1]) if len(row) > 2 else row[0]: row[-1] for row in cursor.fetchall()}


def test_a_table_equals_a_query_by_hand(traded: World) -> None:
    since, until = year().start, year().end
    found = pivot(traded, "jordan", "cargo", "port", "month")
    assert found.cells == by_hand(
        f"""SELECT port, to_char(selected, 'YYYY-MM'), count(*) FROM examinations_examination
            WHERE account_id = '{traded.quillard.pk}' AND type <> 'ESR' AND selected BETWEEN '{since}' AND '{until}'
            GROUP BY 1, 2"""
    )
    assert sum(found.of_row.values()) == sum(found.of_column.values()) == found.of_all
    median = pivot(traded, "jordan", "days", "port")
    assert median.of_row == by_hand(
        f"""SELECT port, percentile_cont(0.5) WITHIN GROUP (ORDER BY released - selected) FROM examinations_examination
            WHERE account_id = '{traded.quillard.pk}' AND type <> 'ESR' AND selected BETWEEN '{since}' AND '{until}'
            GROUP BY 1"""
    )


def test_an_entry_of_two_suppliers_counts_under_both_and_once_in_the_sum(traded: World) -> None:
    found = pivot(traded, "robin", "cargo", "manufacturer", "heading")
    assert found.cells["VNBBB", "8501"] == 6
    assert found.cells["CNAAA", "9405"] == 1  # the second line's heading with the second line's supplier alone
    assert ("VNBBB", "9405") not in found.cells
    assert found.of_row["CNAAA"] == 7
    assert found.of_all < sum(found.of_row.values())


def test_what_the_account_recorded_takes_the_place_of_the_files_cost(traded: World) -> None:
    month = f"{timezone.localdate() - 110 * DAY:%Y-%m}"
    exact = Examination.objects.get(number="EX-P5")
    day = Period(exact.selected, exact.selected)
    assert pivot(traded, "robin", "cost", "month", period=day).of_row == {month: 70}


def test_money_is_never_netted(traded: World) -> None:
    one = Examination.objects.get(number="EX-P4")
    Discrepancy.objects.create(
        examination=one, account=traded.quillard, ordinal=2, type="VALUE", revenue_difference=-30
    )  # fmt: skip
    day = Period(one.selected, one.selected)
    assert pivot(traded, "robin", "owed", "port", period=day).of_all == 400
    assert pivot(traded, "robin", "overpaid", "port", period=day).of_all == 30


def test_a_cell_leads_to_just_its_rows(traded: World) -> None:
    client = signed_in(traded, "robin")
    tried = 0
    for measure, rows, columns in (
        ("cargo", "port", "month"), ("cargo", "manufacturer", "heading"), ("cargo", "origin", "quarter"),
        ("wrong", "manufacturer", "finding"), ("long", "port", "year"), ("cargo", "type", ""),
    ):  # fmt: skip
        page = client.get(f"/explore/?measure={measure}&rows={rows}&columns={columns}").content.decode()
        for address, text in re.findall(r'<td class="n"><a href="([^"]+)">([\d,]+)</a>', page):
            listed = client.get(unescape(address)).context["sums"]["count"]
            assert listed == int(text.replace(",", "")), (measure, rows, columns, unescape(address))
            tried += 1
    assert tried > 30


def test_what_is_law_enforcement_is_no_choice_for_a_member(traded: World) -> None:
    robin, jordan = signed_in(traded, "robin"), signed_in(traded, "jordan")
    for rows, columns in (("reason", "port"), ("port", "reason")):
        asked = f"measure=cargo&rows={rows}&columns={columns}"
        page = robin.get(f"/explore/?{asked}")
        assert page.context["table"] is None
        assert "Choose one from the list." in page.content.decode()
        assert robin.get(f"/explore/?{asked}&download=csv")["Content-Type"].startswith("text/html")
        base = f"/accounts/{traded.quillard.pk}"
        assert jordan.get(f"{base}/explore/?{asked}").context["table"] is not None
    assert "Reason of selection" not in robin.get("/explore/").content.decode()


def test_an_open_review_is_in_no_cell(traded: World) -> None:
    entry = make_entry(traded.load, "9XZ60000001", traded.quillard, traded.lindale)
    make_examination(entry, "EX-ESR", "RANDOM", type="ESR", line=1)
    before = pivot(traded, "robin", "reviews", "type").of_all
    Examination.objects.filter(number="EX-ESR").update(**closed("NO_DISCREPANCY", "random"))
    assert pivot(traded, "robin", "reviews", "type").of_all == before + 1


def test_a_broker_counts_what_it_filed_and_never_the_cost(traded: World) -> None:
    billie = signed_in(traded, "billie")
    page = billie.get("/explore/?measure=cargo&rows=party")
    assert page.context["table"] is not None
    assert "Quillard Electric" in page.content.decode()
    assert billie.get("/explore/?measure=cost&rows=party").context["table"] is None
    seen = billie.get("/explore/?measure=cargo&rows=port").context["table"].found.of_all
    hidden = Examination.objects.get(number="EX-OTHER")  # another broker filed its entry
    assert hidden.filer_id != traded.lindale.pk
    Examination.objects.filter(pk=hidden.pk).update(filer=traded.lindale)
    assert billie.get("/explore/?measure=cargo&rows=port").context["table"].found.of_all == seen + 1


@pytest.mark.parametrize(
    "query",
    [
        "measure=nonsense",
        "rows=port&columns=port",
        "rows='; DROP TABLE accounts_person; --",
        "measure=cargo&rows=password",
        "start=02/30/2026",
        "start=2026-05-01&end=2026-04-01",
        "measure=",
        "measure=%00&rows=%00",
    ],
)
def test_nonsense_gets_a_clear_page(traded: World, query: str) -> None:
    page = signed_in(traded, "robin").get(f"/explore/?{query}")
    assert page.status_code == 200
    assert page.context["table"] is None
    assert "mended" in page.content.decode()


def test_a_table_that_nobody_reads_is_refused(traded: World) -> None:
    for n in range(MOST_COLUMNS + 1):
        entry = make_entry(traded.load, f"9XZ4{n:07}", traded.quillard, traded.lindale)
        entry.rows.update(hts=f"{7000 + n}104020")
        make_examination(entry, f"EX-L{n}", "TARGETED")
    with pytest.raises(TooLarge):
        pivot(traded, "robin", "cargo", "port", "heading")
    page = signed_in(traded, "robin").get("/explore/?measure=cargo&rows=port&columns=heading")
    assert "more than" in page.content.decode()


def test_months_quarters_and_years_mean_their_days() -> None:
    day = datetime.date
    assert period_of("month", "2026-12") == Period(day(2026, 12, 1), day(2026, 12, 31))
    assert period_of("month", "2024-02") == Period(day(2024, 2, 1), day(2024, 2, 29))
    assert period_of("quarter", "2026-Q4") == Period(day(2026, 10, 1), day(2026, 12, 31))
    assert period_of("quarter", "2026-Q1") == Period(day(2026, 1, 1), day(2026, 3, 31))
    assert period_of("year", "2026") == Period(day(2026, 1, 1), day(2026, 12, 31))
    assert period_of("port", "2704") is None
    assert filter_of(DIMENSIONS["result"], "DETAINED") is None


def test_a_download_is_guarded(traded: World) -> None:
    EntryLine.objects.filter(manufacturer_id="CNAAA").update(manufacturer_id="=CMD()")
    text = signed_in(traded, "robin").get("/explore/?measure=cargo&rows=manufacturer&download=csv").content.decode()
    assert "'=CMD()" in text


# ---- views that are kept ---------------------------------------------------------------------------------------


def test_a_view_is_kept_shared_and_removed(traded: World) -> None:
    robin, lee = signed_in(traded, "robin"), signed_in(traded, "lee")
    sent = {"name": "Ports", "query": "measure=days&rows=port&page=3&evil=1"}
    robin.post("/explore/save/", sent)
    one = SavedView.objects.get()
    assert (one.query, one.shared) == ("measure=days&rows=port", False)
    assert "Ports" not in lee.get("/explore/").content.decode()
    robin.post("/explore/save/", sent | {"shared": "on"})
    assert SavedView.objects.count() == 1
    assert "shared by Robin" in lee.get("/explore/").content.decode()
    assert lee.post(f"/explore/{one.pk}/remove/").status_code == 404
    for name in ("sam", "billie"):
        assert "Ports" not in signed_in(traded, name).get("/explore/").content.decode()
        assert signed_in(traded, name).post(f"/explore/{one.pk}/remove/").status_code == 404
    base = f"/accounts/{traded.quillard.pk}/explore/"
    assert "Ports" not in signed_in(traded, "jordan").get(base).content.decode()
    assert robin.post(f"/explore/{one.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_manager_keeps_views_of_its_accounts_for_itself(traded: World) -> None:
    base = f"/accounts/{traded.quillard.pk}/explore/"
    signed_in(traded, "jordan").post(f"{base}save/", {"name": "Mine", "query": "rows=reason", "shared": "on"})
    assert SavedView.objects.get().shared is False
    assert "Mine" in signed_in(traded, "jordan").get(base).content.decode()
    assert "Mine" not in signed_in(traded, "robin").get("/explore/").content.decode()
    assert signed_in(traded, "morgan").post(f"{base}save/", {"name": "x", "query": ""}).status_code == 404


@pytest.mark.parametrize("name", ["", "x" * 81, "a\x00b"])
def test_a_view_without_a_usable_name_is_not_kept(traded: World, name: str) -> None:
    page = signed_in(traded, "robin").post("/explore/save/", {"name": name, "query": ""}, follow=True)
    assert "Nothing was kept" in page.content.decode()
    assert not SavedView.objects.exists()
