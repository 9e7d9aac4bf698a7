"""A real worker with its own login counts and judges: policies bind tests less than it."""

import pytest

from compliance.plans.models import Look, Plan
from compliance.plans.tasks import verify_plans
from compliance.trends.models import Trend
from tests.compliance.plans.test_verifying import LONG_AGO
from tests.compliance.plans.world import agreed, later
from tests.named_people import World
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def test_a_worker_ends_a_verification_and_the_trend(worker: Worker, living: World) -> None:
    agreed(living, LONG_AGO)
    later(living, 40, 0, start=1_000)
    verify_plans.delay()
    until(lambda: Plan.objects.get().state == "cured", 30)
    assert Trend.objects.get().state == "resolved"
    assert Look.objects.get().examined == 40
