"""The same problem in many accounts: who has it, for how many dollars, and who reads which part."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Account, Assignment
from accounts.scope import acting_for
from compliance.trends.looking import find_trends
from compliance.trends.models import SharedPart, SharedTrend, Trend
from examinations.breakdowns import counting
from examinations.models import EntryLine, Examination
from tests.compliance.trends.examined_world import bad, examine, examine_all
from tests.named_people import World, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LAMPS = {"hts": "9405110000", "origin": "IN", "manufacturer_id": "INLAMPS1RAJ"}


def make_kept() -> World:
    """Six importers buy lamps of one supplier, of which a third have the wrong origin since 240 days."""
    examined = examine_all(world_again())
    peers = list(Account.objects.filter(name__startswith="Peer").order_by("pk")[:6])
    for place, peer in enumerate(peers):
        rows = [row | LAMPS for row in bad(14, kind="ORIGIN")]
        examine(peer, None, examined.load, rows, 100_000 + 100 * place)
    Assignment.objects.create(account=peers[0], manager=examined.jordan, starts=TODAY - datetime.timedelta(days=9))
    return examined


@pytest.fixture
def lamps(kept: World) -> World:
    return kept


def test_a_supplier_that_errs_in_many_accounts_is_named_once_with_its_total(lamps: World) -> None:
    find_trends(None, TODAY)
    shared = SharedTrend.objects.get()
    assert (shared.manufacturer_id, shared.discrepancy_type) == ("INLAMPS1RAJ", "ORIGIN")
    assert (shared.heading, shared.origin) == ("", "")
    assert shared.accounts == 6
    assert 24 <= shared.discrepancies <= 30
    assert shared.revenue_found == 500 * shared.discrepancies
    assert sum(shared.parts.values_list("revenue_found", flat=True)) == shared.revenue_found
    assert abs((shared.since - (TODAY - datetime.timedelta(days=240))).days) <= 45
    find_trends(None, TODAY)
    assert SharedTrend.objects.count() == 1


def test_lines_that_nobody_looked_at_are_counted_since_the_month_in_which_it_began(lamps: World) -> None:
    counting.recount(None)
    find_trends(None, TODAY)
    shared = SharedTrend.objects.get()
    since = shared.since.replace(day=1)
    of_supplier = EntryLine.objects.filter(stands_for_line=True, manufacturer_id="INLAMPS1RAJ", entry_date__gte=since)
    for part in shared.parts.all():
        assert part.lines == of_supplier.filter(account=part.account).count() > 0
        assert part.examinations == Examination.objects.filter(
            account=part.account, selected__gte=shared.since, selected__lte=TODAY - datetime.timedelta(days=15),
            number__startswith="ZZZ0010",
        ).count()  # fmt: skip
    assert shared.revenue_at_stake == sum(shared.parts.values_list("revenue_at_stake", flat=True))


def test_one_accounts_own_problem_is_none_of_many(world: World) -> None:
    examined = examine_all(world)
    find_trends(None, TODAY)
    assert Trend.objects.filter(account=examined.quillard).exists()
    assert not SharedTrend.objects.exists()


def test_it_ends_when_it_is_found_no_more(lamps: World) -> None:
    find_trends(None, TODAY)
    Examination.objects.filter(number__startswith="ZZZ0010").update(disposition="NO_DISCREPANCY")
    find_trends(None, TODAY)
    assert SharedTrend.objects.get().ended_on == TODAY


def test_managers_read_the_part_of_their_accounts_and_headquarters_all(lamps: World) -> None:
    find_trends(None, TODAY)
    shared = SharedTrend.objects.get()
    for name, parts in (("hq", 6), ("jordan", 1), ("morgan", 0), ("robin", 0), ("expert", 0)):
        with acting_for(lamps.people[name]):
            assert SharedPart.objects.count() == parts, name
            assert SharedTrend.objects.count() == min(parts, 1), name
        assert SharedPart.objects.visible_to(lamps.people[name]).count() == parts
        assert SharedTrend.objects.visible_to(lamps.people[name]).count() == min(parts, 1)
    page = signed_in(lamps, "hq").get(f"/trends/across/{shared.pk}/").content.decode()
    assert "in 6 accounts" in page
    assert page.count("Peer ") >= 6
    mine = signed_in(lamps, "jordan").get(f"/trends/across/{shared.pk}/").content.decode()
    assert "in 1 account " in mine
    assert len(signed_in(lamps, "jordan").get("/trends/across/").context["rows"]) == 1
    for name in ("morgan", "robin", "sam"):
        assert signed_in(lamps, name).get(f"/trends/across/{shared.pk}/").status_code == 404
    for path in ("/trends/across/", f"/trends/across/{shared.pk}/"):
        assert signed_in(lamps, "hq").get(f"{path}?download=csv").status_code == 200
        assert signed_in(lamps, "hq").get(f"{path}?download=xlsx").status_code == 200
