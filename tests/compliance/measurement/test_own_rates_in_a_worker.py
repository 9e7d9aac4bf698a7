"""The nightly rates by a real worker with the worker's login: policies bind tests less than it."""

import datetime

import pytest

from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates.tasks import rate_all
from tests.compliance.measurement.lines import import_lines, plan_of, review
from tests.named_people import World
from tests.workers import Worker, until

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed")]


def test_every_account_is_rated_at_night_and_by_another_fit_in_the_next_month(worker: Worker, living: World) -> None:
    import_lines(living, 30)
    plan = plan_of(living, lines=10, floor=2)
    plan.freeze(by=living.hq)
    rate_all.delay()
    until(lambda: OwnRate.objects.filter(account=living.quillard).exists())
    first = OwnRate.objects.get(account=living.quillard)
    review(living, plan.drawn.all()[0], "DISCREPANCY_LOL")
    RateFit.objects.update(as_of=first.as_of.replace(day=1) - datetime.timedelta(days=1))
    rate_all.delay()
    until(lambda: RateFit.objects.count() == 2)
    until(lambda: OwnRate.objects.get(account=living.quillard).fit_id != first.fit_id)
    assert "permission denied" not in worker.said
    assert OwnRate.objects.count() == OwnRate.objects.filter(fit=RateFit.objects.latest("pk")).count()
