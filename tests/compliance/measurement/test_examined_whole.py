"""Lines above a cut-off of duty: a stratum of all of them, examined whole, which adds no sampling error."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from compliance.measurement.models import MeasurementPlan, Stratum
from compliance.measurement.rates import stratified_rate
from compliance.measurement.reading import Measured, measured
from examinations.models import EntryLine
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import AS_OF, drawn_of, first_thresholds, import_lines, plan_of, review
from tests.named_people import World

pytestmark = pytest.mark.django_db
DEAR = 33


@pytest.fixture
def plan(world: World) -> MeasurementPlan:
    """Of 120 lines 33 pay $500 and more, the dearest of them exactly that."""
    import_lines(world, 120)
    dear = EntryLine.objects.filter(entry__number__startswith="9XZ2").order_by("pk").values_list("pk", flat=True)[:DEAR]
    EntryLine.objects.filter(pk__in=list(dear)).update(duty=Decimal(500))
    EntryLine.objects.filter(pk=dear[0]).update(duty=Decimal("499.99"))
    return plan_of(world, whole_from=Decimal(500))


def _whole(plan: MeasurementPlan) -> Stratum:
    stratum: Stratum = plan.strata.get(key="whole")
    return stratum


def _found(plan: MeasurementPlan) -> Measured:
    return measured(plan, first_thresholds(), AS_OF)


def test_every_line_of_it_is_drawn_for_certain_whatever_the_seed(world: World, plan: MeasurementPlan) -> None:
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    whole = _whole(plan)
    assert (whole.population, whole.to_draw, whole.place) == (DEAR - 1, DEAR - 1, plan.strata.count())
    drawn = plan.drawn.filter(stratum=whole)
    assert set(drawn.values_list("duty", "probability")) == {(Decimal(500), Decimal(1))}
    assert drawn.count() == DEAR - 1
    # What is drawn at random is drawn beside them.
    assert plan.drawn.exclude(stratum=whole).count() == plan.lines
    assert not plan.drawn.exclude(stratum=whole).filter(duty__gte=500).exists()


def test_fewer_of_it_cannot_be_drawn_and_the_sentence_says_what_to_do(world: World, plan: MeasurementPlan) -> None:
    with pytest.raises(ValidationError, match=r"examined whole\. To draw from them, raise the limit of duty"):
        plan.set_sizes({"whole": 10}, by=world.hq)
    assert _whole(plan).to_draw == DEAR - 1


def test_examined_whole_it_adds_no_sampling_error_to_rate_and_money(world: World, plan: MeasurementPlan) -> None:
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    whole = _whole(plan)
    for n, line in enumerate(drawn_of(plan)):
        dear = line.stratum_id == whole.pk
        wrong = dear or n % 4 == 0
        revenue = {"type": "CLASS", "revenue_difference": Decimal(40 + n)}
        review(world, line, *(("DISCREPANCY_LOL", revenue) if wrong else ()))
    found = _found(plan)
    its = found.strata[-1]
    assert its.stratum == whole
    assert its.rated.letter is not None
    assert (its.rated.letter.low, its.rated.letter.rate, its.rated.letter.high) == (1, 1, 1)
    assert its.gap is not None
    assert its.gap.net.interval == pytest.approx((its.gap.net.total, its.gap.net.total))
    cells = [(one.stratum.population, one.examined, one.rated.wrong) for one in found.strata]
    rate = stratified_rate(cells)
    share = 1 - whole.population / 120
    assert found.whole.letter is not None
    assert found.whole.letter.standard_error == pytest.approx(rate.standard_error)
    assert rate.standard_error == pytest.approx(share * stratified_rate(cells[:-1]).standard_error)


def test_a_line_of_it_that_nobody_examined_is_open_and_the_estimate_less_sure(
    world: World, plan: MeasurementPlan
) -> None:
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    whole = _whole(plan)
    *most, last = (line for line in drawn_of(plan) if line.stratum_id == whole.pk)
    for n, line in enumerate(most):
        review(world, line, *(("DISCREPANCY_LOL", {"type": "CLASS"}) if n == 0 else ()))
    its = _found(plan).strata[-1]
    assert (its.drawn, its.examined) == (DEAR - 1, DEAR - 2)
    assert its.rated.letter is not None
    assert its.rated.letter.high > its.rated.letter.rate
    review(world, last)
    its = _found(plan).strata[-1]
    assert its.rated.letter is not None
    assert its.rated.letter.high == its.rated.letter.rate == pytest.approx(1 / (DEAR - 1))
