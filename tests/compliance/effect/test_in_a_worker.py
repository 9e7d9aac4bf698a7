"""The study by a real worker with the worker's login: policies bind tests less than it."""

import datetime

import pytest

from compliance.effect.models import EffectStudy, Standing, StudyRun
from tests.compliance.effect.near import CLOSED, candidate, closed_round, review
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def test_the_worker_may_read_and_keep_all_that_a_study_needs(worker: Worker, living: World) -> None:
    chosen = closed_round()
    one = candidate(chosen, 1, enters=True)
    review(one.account, [CLOSED + datetime.timedelta(days=1)] * 3, wrong=1)
    signed_in(living, "hq").post("/effect/compute/")
    kept = until(lambda: EffectStudy.objects.first(), 30)
    assert kept.study.said["adjusted"].entered.found == 1
    assert Standing.objects.count() == 1
    until(lambda: StudyRun.objects.get().finished_at, 30)
