"""Which rows of a file fill in a drawn line, and from when on nothing does any more."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from compliance.measurement.models import MeasurementPlan
from compliance.measurement.reading import measured
from examinations.models import Discrepancy, Examination, Selection
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, review
from tests.named_people import World

pytestmark = pytest.mark.django_db


def test_a_closed_random_review_of_the_line_begun_since_the_draw_fills_it_in(
    world: World, frozen: MeasurementPlan
) -> None:
    lines = drawn_of(frozen)
    review(world, lines[0])
    review(world, lines[1], "DISCREPANCY_LOL", {"type": "MISSING_DOC"})
    found = measured(frozen, first_thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.whole.majors, found.missing) == (2, 1, 0, 38)


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "TARGETED"},
        {"reason": "FOLLOWUP"},
        {"reason": "UNKNOWN"},
        {"type": "INT"},
        {"line": None, "type": "DOC"},
        {"line": None, "reason": "TARGETED"},
        {"line": None, "selected": datetime.date(2026, 10, 4)},
        {"line": 2},
        {"closed": None, "disposition": "PENDING"},
        {"selected": datetime.date(2026, 10, 4)},
        {"closed": datetime.date(2026, 11, 26)},
    ],
    ids=lambda fields: "-".join(f"{name}-{value}" for name, value in fields.items()),
)
def test_any_other_row_fills_nothing_in(world: World, frozen: MeasurementPlan, fields: dict[str, Any]) -> None:
    review(world, drawn_of(frozen)[0], **fields)
    assert measured(frozen, first_thresholds(), AS_OF).whole.examined == 0


def test_a_random_review_of_a_line_that_was_not_drawn_is_a_series_of_its_own(
    world: World, frozen: MeasurementPlan
) -> None:
    other = drawn_of(frozen)[0]
    taken = set(frozen.drawn.values_list("entry_number", flat=True))
    other.entry_number = next(number for n in range(120) if (number := f"9XZ2{n:06}1") not in taken)
    review(world, other, "DISCREPANCY_LOL")
    review(world, other, type="INT", line=None)
    found = measured(frozen, first_thresholds(), AS_OF)
    assert (found.whole.examined, found.other_reviews, found.other_cargo) == (0, (1, 1), (1, 0))


def test_a_line_reviewed_twice_counts_once_as_first_closed(world: World, frozen: MeasurementPlan) -> None:
    line = drawn_of(frozen)[0]
    review(world, line, day=datetime.date(2026, 11, 3))
    review(world, line, "DISCREPANCY_LOL", day=datetime.date(2026, 11, 10))
    found = measured(frozen, first_thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.other_reviews) == (1, 0, (1, 1))


def test_after_the_plan_is_closed_nothing_fills_in_any_more(world: World, frozen: MeasurementPlan) -> None:
    frozen.close(by=world.hq, on=datetime.date(2026, 11, 1))
    review(world, drawn_of(frozen)[0], day=datetime.date(2026, 11, 2))
    assert measured(frozen, first_thresholds(), AS_OF).whole.examined == 0


def test_a_closed_plan_keeps_its_numbers_when_later_files_correct_rows(world: World, frozen: MeasurementPlan) -> None:
    lines = drawn_of(frozen)
    finding = {"type": "CLASS", "declared": Decimal(900), "revenue_difference": Decimal("1500.25")}
    made = [review(world, lines[0], "DISCREPANCY_LOL", finding), review(world, lines[1]), review(world, lines[2])]
    open_to_corrections = measured(frozen, first_thresholds(), AS_OF)
    frozen.close(by=world.hq, on=datetime.date(2026, 11, 20))
    before = measured(frozen, first_thresholds(), AS_OF)
    assert (before.whole, before.gap) == (open_to_corrections.whole, open_to_corrections.gap)
    assert (before.whole.examined, before.whole.wrong, before.whole.majors) == (3, 1, 1)
    Discrepancy.objects.filter(examination=made[0]).update(revenue_difference=1)
    Examination.objects.filter(pk=made[1].pk).update(disposition="DISCREPANCY_MTD")
    Selection.objects.filter(examination=made[2]).update(reason="TARGETED")
    after = measured(frozen, first_thresholds(), AS_OF)
    assert after == before
    # And as it was told on a day before it was closed.
    assert measured(frozen, first_thresholds(), datetime.date(2026, 11, 1)).whole.examined == 0
