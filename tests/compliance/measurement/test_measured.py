"""What a frozen plan says: letter of the law beside major, overall and by part, and money each way."""

from decimal import Decimal

import pytest

from compliance.measurement.models import MeasurementPlan
from compliance.measurement.reading import measured
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, review
from tests.named_people import World

pytestmark = pytest.mark.django_db


def test_letter_and_major_stand_side_by_side_overall_and_by_part(world: World, frozen: MeasurementPlan) -> None:
    for n, line in enumerate(drawn_of(frozen)):
        finding = {"type": "CLASS", "revenue_difference": Decimal(1_500) if n % 8 == 0 else Decimal("0.50")}
        review(world, line, *(("DISCREPANCY_LOL", finding) if n % 4 == 0 else ()))
    found = measured(frozen, first_thresholds(), AS_OF)
    assert (found.whole.examined, found.whole.wrong, found.whole.majors) == (40, 10, 5)
    assert found.whole.letter is not None
    assert found.whole.major is not None
    assert found.whole.letter.low < 0.25 < found.whole.letter.high
    assert found.whole.major.rate < found.whole.letter.rate
    assert found.missing == 0
    (chapter,) = found.parts["chapter"]
    assert (chapter.name, chapter.population, chapter.rated) == ("Chapter 85", 120, found.whole)
    assert found.gap is not None
    assert (found.gap.under.findings, found.gap.over.findings, found.gap.net.findings) == (10, 0, 10)
    assert found.gap.net.interval is None
    assert found.gap.net.total == pytest.approx(found.gap.under.total)
    assert 120 * 1_500 * 0.05 < found.gap.under.total < 120 * 1_500 * 0.25
    assert found.called_major == 0


def test_under_and_over_do_not_hide_one_another(world: World, frozen: MeasurementPlan) -> None:
    for n, line in enumerate(drawn_of(frozen)):
        amount = Decimal(100) if n % 2 else Decimal(-100)
        review(world, line, "DISCREPANCY_LOL", {"type": "CLASS", "revenue_difference": amount})
    gap = measured(frozen, first_thresholds(), AS_OF).gap
    assert gap is not None
    assert gap.under.total > 5_000
    assert gap.over.total < -5_000
    assert abs(gap.net.total) < 1_000
    assert gap.net.interval is not None
    assert gap.under.interval is None
