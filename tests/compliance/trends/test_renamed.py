"""What a trend that stands is called anew, and what else a search finds then: no cell has two trends."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from compliance.trends.looking import find_trends
from compliance.trends.models import Trend
from tests.compliance.trends.examined_world import BEGAN, PLANTED, PORTS, bad, examine, examine_all, make_trend
from tests.named_people import World, world_again

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
BEFORE = TODAY - datetime.timedelta(days=BEGAN + 10)
MAKERS = ("CNAAAMOT34SHA", "TWBBBMOT56TPE", "VNCCCMOT78HAN")


def make_kept() -> World:
    return examine_all(world_again())


@pytest.fixture
def examined(kept: World) -> World:
    return kept


def whole_heading(count: int) -> list[dict[str, Any]]:
    """The planted problem, of other makers and origins of the same heading too."""
    return [
        row | {"manufacturer_id": maker, "origin": maker[:2], "hts": f"{PLANTED['heading']}10{at}020"}
        for at, maker in enumerate(MAKERS)
        for row in bad(count)
    ]


def test_a_trend_that_takes_the_name_of_the_whole_is_not_announced_beside_itself(examined: World) -> None:
    examine(examined.quillard, examined.lindale, examined.load, whole_heading(40), 50_000)
    standing = make_trend(
        examined.quillard, origin="", port=PORTS[0], since=BEFORE, since_low=BEFORE, since_high=BEFORE
    )
    find_trends(None, TODAY)
    standing.refresh_from_db()
    assert (standing.heading, standing.port, standing.state) == (PLANTED["heading"], "", "new")
    assert Trend.objects.filter(account=examined.quillard).get() == standing
    assert find_trends(None, TODAY) == 0


def test_names_may_be_exchanged_at_one_stroke(examined: World) -> None:
    first, second = (make_trend(examined.quillard, port=port) for port in PORTS[:2])
    first.port, second.port = second.port, first.port
    Trend.objects.bulk_update([first, second], ["port"])
    assert list(Trend.objects.order_by("pk").values_list("port", flat=True)) == [PORTS[1], PORTS[0]]
