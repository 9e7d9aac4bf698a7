"""A search by a real worker with the worker's login: policies bind tests less than it."""

import numpy as np
import pytest

from compliance.trends.models import AccountTest, Trend
from compliance.trends.tasks import follow_trends
from tests.compliance.trends.examined_world import bad, examine, usual
from tests.named_people import World
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def test_the_worker_may_read_and_keep_all_that_a_search_needs(worker: Worker, living: World) -> None:
    random = np.random.default_rng(3)
    examine(living.stranger, living.lindale, living.load, usual(random, 200), 10_000)
    examine(living.quillard, living.lindale, living.load, [*usual(random, 100), *bad(60)], 20_000)
    follow_trends.delay(announces=True)
    until(lambda: AccountTest.objects.exists(), 60)
    assert Trend.objects.filter(account=living.quillard).exists()
