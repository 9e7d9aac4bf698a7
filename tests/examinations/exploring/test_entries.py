"""The pivot over entries, from their sums by one dimension and month."""

import io
import re
from html import unescape

import pytest
import python_calamine
from django.utils import timezone

from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, TooLarge
from examinations.models import EntryBreakdown, SavedView
from tests.examinations.exploring.asking import by_hand, trade, year
from tests.examinations.exploring.conftest import make_summed
from tests.named_people import World, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def make_kept() -> World:
    return make_summed(world_again())


@pytest.fixture
def summed(kept: World) -> World:
    return kept


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
