"""A number moved by a real worker, with the worker's login: policies bind tests less than it."""

import pytest

from accounts.models import Identifier
from examinations.models import Entry
from tests.accounts.test_taking import address
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, until

pytestmark = pytest.mark.processes


def test_a_real_worker_moves_all_of_it_under_its_own_login(processes: Processes, living: World) -> None:
    number = living.quillard.identifiers.get()
    processes.worker()
    answer = signed_in(living, "hq").post(address(living.stranger), {"number": number.value, "sure": "1"})
    assert answer.status_code == 302
    until(lambda: Identifier.objects.get(pk=number.pk).account_id == living.stranger.pk, 40)
    assert not Entry.objects.filter(account=living.quillard).exists()
    assert signed_in(living, "robin").get("/entries/").status_code == 200
