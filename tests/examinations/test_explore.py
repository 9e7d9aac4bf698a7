"""The pivot: its numbers against plain SQL, its links against their lists, who sees what, and what is kept."""

import datetime
import io
import re
from html import unescape
from typing import Any

import pytest
import python_calamine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.exploring.dimensions import DIMENSIONS, filter_of, period_of
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, TooLarge, pivot_of
from examinations.exploring.trade import trade_of
from examinations.figures import Period
from examinations.models import Cost, Discrepancy, Entry, EntryBreakdown, EntryLine, Examination, SavedView
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


def test_a_view_is_removed_by_who_kept_it_and_shared_with_one_s_own_account_only(traded: World) -> None:
    one = SavedView.objects.keep(traded.quillard, "Ports", "rows=port", shared=True, by=traded.robin)
    managed = SavedView.objects.keep(traded.quillard, "Ports", "rows=port", shared=True, by=traded.jordan)
    assert (one.shared, managed.shared) == (True, False)
    with pytest.raises(PermissionDenied):
        one.remove(by=traded.lee)
    one.remove(by=traded.robin)
    assert SavedView.objects.get() == managed


@pytest.mark.parametrize("name", ["", "x" * 81, "a\x00b"])
def test_a_view_without_a_usable_name_is_not_kept(traded: World, name: str) -> None:
    page = signed_in(traded, "robin").post("/explore/save/", {"name": name, "query": ""}, follow=True)
    assert "Nothing was kept" in page.content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("query", ["&".join(["a=1"] * 21), "x" * 401, "rows=a\x00b"])
def test_a_view_that_asks_for_too_much_is_not_kept(traded: World, query: str) -> None:
    page = signed_in(traded, "robin").post("/explore/save/", {"name": "Mine", "query": query}, follow=True)
    assert "Nothing was kept: this asks for more than a view holds." in page.content.decode()
    assert not SavedView.objects.exists()


# ---- entries, from their sums ----------------------------------------------------------------------------------


@pytest.fixture
def summed(traded: World) -> World:
    """Entries of two types, ports and filers, one of a type that no examination meets, one with a chapter 99 row."""
    for n in range(4):
        entry = make_entry(traded.load, f"9XZ7{n:07}", traded.quillard, traded.lindale if n % 2 else None)
        Entry.objects.filter(pk=entry.pk).update(port="4601", entry_type="09" if n == 3 else "11")
        EntryLine.objects.filter(entry=entry).update(port="4601", manufacturer_id="")
    row = EntryLine.objects.filter(entry=entry).get()
    row.pk, row.ordinal, row.stands_for_line, row.hts, row.value, row.duty = None, 2, False, "99038803", 0, 333
    row.save(force_insert=True)
    with connection.cursor() as cursor:  # as the loader leaves it: an entry has the sums of its rows
        cursor.execute(
            """UPDATE examinations_entry e SET lines = r.lines, value = r.value, duty = r.duty FROM (
                 SELECT entry_id, count(*) FILTER (WHERE stands_for_line) AS lines,
                   sum(value) FILTER (WHERE counts_value) AS value, sum(duty) AS duty
                 FROM examinations_entryline GROUP BY entry_id) r WHERE r.entry_id = e.id"""
        )
    recount(None)
    return traded


def trade(world: World, name: str, measure: str, rows: str, columns: str = "", account: Any = None) -> Any:
    with acting_for(world.people[name]):
        return trade_of(
            account or world.quillard, year(), MEASURES[measure], DIMENSIONS[rows], DIMENSIONS.get(columns),
            world.people[name],
        )  # fmt: skip


def test_entries_value_and_duty_equal_a_query_by_hand(summed: World) -> None:
    first, last = year().whole.start, year().whole.end
    of = f"e.account_id = '{summed.quillard.pk}' AND e.source = 'cbp' AND e.entry_date BETWEEN '{first}' AND '{last}'"
    found = trade(summed, "robin", "entries", "port", "month")
    assert found.cells == by_hand(
        f"""SELECT port, to_char(entry_date, 'YYYY-MM'), count(*) FROM examinations_entry e
            WHERE {of} AND entry_type <> '09' GROUP BY 1, 2"""
    )
    assert sum(found.of_row.values()) == sum(found.of_column.values()) == found.of_all
    duty = trade(summed, "robin", "duty", "heading")
    assert duty.of_row == by_hand(
        f"""SELECT left(m.hts, 4), sum(l.duty) FROM examinations_entryline l JOIN examinations_entry e ON e.id = l.entry_id
            JOIN examinations_entryline m ON m.entry_id = l.entry_id AND m.line = l.line AND m.stands_for_line
            WHERE {of} GROUP BY 1 HAVING sum(l.duty) > 0"""
    )
    value = trade(summed, "robin", "value", "quarter", "origin")
    assert value.cells == by_hand(
        f"""SELECT to_char(e.entry_date, 'YYYY-"Q"Q'), l.origin, sum(l.value) FROM examinations_entryline l
            JOIN examinations_entry e ON e.id = l.entry_id WHERE {of} AND l.counts_value GROUP BY 1, 2
            HAVING sum(l.value) > 0"""
    )


def test_an_entry_of_two_headings_counts_once_in_the_sum_of_all(summed: World) -> None:
    found = trade(summed, "robin", "entries", "heading", "year")
    assert sum(found.of_row.values()) > found.of_all
    assert sum(found.of_column.values()) == found.of_all == trade(summed, "robin", "entries", "port").of_all
    turned = trade(summed, "robin", "entries", "year", "heading")
    assert (turned.of_row, turned.of_column) == (found.of_column, found.of_row)


@pytest.mark.parametrize(
    ("name", "measure", "rows", "columns"),
    [
        ("robin", "entries", "port", "month"), ("robin", "entries", "manufacturer", ""), ("robin", "entries", "party", ""),
        ("robin", "value", "heading", "quarter"), ("robin", "duty", "chapter", "year"), ("robin", "lines", "origin", ""),
        ("robin", "value", "entry_type", "port"), ("robin", "duty", "manufacturer", "party"),
        ("billie", "value", "party", "month"), ("billie", "entries", "heading", "party"), ("jordan", "lines", "port", ""),
    ],
)  # fmt: skip
def test_a_cell_of_entries_leads_to_just_its_rows(
    summed: World, name: str, measure: str, rows: str, columns: str
) -> None:
    client = signed_in(summed, name)
    base = f"/accounts/{summed.quillard.pk}" if name == "jordan" else ""
    page = client.get(f"{base}/explore/?measure={measure}&rows={rows}&columns={columns}")
    if rows == "entry_type":
        assert "not by both" in unescape(page.content.decode())
        return
    links = re.findall(r'<td class="n"><a href="([^"]+)">([\d,]+)</a>', page.content.decode())
    assert links
    for address, text in links:
        sums = client.get(unescape(address)).context["sums"]
        counted = {"entries": "count", "lines": "rows", "value": "goods", "duty": "duties"}[measure]
        assert round(sums[counted]) == int(text.replace(",", "")), unescape(address)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("measure=value&rows=port&columns=heading", "kept by port or by heading, not by both"),
        ("measure=entries&rows=reason", "Choose one from the list."),
        ("measure=entries&rows=finding", "Discrepancy is known of examinations only"),
        ("measure=duty&rows=port&columns=type", "Examination type is known of examinations only"),
        ("measure=duty&rows=port&columns=port", "Rows and columns are the same"),
    ],
)
def test_what_the_sums_do_not_carry_is_refused_with_a_sentence(summed: World, asked: str, said: str) -> None:
    page = signed_in(summed, "robin").get(f"/explore/?{asked}")
    assert page.context["table"] is None
    assert said in unescape(page.content.decode())
    assert signed_in(summed, "robin").get(f"/explore/?{asked}&download=xlsx")["Content-Type"].startswith("text/html")


def test_a_broker_counts_the_entries_that_it_filed_for_one_client_or_for_all(summed: World) -> None:
    found = trade(summed, "billie", "entries", "party", account=summed.lindale)
    filed = by_hand(
        f"""SELECT account_id::text, count(*) FROM examinations_entry WHERE filer_id = '{summed.lindale.pk}'
            AND source = 'cbp' AND entry_type <> '09' GROUP BY 1"""
    )
    assert found.of_row == filed
    page = signed_in(summed, "billie").get(f"/explore/?measure=entries&rows=port&party={summed.quillard.pk}")
    assert page.context["table"].found.of_all == filed[str(summed.quillard.pk)]
    cargo = signed_in(summed, "billie").get(f"/explore/?measure=cargo&rows=party&party={summed.quillard.pk}")
    assert cargo.context["table"].found.rows == [str(summed.quillard.pk)]
    refused = signed_in(summed, "billie").get("/explore/?measure=entries&rows=port&party=1")
    assert refused.context["table"] is None
    assert "Nothing here is of this client." in refused.content.decode()


def test_nobody_counts_anothers_entries(summed: World) -> None:
    assert trade(summed, "sam", "entries", "port").of_all == 0
    assert trade(summed, "expert", "value", "port").of_all == 0
    assert trade(summed, "jordan", "value", "port").of_all == trade(summed, "hq", "value", "port").of_all > 0


def test_two_million_cells_are_refused_before_they_are_read(summed: World) -> None:
    month = timezone.localdate().replace(day=1)
    EntryBreakdown.objects.bulk_create(
        EntryBreakdown(
            account=summed.quillard, month=month, dimension="manufacturer", code=f"CN{n:06}", entries=1, lines=1,
            value=1, duty=1,
        )
        for n in range(MOST_ROWS * MOST_COLUMNS + 5)
    )  # fmt: skip
    with pytest.raises(TooLarge):
        trade(summed, "robin", "value", "manufacturer", "month")
    page = signed_in(summed, "robin").get("/explore/?measure=value&rows=manufacturer&columns=month")
    assert page.status_code == 200
    assert "more cells than anybody reads" in page.content.decode()
    EntryBreakdown.objects.filter(code__gte="CN000400", code__startswith="CN0").delete()
    page = signed_in(summed, "robin").get("/explore/?measure=value&rows=manufacturer")
    assert re.search(r"This table would have <b>40\d rows</b>; more than 300 rows", page.content.decode())


def test_a_view_of_entries_is_kept_and_its_workbook_says_what_it_counts(summed: World) -> None:
    robin = signed_in(summed, "robin")
    robin.post("/explore/save/", {"name": "Origins", "query": "measure=value&rows=origin&columns=quarter"})
    assert robin.get(f"/explore/?{SavedView.objects.get().query}").context["table"].found.of_all > 0
    content = robin.get("/explore/?measure=value&rows=origin&columns=quarter&download=xlsx").content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    said = {str(row[0]): str(row[1]) for row in book.get_sheet_by_name("About this list").to_python()}
    assert said["Filter: Count"] == "Value, dollars"
    assert "as deposited" in said["Definition: Entries, lines, value and duty"]
    (head, *_rows) = book.get_sheet_by_name("List").to_python()
    assert head[0] == "Country of origin"
