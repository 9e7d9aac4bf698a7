"""The pivot of shares: examined entries of all, lines in error of those reviewed at random, each as counted by hand."""

import csv
import io
import re
from html import unescape

import pytest
from django.conf import LazySettings

from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.exploring.dimensions import DIMENSIONS
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import Pivot
from examinations.exploring.question import Question
from examinations.exploring.shares import shares_by
from examinations.models import Examination
from tests.examinations.exploring.asking import by_hand, year
from tests.named_people import World, closed, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def shares(world: World, name: str, measure: str, rows: str, columns: str = "") -> Pivot:
    asked = (MEASURES[measure], DIMENSIONS[rows], DIMENSIONS.get(columns), world.people[name])
    account = world.lindale if name == "billie" else world.quillard
    with acting_for(world.people[name]):
        return shares_by(Question(account, year(), *asked))


def counts(rates: dict[object, object]) -> dict[object, tuple[int, int]]:
    return {at: (rate.found, rate.count) for at, rate in rates.items()}  # type: ignore[attr-defined]


def pairs(sql: str) -> dict[object, tuple[int, int]]:
    found, counted = by_hand(sql.format(n="count(*) FILTER (WHERE hit)")), by_hand(sql.format(n="count(*)"))
    return {at: (found[at], counted[at]) for at in counted}


@pytest.fixture
def reviewed(summed: World) -> World:
    """Reviews of lines at random, four in error, two open, one of a whole entry."""
    for n in range(24):
        entry = make_entry(summed.load, f"9XZ8{n:07}", summed.quillard, summed.lindale)
        result = closed("DISCREPANCY_LOL" if n < 4 else "NO_DISCREPANCY", "random") if n < 22 else {}
        made = make_examination(entry, f"RV-{n}", "RANDOM", type="ESR", line=None if n == 21 else 1, **result)
        Examination.objects.filter(pk=made.pk).update(port="2704" if n % 2 else "4601")
    recount(None)
    return summed


def test_examined_entries_are_those_counted_by_hand(reviewed: World) -> None:
    first, last = year().whole.start, year().whole.end
    entries = f"""SELECT *, EXISTS (SELECT 1 FROM examinations_examination x WHERE x.entry_id = e.id AND x.type <> 'ESR')
        AS hit FROM examinations_entry e WHERE account_id = '{reviewed.quillard.pk}' AND source = 'cbp'
          AND entry_type <> '09' AND entry_date BETWEEN '{first}' AND '{last}'"""
    found = shares(reviewed, "robin", "examined", "port", "month")
    of_port = pairs(f"SELECT port, {{n}} FROM ({entries}) e GROUP BY 1")
    assert counts(found.of_row) == of_port
    assert any(hit for hit, _ in of_port.values())
    assert counts(found.cells) == pairs(
        f"SELECT port, to_char(entry_date, 'YYYY-MM'), {{n}} FROM ({entries}) e GROUP BY 1, 2"
    )
    whole = tuple(map(sum, zip(*of_port.values(), strict=True)))
    assert (found.of_all.found, found.of_all.count) == whole
    turned = shares(reviewed, "robin", "examined", "month", "port")
    assert (turned.of_row, turned.of_column, turned.of_all) == (found.of_column, found.of_row, found.of_all)


def test_an_entry_of_two_headings_counts_under_both_and_once_in_all(reviewed: World) -> None:
    found = shares(reviewed, "robin", "examined", "heading", "year")
    assert sum(rate.count for rate in found.of_row.values()) > found.of_all.count
    assert found.of_all == shares(reviewed, "robin", "examined", "port").of_all
    assert sum(rate.count for rate in found.of_column.values()) == found.of_all.count


def test_lines_in_error_are_those_reviewed_at_random_and_closed(reviewed: World) -> None:
    found = shares(reviewed, "robin", "error", "port")
    reviews = f"""SELECT x.*, x.disposition <> 'NO_DISCREPANCY' AS hit FROM examinations_examination x
        JOIN examinations_selection s ON s.examination_id = x.id AND s.reason = 'RANDOM'
        WHERE x.account_id = '{reviewed.quillard.pk}' AND x.type = 'ESR' AND x.closed IS NOT NULL AND x.line IS NOT NULL"""
    assert counts(found.of_row) == pairs(f"SELECT port, {{n}} FROM ({reviews}) x GROUP BY 1")
    assert found.of_all.found == 4


@pytest.mark.parametrize("asked", ["measure=examined&rows=port&columns=month", "measure=examined&rows=heading",
                                   "measure=error&rows=port", "measure=error&rows=origin&columns=year"])  # fmt: skip
@pytest.mark.parametrize("name", ["robin", "jordan"])
def test_a_share_stands_with_what_it_is_counted_on_and_leads_to_its_rows(
    reviewed: World, name: str, asked: str
) -> None:
    client = signed_in(reviewed, name)
    base = f"/accounts/{reviewed.quillard.pk}" if name == "jordan" else ""
    body = client.get(f"{base}/explore/?{asked}").content.decode()
    cells = re.findall(r'<td class="n"><a href="([^"]+)">([^<]+)</a><small>([^<]+)</small>', body)
    assert cells
    for address, text, note in cells:
        hits, counted = map(int, re.findall(r"(\d+) of (\d+)", note if "%" in text else text)[0])
        assert ("%" in text) == (counted >= 20)
        listed = client.get(unescape(address)).context["page"].paginator.count
        assert listed == (hits if "measure=examined" in asked else counted), unescape(address)


def test_the_file_says_what_each_share_is_counted_on(reviewed: World) -> None:
    body = signed_in(reviewed, "robin").get("/explore/?measure=examined&rows=port&columns=month&download=csv").content
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    whole = rows[-1]
    assert (whole["Port"], whole["Month"]) == ("All", "All")
    assert float(whole["Share"]) == pytest.approx(int(whole["Found"]) / int(whole["Of"]), abs=1e-6)
    assert float(whole["Low"]) < float(whole["Share"]) < float(whole["High"])


def test_a_broker_reads_shares_of_what_it_filed(reviewed: World) -> None:
    found = shares(reviewed, "billie", "examined", "party")
    assert set(found.of_row) == {str(reviewed.quillard.pk), str(reviewed.stranger.pk)}
    assert found.of_all.count < shares(reviewed, "robin", "examined", "port").of_all.count + 2


def test_what_was_random_is_no_choice_where_the_setting_hides_it(reviewed: World, settings: LazySettings) -> None:
    settings.DISCLOSE_REASON = False
    page = signed_in(reviewed, "robin").get("/explore/?measure=error&rows=port").content.decode()
    assert "Choose one from the list." in page
    assert "Error rate" not in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("measure=examined&rows=port&columns=heading", "kept by port or by heading, not by both"),
        ("measure=examined&rows=type", "known of examinations only"),
        ("measure=error&rows=finding", "Of discrepancy no sums of reviews are kept"),
        ("measure=error&rows=port&columns=origin", "Sums of reviews are kept by port or by country of origin"),
    ],
)
def test_what_the_sums_do_not_carry_is_refused_with_a_sentence(reviewed: World, asked: str, said: str) -> None:
    assert said in unescape(signed_in(reviewed, "robin").get(f"/explore/?{asked}").content.decode())
