"""A real worker with its own login reviews behind what people record."""

import pytest

from compliance.bonds.models import BondReview
from tests.compliance.bonds.conftest import BASE, TODAY, make_bonded
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def test_who_records_overdue_bills_waits_for_no_night(worker: Worker, living: World) -> None:
    make_bonded(living)
    path = BASE.format(living.quillard.pk) + "delinquency/"
    assert signed_in(living, "jordan").post(path, {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    until(lambda: BondReview.objects.get().delinquent_since == TODAY, 30)
    assert signed_in(living, "jordan").post(path, {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    until(lambda: BondReview.objects.get().delinquent_since is None, 30)
