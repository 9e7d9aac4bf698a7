"""Two years of being examined as each role reads them: limits for who manages an account, a line for who is the account."""

import pytest
from django.utils import timezone

from examinations.figures import after, months_earlier
from examinations.models import EntryBreakdown
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

PER_MONTH, EXAMINED = 100, 6  # six are expected in each month: limits by month


@pytest.fixture
def two_years(world: World) -> World:
    """Quillard with two years of sums, of entries that Lindale filed."""
    EntryBreakdown.objects.all().delete()
    month = months_earlier(timezone.localdate(), 24)
    for _ in range(24):
        sums = {"entries": PER_MONTH, "examined": EXAMINED}
        EntryBreakdown.objects.create(account=world.quillard, filer=world.lindale, month=month, dimension="all", **sums)
        month = after(month)
    return world


@pytest.mark.parametrize(
    ("name", "limits"),
    [("robin", False), ("lee", False), ("billie", False), ("jordan", True), ("hq", True)],
)
def test_who_manages_an_account_reads_limits_and_who_is_it_a_line(two_years: World, name: str, limits: bool) -> None:
    base = f"/accounts/{two_years.quillard.pk}" if limits else ""
    page = signed_in(two_years, name).get(f"{base}/examinations/figures/")
    body, chart = page.content.decode(), page.context["two_years"]
    assert len(chart.moments) == 23  # of the window of 24 months the running one is left out
    assert chart.has_limits == limits
    assert {moment.limit is not None for moment in chart.moments} == {limits}
    assert chart.whole == EXAMINED / PER_MONTH
    assert ("the black steps are exact limits" in body) == limits
    assert ("How the limits are made" in body) == limits
    assert ("No month left what chance explains" in body) == limits
    assert ("Two years of being examined, month by month" in body) != limits
