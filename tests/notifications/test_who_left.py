"""What was told is read as long as one belongs to an account for which it was told, and sees what it is about."""

import pytest
from django.utils import timezone

from accounts.models import Membership
from accounts.scope import acting_for
from inquiries.telling import tell
from notifications.models import Delivery, Message
from notifications.signals import about_to_send
from tests.inquiries.threads import asked, brought_in
from tests.named_people import World
from tests.notices.writing import published
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def read(world: World, name: str) -> tuple[set[str], set[str], set[str]]:
    """Subjects as row security, `visible_to` and the inbox give them; of one person's own."""
    person = world.people[name]
    with acting_for(person):
        mine = Delivery.objects.filter(person=person)
        by_policy = set(mine.values_list("message__subject", flat=True))
    by_filter = set(
        Delivery.objects.visible_to(person).filter(person=person).values_list("message__subject", flat=True)
    )
    return by_policy, by_filter, set(Delivery.objects.inbox_of(person).values_list("message__subject", flat=True))


def opens(world: World, name: str, told: Delivery) -> bool:
    return signed_in(world, name).get(f"/inbox/{told.pk}/").status_code == 200


def test_who_left_an_account_reads_nothing_of_it_any_more(world: World) -> None:
    notice = published(world, accounts=[world.quillard, world.stranger])
    told = Delivery.objects.get(person=world.lee, message__about_id=str(notice.pk))
    assert read(world, "lee") == ({told.message.subject},) * 3
    assert opens(world, "lee", told)
    Membership.objects.create(account=world.stranger, person=world.lee)
    world.lee.memberships.get(account=world.quillard).end(by=world.hq)
    assert read(world, "lee") == (set(), set(), set())
    assert not opens(world, "lee", told)
    page = signed_in(world, "lee").get("/inbox/?all=1").content.decode()
    assert notice.title not in page
    with acting_for(world.lee):
        assert not Message.objects.filter(pk=told.message_id).exists()
    # Whoever stayed, and their manager, read it still.
    assert notice.title in str(read(world, "robin"))
    with acting_for(world.jordan):
        assert Delivery.objects.filter(person=world.lee).exists()


def test_one_of_two_accounts_suffices(world: World) -> None:
    Membership.objects.create(account=world.stranger, person=world.lee)
    notice = published(world, accounts=[world.quillard, world.stranger])
    world.lee.memberships.get(account=world.quillard).end(by=world.hq)
    for found in read(world, "lee"):
        assert notice.title in str(found)


def test_a_manager_who_handed_over_and_an_expert_who_was_let_go_read_no_more(world: World) -> None:
    one = asked(world)
    brought_in(world, one)
    one.note(by=world.jordan, text="Look at the gear.")
    tell(timezone.now())
    waiting = Delivery.objects.filter(person=world.expert)
    first = waiting[0]
    assert len(read(world, "expert")[0]) == waiting.count() == 2
    assert opens(world, "expert", first)
    assert read(world, "jordan")[0]
    one.release(world.expert, by=world.jordan)
    assert read(world, "expert") == (set(), set(), set())
    assert not opens(world, "expert", first)
    about_to_send.send(sender=Delivery)
    assert set(waiting.values_list("state", flat=True)) == {"stopped"}
    world.quillard.assignments.update(manager=world.morgan)
    assert read(world, "jordan") == (set(), set(), set())


def test_what_is_told_for_no_account_stays(world: World) -> None:
    message = Message.objects.create(key="k", topic="account-invitation", subject="An invitation", text="Come.")
    Delivery.objects.create(message=message, person=world.sam, due_at=timezone.now())
    world.sam.memberships.get().end(by=world.hq)
    assert read(world, "sam") == ({"An invitation"},) * 3
