"""Each figure stands beside what it was: in the months just before, and a year before; to nobody more than the figure itself."""

import csv
import datetime
import io
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.figures import months_earlier
from examinations.models import Cost, Discrepancy, Examination
from tests.named_people import World, closed, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
SINCE = months_earlier(timezone.localdate(), 1)
#: Of a period of two months: this, the one just before, and the same months a year before.
TIMES = {"now": 1, "before": 3, "year": 13}


def examined(world: World, name: str, n: int, days: int, *, revenue: int, cost: int, wrong: bool = True) -> None:
    """Entries of one time: a review of a line at random, and cargo that was held for some days."""
    day = months_earlier(timezone.localdate(), TIMES[name]) + datetime.timedelta(days=n)
    entry = make_entry(world.load, f"9XZ6{TIMES[name]:03}{n:04}", world.quillard, world.lindale, entry_date=day)
    result = closed("DISCREPANCY_MTD" if wrong else "NO_DISCREPANCY", "random") | {"closed": day}
    review = {"type": "ESR", "line": 1, "selected": day, **result}
    one = make_examination(entry, f"EX-{name}-{n}", "RANDOM", **review)
    if wrong:
        found: dict[str, Any] = {"type": "CLASS", "revenue_difference": revenue}
        Discrepancy.objects.create(examination=one, account=world.quillard, ordinal=1, **found)
    ended = closed("NO_DISCREPANCY", "other") | {"selected": day, "released": day + datetime.timedelta(days=days)}
    cargo = make_examination(entry, f"EX-{name}-C{n}", "TARGETED", **ended)
    if cost:
        Cost.objects.create(examination=cargo, account=world.quillard, by="file", amount=cost)


@pytest.fixture
def bare(world: World) -> World:
    """The world without examinations of its own."""
    Examination.objects.all().delete()
    return world


@pytest.fixture
def three_times(bare: World) -> World:
    world = bare
    examined(world, "now", 0, 2, revenue=100, cost=1_000)
    for n, wrong in enumerate((True, False, False)):
        examined(world, "before", n, 4, revenue=300, cost=500, wrong=wrong)
    for n in range(2):
        examined(world, "year", n, 20, revenue=-70, cost=0)
    recount(None)
    return world


def page_of(world: World, name: str, start: datetime.date = SINCE) -> str:
    base = f"/accounts/{world.quillard.pk}" if name in ("jordan", "hq") else ""
    page = signed_in(world, name).get(f"{base}/examinations/figures/?start={start}&end={timezone.localdate()}")
    return " ".join(page.content.decode().split())


@pytest.mark.parametrize("name", ["robin", "jordan"])
def test_each_figure_says_what_it_was(three_times: World, name: str) -> None:
    page = page_of(three_times, name)
    for said in (
        "The months just before: 1 of 3; a year before: 2 of 2",  # random reviews
        "The months just before: 0 of 3; a year before: 0 of 2",  # others
        "The months just before: none; a year before: none",  # random cargo
        "The months just before: $300; a year before: $0",
        "The months just before: $0; a year before: $140",
        "The months just before: $1,500 for 3 examinations; a year before: none on file",
    ):
        assert said in page, said
    rows = dict(re.findall(r'<tr class="quiet"><th scope="row">([^<]*)</th>(.*?)</tr>', page))
    cells = {label: re.findall(r">([\d,.–]+)<", row) for label, row in rows.items()}
    assert cells == {"The months just before": ["3", "4", "4", "0", "0"], "A year before": ["2", "20", "20", "2", "0"]}


def test_where_both_are_the_same_year_it_is_told_once(three_times: World) -> None:
    page = page_of(three_times, "robin", months_earlier(timezone.localdate(), 11))
    assert "The year before: $0" in page
    assert "The months just before" not in page


def test_what_was_random_is_told_of_no_time_where_it_is_not_told(three_times: World, settings: LazySettings) -> None:
    settings.DISCLOSE_REASON = False
    page = page_of(three_times, "robin")
    assert "before: 1 of 3" not in page
    assert "The months just before: 1 of 6; a year before: 2 of 4." in page  # of both kinds together


def test_a_broker_reads_no_cost_of_its_client_of_any_time(three_times: World) -> None:
    page = page_of(three_times, "billie")
    assert "The months just before: $300" in page
    assert "$1,500" not in page
    assert "Cost of being examined" not in page


def test_nothing_is_compared_with_a_time_of_which_nothing_is_on_file(bare: World) -> None:
    world = bare
    examined(world, "now", 0, 2, revenue=100, cost=1_000)
    recount(None)
    page = page_of(world, "robin", months_earlier(timezone.localdate(), 1))
    assert "$1,000" in page
    assert "just before" not in page.replace("both periods before", "")


def test_costs_of_three_times_are_one_statement_and_in_the_file(three_times: World) -> None:
    robin = signed_in(three_times, "robin")
    asked = f"/examinations/figures/?start={SINCE}&end={timezone.localdate()}"
    robin.get(asked)
    with CaptureQueriesContext(
        connection,
    ) as ran:
        robin.get(asked)
    assert sum("SUM" in one["sql"] and "examinations_cost" in one["sql"] for one in ran) == 1
    rows = list(csv.reader(io.StringIO(robin.get(f"{asked}&download=csv").content.decode("utf-8-sig"))))
    (cost,) = [dict(zip(rows[0], row, strict=True)) for row in rows if row[0].startswith("Cost")]
    assert (cost["Counted"], cost["Amount"]) == ("1", "1000.00")
    assert (cost["Counted Just Before"], cost["Amount Just Before"]) == ("3", "1500.00")
    assert (cost["Counted a Year Before"], cost["Amount a Year Before"]) == ("", "")
