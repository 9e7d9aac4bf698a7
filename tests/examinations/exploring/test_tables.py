"""The pivot: its numbers against plain SQL, its links against their lists, who sees what."""

import datetime
from html import escape

import pytest
from django.utils import timezone

from examinations.exploring.dimensions import DIMENSIONS, period_of
from examinations.exploring.pivot import MOST_COLUMNS, TooLarge
from examinations.figures import Period
from examinations.models import Discrepancy, EntryLine, Examination, Selection
from examinations.models.examination import OPEN_DISPOSITIONS, Disposition, Reason
from tests.examinations.behind import Behind
from tests.examinations.exploring.asking import DAY, by_hand, pivot, year
from tests.examinations.exploring.conftest import make_traded
from tests.named_people import World, closed, make_entry, make_examination, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def make_kept() -> World:
    return make_traded(world_again())


@pytest.fixture
def traded(kept: World) -> World:
    return kept


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


def with_every_value(world: World) -> None:
    """Examinations of every result and reason, and one of which neither entry, broker nor reason is known."""
    for n, result in enumerate(Disposition.values):
        entry = make_entry(world.load, f"9XZ8{n:07}", world.quillard, world.lindale if n % 2 else None)
        entry.rows.update(manufacturer_id="" if n == 1 else "VNBBB", hts=f"{8400 + n * 100}104020")
        is_open = result in OPEN_DISPOSITIONS
        reason = Reason.values[n % len(Reason.values)]
        one = make_examination(
            entry, f"EX-R{n}", reason, **({"disposition": result} if is_open else closed(result, ""))
        )
        if result in (Disposition.MAJOR, Disposition.SEIZED, Disposition.NO_DISCREPANCY):  # a file may say both
            Discrepancy.objects.create(
                examination=one, account=world.quillard, ordinal=1, type="VALUE", disposition=result,
                revenue_difference=10,
            )  # fmt: skip
    bare = {"account": world.quillard, "load": world.load, "container": "ZZXU4308176"}
    Selection.objects.filter(examination=make_examination(None, "EX-BARE", "UNKNOWN", **bare)).delete()
    review = make_entry(world.load, "9XZ80000099", world.quillard, world.lindale)
    make_examination(review, "EX-ESR", "RANDOM", type="ESR", line=1)  # open: in no cell, and behind none


ALONE = [
    (person, measure, one, "")
    for person in ("robin", "jordan")
    for measure in ("cargo", "wrong", "long", "reviews")
    for one in DIMENSIONS
    if person == "jordan" or not DIMENSIONS[one].law_enforcement
]
AGAINST = [
    ("robin", "cargo", "port", "month"), ("robin", "cargo", "manufacturer", "heading"),
    ("robin", "cargo", "origin", "quarter"), ("robin", "wrong", "manufacturer", "finding"),
    ("robin", "long", "port", "year"), ("robin", "cargo", "result", "finding"), ("robin", "wrong", "result", "port"),
    ("robin", "cargo", "party", "chapter"), ("robin", "cargo", "entry_type", "manufacturer"),
    ("billie", "cargo", "party", "result"), ("jordan", "cargo", "reason", "result"),
]  # fmt: skip


@pytest.mark.parametrize("person", ["robin", "jordan", "billie"])
def test_a_cell_leads_to_just_its_rows(traded: World, person: str) -> None:
    with_every_value(traded)
    client = signed_in(traded, person)
    base = f"/accounts/{traded.quillard.pk}" if person == "jordan" else ""
    behind = Behind(client, traded.lindale if person == "billie" else traded.quillard)
    for _, measure, rows, columns in (one for one in ALONE + AGAINST if one[0] == person):
        asked = f"measure={measure}&rows={rows}&columns={columns}"
        page = client.get(f"{base}/explore/?{asked}")
        shown = [one for _, cells, whole in page.context["lines"] for one in (*cells, whole)] + page.context["sums"]
        for cell in shown:
            if cell.text in ("", "0"):
                continue
            assert cell.link, (asked, cell)
            assert behind(cell.link) == int(cell.text.replace(",", "")), (asked, cell)
            assert f'href="{escape(cell.link)}"' in page.content.decode()
    if person == "billie":  # filed some of them
        return
    results = {one.split("disposition=")[1].split("&")[0] for one in behind.known if "disposition=" in one}
    assert results == set(Disposition.values)


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


def test_a_review_of_a_whole_entry_is_no_review_of_a_line(traded: World) -> None:
    entry = make_entry(traded.load, "9XZ60000001", traded.quillard, traded.lindale)
    before = pivot(traded, "robin", "reviews", "type").of_all
    for number, line in (("EX-LINE", 1), ("EX-WHOLE", None)):
        make_examination(entry, number, "RANDOM", type="ESR", line=line, **closed("DISCREPANCY_MTD", "random"))
    page = signed_in(traded, "robin").get("/explore/?measure=reviews&rows=type")
    assert page.context["table"].found.of_all == before + 1
    behind = signed_in(traded, "robin").get(page.context["sums"][-1].link)
    numbers = {row.number for row in behind.context["page"]}
    assert len(numbers) == before + 1
    assert "EX-LINE" in numbers
    assert "EX-WHOLE" not in numbers
    asked = "/examinations/?reviews=1&type=ESR&of=entry"
    assert [row.number for row in signed_in(traded, "robin").get(asked).context["page"]] == ["EX-WHOLE"]


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


def test_a_download_is_guarded(traded: World) -> None:
    EntryLine.objects.filter(manufacturer_id="CNAAA").update(manufacturer_id="=CMD()")
    text = signed_in(traded, "robin").get("/explore/?measure=cargo&rows=manufacturer&download=csv").content.decode()
    assert "'=CMD()" in text
