"""A request of CBP that waits for its answer."""

import pytest

from examinations.models import CustomsRequest
from tests.examinations.requests.days import ago
from tests.named_people import World, make_request


@pytest.fixture
def one(world: World) -> CustomsRequest:
    """Robin's, filed by Lindale: a CF-28 with 14 days left."""
    return make_request(world.entries["broker"], "RQ-OPEN", issued=ago(16))
