"""People of an account, changed by two at the same moment."""

from accounts.models import Membership
from tests.committed import at_once
from tests.named_people import World


def test_two_administrators_who_remove_each_other_leave_one(living: World) -> None:
    lee = living.lee.memberships.get()
    lee.change_role(administrator=True, by=living.robin)
    robin = living.robin.memberships.get()
    at_once(lambda: robin.remove(by=living.lee), lambda: lee.remove(by=living.robin))
    assert Membership.objects.filter(account=living.quillard, ended_at=None, administrator=True).count() == 1
