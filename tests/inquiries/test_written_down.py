"""A question that came by telephone: whoever answers writes it down, the account sees who did and for whom."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Account
from accounts.scope import acting_for
from inquiries.models import Category, Inquiry, Message
from inquiries.telling import WRITTEN, tell
from notifications.models import Message as Told
from tests.inquiries.threads import asked
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
FORM = {"category": "hold", "subject": "The container", "text": "Why is it held?", "urgency": "usual", "via": "call"}


def where(world: World) -> str:
    return f"/accounts/{world.quillard.pk}/inquiries/written-down/"


def written(world: World, **more: Any) -> Inquiry:
    given = {"subject": "The container", "text": "Why is it held?", "category": Category.objects.get(pk="hold")} | more
    asker = given.pop("asker", world.lee)
    with acting_for(by := given.pop("by", world.jordan)):
        made: Inquiry = Inquiry.objects.write_down(world.quillard, asker=asker, via="call", by=by, **given)
    return made


def test_a_call_becomes_an_inquiry_of_who_called(world: World) -> None:
    jordan = signed_in(world, "jordan")
    assert where(world) in jordan.get(f"/accounts/{world.quillard.pk}/inquiries/").content.decode()
    answer = jordan.post(where(world), FORM | {"asker": str(world.lee.pk)}, follow=True)
    one = Inquiry.objects.get()
    assert (one.asked_by, one.written_down_by, one.state) == (world.lee, world.jordan, "open")
    assert one.due_at is not None
    message = one.messages.get()
    assert (message.by, message.from_cbp, message.kind, message.via) == (world.jordan, False, "question", "call")
    assert "Lee Farrow is told" in answer.content.decode()
    for name in ("lee", "robin"):
        page = signed_in(world, name).get(f"/inquiries/{one.pk}/").content.decode()
        assert "Written down by Jordan Ellery for Lee Farrow." in page
        assert "wrote down what <b>Lee Farrow</b> asked by telephone" in page
    tell(timezone.now())
    told = Told.objects.get(topic=WRITTEN)
    assert [one.person for one in told.deliveries.all()] == [world.lee]
    assert "Jordan Ellery has written down what you asked by telephone" in told.text
    assert not Told.objects.filter(topic="inquiry-asked").exists()
    one.reply(by=world.lee, text="And the second container too.")
    one.answer(by=world.jordan, text="Tuesday.", authority_kind="none", why_no_authority="It tells a day.")


def test_what_headquarters_writes_down_is_told_to_the_manager_too(world: World) -> None:
    written(world, by=world.hq)
    tell(timezone.now())
    tell(timezone.now())
    told = {one.person for message in Told.objects.all() for one in message.deliveries.all()}
    assert told == {world.lee, world.jordan}
    assert Told.objects.count() == 2
    assert "Lee Farrow of Quillard Electric asks" in Told.objects.get(topic="inquiry-asked").text


def test_nobody_is_asked_for_who_cannot_be_told(world: World) -> None:
    world.lee.is_active = False
    world.lee.save()
    with pytest.raises(ValidationError):
        written(world)


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "morgan", "expert"])
def test_nobody_else_writes_down_what_an_account_asked(world: World, name: str) -> None:
    assert signed_in(world, name).get(where(world)).status_code == 404
    assert signed_in(world, name).post(where(world), FORM | {"asker": str(world.lee.pk)}).status_code == 404
    with pytest.raises(PermissionDenied):
        written(world, by=world.people[name])
    assert not Inquiry.objects.exists()


def test_only_for_a_member_and_only_about_what_that_member_sees(world: World) -> None:
    for asker in (world.sam, world.jordan):
        with pytest.raises(ValidationError, match="who of the account"):
            written(world, asker=asker)
    page = signed_in(world, "jordan").post(where(world), FORM | {"asker": str(world.sam.pk)})
    assert page.status_code == 400
    hidden = world.examinations["review_open"]
    with pytest.raises(ValidationError, match="not among yours"):  # an open review would be given away
        written(world, about=hidden)
    Account.objects.filter(pk=world.quillard.pk).update(state="withdrawn")
    world.quillard.refresh_from_db()
    with pytest.raises(ValidationError, match="left"):
        written(world)


def test_the_database_lets_staff_write_for_the_account_there_alone(world: World) -> None:
    """Past the verb: no question in an inquiry that the account wrote, no reply, and not as somebody else."""
    own, down = asked(world), written(world)
    given = {"account": world.quillard, "text": "x", "at": timezone.now(), "from_cbp": False, "via": "call"}
    for inquiry, kind, by in (
        (own, "question", world.jordan),
        (down, "reply", world.jordan),
        (down, "question", world.lee),
    ):
        with acting_for(world.jordan), pytest.raises(DatabaseError), transaction.atomic():
            Message.objects.create(inquiry=inquiry, kind=kind, by=by, **given)
