"""The pivot from sums equals the pivot from rows, and is asked only where it does."""

import datetime
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.exploring import examinations
from examinations.exploring.dimensions import DIMENSIONS
from examinations.exploring.from_sums import BESIDE
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import Pivot, pivot_of
from examinations.exploring.question import Question
from examinations.figures import Period
from examinations.models import Discrepancy, Examination
from tests.examinations.exploring.conftest import make_traded
from tests.named_people import World, world_again

pytestmark = pytest.mark.django_db
ASKED = [
    (measure, row, column)
    for measure, row, column in product(
        examinations.COLUMNS, (*examinations.KEPT, *BESIDE), ("", *examinations.KEPT, *BESIDE)
    )
    if row != column and not (row in examinations.KEPT and column in examinations.KEPT)
]
ASKED += [
    (measure, *pair)
    for measure, other in product(examinations.FOUND, (*examinations.KEPT, *examinations.MANY))
    for pair in ((other, examinations.FINDING), (examinations.FINDING, other))
]


def make_kept() -> World:
    return make_traded(world_again())


@pytest.fixture
def traded(kept: World) -> World:
    return kept


def whole_months() -> Period:
    today = timezone.localdate()
    return Period((today - datetime.timedelta(days=400)).replace(day=1), today)


def says(world: World, name: str, period: Period, account: Account | None = None, row: str = "port") -> bool:
    with acting_for(world.people[name]):
        asked = MEASURES["cargo"], DIMENSIONS[row], DIMENSIONS["month"], world.people[name]
        return examinations.says(Question(account or world.quillard, period, *asked))


def as_shown(found: Pivot, *, cells: bool) -> tuple[Any, ...]:
    return found.rows, found.columns, found.of_row, found.of_all, (found.of_column, found.cells) if cells else None


@pytest.mark.parametrize(("name", "of"), [("robin", "quillard"), ("jordan", "quillard"), ("billie", "lindale")])
def test_every_table_from_sums_is_that_from_rows(traded: World, name: str, of: str) -> None:
    one = Examination.objects.get(number="EX-P8")
    Discrepancy.objects.create(
        examination=one,
        account=one.account,
        ordinal=2,
        type="VALUE",
        disposition="DISCREPANCY_MTD",
        revenue_difference=-30,
    )
    recount(None)
    person, account = traded.people[name], getattr(traded, of)
    with acting_for(person):
        for measure, row, column in ASKED:
            of = MEASURES[measure], DIMENSIONS[row], DIMENSIONS.get(column)
            asked = Question(account, whole_months(), *of, person)
            if "reason" in (row, column) and name != "jordan":
                assert not examinations.says(asked)
                continue
            assert examinations.says(asked)
            found, counted = examinations.kept_pivot(asked), pivot_of(asked)
            assert as_shown(found, cells=bool(column)) == as_shown(counted, cells=bool(column)), (measure, row, column)
            if row == "port":
                assert found.rows, measure


def test_a_broker_narrows_the_sums_to_one_client_as_it_does_the_rows(traded: World) -> None:
    recount(None)
    client = Account(pk=traded.quillard.pk, name="Quillard", kind="importer")
    with acting_for(traded.billie):
        of = MEASURES["cargo"], DIMENSIONS["port"], DIMENSIONS["month"]
        asked = Question(traded.lindale, whole_months(), *of, traded.billie, client)
        assert examinations.says(asked)
        assert as_shown(examinations.kept_pivot(asked), cells=True) == as_shown(pivot_of(asked), cells=True)


def test_sums_are_not_asked_for_a_part_of_a_month_or_before_they_are_counted(traded: World) -> None:
    period = whole_months()
    assert not says(traded, "robin", period)  # never counted
    recount(None)
    assert says(traded, "robin", period)
    assert not says(traded, "robin", Period(period.start + datetime.timedelta(days=1), period.end))
    earlier = period.end.replace(day=1) - datetime.timedelta(days=1)
    assert says(traded, "robin", Period(period.start, earlier))
    assert not says(traded, "robin", Period(period.start, earlier - datetime.timedelta(days=1)))
    assert not says(traded, "robin", period, row="heading")


def test_what_is_selected_on_a_day_to_come_is_in_no_table_until_today(
    traded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whichever day the test runs: all that the world has lies before, and tomorrow is of the same month.
    today = (timezone.localdate().replace(day=1) + datetime.timedelta(days=32)).replace(day=15)
    monkeypatch.setattr(timezone, "localdate", lambda *args: today)
    tomorrow = today + datetime.timedelta(days=1)
    recount(None)
    assert says(traded, "robin", whole_months())
    one = Examination.objects.filter(account=traded.quillard).exclude(type="ESR")[0]
    Examination.objects.filter(pk=one.pk).update(selected=tomorrow)
    recount(None)
    assert not says(traded, "robin", whole_months())


def test_who_reads_a_part_of_an_account_reads_its_rows(traded: World) -> None:
    recount(None)
    assert not says(traded, "sam", whole_months())
    assert says(traded, "hq", whole_months())
