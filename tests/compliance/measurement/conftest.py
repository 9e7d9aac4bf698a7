import datetime

import pytest

from compliance.measurement.models import MeasurementPlan
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.named_people import World

DRAWN_ON = datetime.date(2026, 10, 5)


@pytest.fixture
def frozen(world: World) -> MeasurementPlan:
    """A plan of 120 lines, of which 40 are drawn."""
    import_lines(world, 120)
    plan = plan_of(world)
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    return plan
