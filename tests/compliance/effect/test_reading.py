"""Who is compared, and which reviews count."""

import datetime
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from scipy.special import logit

from compliance.effect.frozen import LEAST_DUTY, window_of
from compliance.effect.models import EffectStudy, Standing
from compliance.effect.reading import frozen, studied, window
from compliance.effect.studying import ADJUSTED, FEW, LOTTERY, MATCHED, NO_LOTTERY, NO_YEAR, PLACEBO
from compliance.selection.models import Round
from tests.compliance.effect.near import AS_OF, CLOSED, TODAY, candidate, closed_round, enough, review
from tests.named_people import World

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def chosen() -> Round:
    return closed_round()


def read(chosen: Round, today: datetime.date = TODAY) -> list[tuple[float, ...]]:
    """(proposed, reviews after, found after, reviews of the earlier year, found in it) of each, by rank."""
    given = frozen(chosen, window(chosen, today))
    columns = (given.proposed, given.after, given.found_after, given.earlier, given.found_earlier)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_candidates_down_to_three_times_the_places_of_their_own_pool_are_compared(chosen: Round) -> None:
    for rank in range(1, 9):
        candidate(chosen, rank, enters=rank <= 2)
    for rank in range(9, 13):
        candidate(chosen, rank, enters=rank == 9, pool="008")
    candidate(chosen, 13, pool="004")
    assert [row[0] for row in read(chosen)] == [1, 1, 0, 0, 0, 0, 1, 0, 0]


def test_whose_past_is_the_programs_or_who_enters_in_any_case_is_in_neither_arm(chosen: Round) -> None:
    candidate(chosen, 1, enters=True)
    candidate(chosen, 2, state_before="active", mark="stays")
    candidate(chosen, 3, enters=True, isa=True)
    candidate(chosen, 4, kind="broker", pool="brokers", enters=True)
    candidate(chosen, 5, score=None)
    candidate(chosen, 6)
    assert [row[0] for row in read(chosen)] == [1, 0]


def test_everybody_of_whom_a_lot_decided_is_compared(chosen: Round) -> None:
    for rank in range(1, 9):
        candidate(chosen, rank, enters=rank == 5, probability=Decimal("0.125"))
    given = frozen(chosen, window(chosen, TODAY))
    assert given.chance.tolist() == [0.125] * 8
    assert given.proposed.tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


def test_only_closed_random_reviews_of_a_line_after_the_closing_count(chosen: Round) -> None:
    one = candidate(chosen, 1, enters=True).account
    review(one, [CLOSED - DAY, CLOSED, CLOSED + DAY, TODAY, TODAY + DAY], wrong=4)
    review(one, [CLOSED + 2 * DAY], reason="TARGETED")
    review(one, [CLOSED + 2 * DAY], closed=None)
    review(one, [CLOSED + 2 * DAY], type="NII")
    review(one, [CLOSED + 2 * DAY], line=None)
    assert read(chosen) == [(1, 2, 2, 0, 0)]


def test_the_day_of_closing_is_that_of_new_york(chosen: Round) -> None:
    # Closed at half past eleven in the evening of March 12, when it is March 13 in Greenwich.
    assert window(chosen, TODAY).since == CLOSED


def test_the_next_round_ends_the_time_of_the_first(chosen: Round) -> None:
    one = candidate(chosen, 1, enters=True).account
    closed_round(closed=TODAY - 30 * DAY, as_of=TODAY - 40 * DAY)
    review(one, [TODAY - 31 * DAY, TODAY - 30 * DAY, TODAY - 29 * DAY])
    assert read(chosen) == [(1, 2, 0, 0, 0)]


def test_the_earlier_year_is_the_last_that_the_score_did_not_look_at(chosen: Round) -> None:
    one = candidate(chosen, 1, enters=True).account
    first, behind = datetime.date(2023, 3, 1), datetime.date(2024, 3, 1)
    review(one, [first - DAY, first, behind - DAY, behind], wrong=2)
    assert read(chosen) == [(1, 0, 0, 2, 1)]


def test_what_decided_becomes_columns(chosen: Round) -> None:
    candidate(chosen, 1, enters=True)
    candidate(chosen, 2, duty12=Decimal(5), inputs={"rate": 0, "reviews": 0, "reviews_wrong": 0})
    given = frozen(chosen, window(chosen, TODAY)).inputs
    assert given[0] == pytest.approx([logit(0.05), np.log(41), np.log(3), np.log(100_000), 12, 8])
    # No rate of its own was known, and less duty than counts.
    assert given[1] == pytest.approx([logit(0.05), 0, 0, np.log(LEAST_DUTY), 12, 8])


def test_the_pool_stands_among_what_decided(chosen: Round) -> None:
    days = [CLOSED + DAY * n for n in range(1, 13)]
    for rank, pool in enumerate(("010", "008", "brokers", "008", "010"), 1):
        one = candidate(chosen, rank, enters=rank <= 3, pool=pool)
        review(one.account, days, wrong=6)
    given = frozen(chosen, window(chosen, TODAY))
    assert given.pool.tolist() == [2, 1, 3, 1, 2]
    # Which of them has no column of its own is as good as any.
    arms = given.since_the_round
    assert arms.inputs[:, -2:].tolist() == [[0, 1], [1, 0], [0, 0], [1, 0], [0, 1]]


def test_reading_is_one_statement_however_many_candidates(chosen: Round) -> None:
    for rank in range(1, 13):
        candidate(chosen, rank, enters=rank < 5)
    days = window(chosen, TODAY)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        frozen(chosen, days)
    assert len(asked) == 1


def test_a_round_that_compares_nobody_says_so(chosen: Round) -> None:
    found = studied(chosen, TODAY)
    assert (found.candidates, found.study.said[ADJUSTED].why_not) == (0, FEW)
    assert found.study.said[LOTTERY].why_not == NO_LOTTERY


def test_enough_reviews_are_studied_and_kept_as_computed(chosen: Round) -> None:
    enough(chosen)
    kept = EffectStudy.compute(chosen, TODAY)
    found = studied(chosen, TODAY)
    assert EffectStudy.objects.get().study == found.study
    adjusted = kept.study.said[ADJUSTED].estimate
    assert adjusted is not None
    assert adjusted.difference == pytest.approx(-0.08, abs=0.01)
    assert adjusted.high < 0
    assert kept.study.said[MATCHED].estimate is not None
    assert kept.study.said[PLACEBO].why_not == NO_YEAR
    assert (kept.candidates, kept.since, kept.until) == (39, CLOSED, TODAY)


def test_studying_again_takes_the_place_of_the_study_before(chosen: Round) -> None:
    EffectStudy.compute(chosen, TODAY)
    one = candidate(chosen, 1, enters=True).account
    review(one, [CLOSED + DAY])
    EffectStudy.compute(chosen, TODAY)
    assert EffectStudy.objects.get().study.said[ADJUSTED].entered.reviews == 1


def test_what_was_decided_against_the_list_stays_where_the_list_put_it_and_is_counted(chosen: Round) -> None:
    candidate(chosen, 1, enters=True)
    candidate(chosen, 2, enters=True, outcome="", decision="declined", reason="An audit runs")
    candidate(chosen, 3, outcome="entered", decision="taken_in", reason="Known to be in trouble")
    assert [row[0] for row in read(chosen)] == [1, 1, 0]
    assert studied(chosen, TODAY).against == 2


@pytest.mark.parametrize(
    ("following", "today", "until"),
    [
        (None, datetime.date(2026, 9, 1), datetime.date(2026, 9, 1)),
        (datetime.date(2026, 8, 1), datetime.date(2026, 9, 1), datetime.date(2026, 8, 1)),
    ],
)
def test_the_days_that_count(following: datetime.date | None, today: datetime.date, until: datetime.date) -> None:
    days = window_of(datetime.date(2024, 2, 29), CLOSED, following, today, 2)
    assert (days.since, days.until) == (CLOSED, until)
    assert (days.earlier_from, days.earlier_until) == (datetime.date(2021, 2, 1), datetime.date(2022, 2, 1))


def test_what_is_under_management_is_counted_from_the_sums(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO examinations_entrymonth (identifier_id, account_id, source, month, entries, lines, value, duty, mpf,"
            " hmf, tax, other_fees, duties_taxes_fees, refunded, estimated_entries, hmf_unknown_entries)"
            " SELECT i.id, i.account_id, one.source, one.month::date, 1, one.lines, one.value, 5, 0, 0, 0, 0, 5, 0, 0, 0"
            " FROM accounts_identifier i, (VALUES ('cbp', '2026-02-01', 3, 300), ('cbp', '2026-03-01', 50, 50000),"
            " ('own', '2026-02-01', 70, 70000)) AS one (source, month, lines, value) WHERE i.account_id = ANY (%s)",
            [[world.quillard.pk, world.stranger.pk]],
        )
    world.stranger.assignments.update(ends=AS_OF)
    Standing.count(AS_OF)
    counted = Standing.count(AS_OF)
    assert Standing.objects.count() == 1
    assert (counted.value, counted.managed_value) == (600, 300)
    assert (counted.lines, counted.managed_lines, counted.importers, counted.managed_importers) == (6, 3, 2, 1)
    assert counted.duty_share == 0.5
    assert Standing().value_share is None
