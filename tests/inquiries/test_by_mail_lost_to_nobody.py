"""What is refused is lost to nobody: staff reads of it in the thread, and who can do something about it is told how."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Lapse
from inquiries.by_mail import taking_in
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.not_taken import CANNOT_SIGN_IN, NOT_TAKEN
from inquiries.models import Inquiry
from notifications.models import Message
from tests.inquiries.mails import came, mail, to_robin
from tests.inquiries.threads import asked
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_mail")]


def for_staff(inquiry: Inquiry) -> list[str]:
    return list(inquiry.steps.filter(staff_only=True).order_by("pk").values_list("words", flat=True))


def told(person: Any) -> list[Message]:
    return list(Message.objects.filter(topic__in=[NOT_TAKEN, CANNOT_SIGN_IN], deliveries__person=person))


def test_whose_access_lapsed_is_told_the_way_back_and_staff_that_they_wrote(world: World, inquiry: Inquiry) -> None:
    today = timezone.localdate()
    Lapse.objects.create(
        person=world.robin, unused_since=today - datetime.timedelta(days=60), closes_on=today, closed_on=today,
        warned_on=today - datetime.timedelta(days=7),
    )  # fmt: skip
    for number in (1, 2):
        row = came(mail(to_robin(world, inquiry), Message_ID=f"<{number}@x>"))
        assert (row.state, row.reason, row.inquiry, row.person) == ("refused", "lapsed", inquiry, world.robin)
    (words,) = for_staff(inquiry)
    assert "to the address of Robin Castell" in words
    assert "access is closed" in words
    page = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/inquiries/{inquiry.pk}/").content.decode()
    assert "the address of Robin Castell, was refused" in page
    (message,) = told(world.robin)
    assert "Forgot your password?" in message.text
    assert message.path == "/sign-in/forgotten/"
    assert message.kind is None  # nobody turns it off
    assert inquiry.messages.count() == 1


def test_of_who_belongs_no_more_nothing_is_said(world: World, inquiry: Inquiry) -> None:
    world.robin.memberships.get().end(by=world.hq)
    for number, headers in enumerate(({}, {"Auto_Submitted": "auto-replied"})):
        came(mail(to_robin(world, inquiry), Message_ID=f"<{number}@x>", **headers))
    assert for_staff(inquiry) == []
    assert told(world.robin) == []


def test_what_is_taken_for_a_machines_is_said_to_staff_once_a_day_and_mailed_to_nobody(
    world: World, inquiry: Inquiry, mailoutbox: list[Any]
) -> None:
    for number in range(3):
        row = came(mail(to_robin(world, inquiry), Message_ID=f"<{number}@x>", Auto_Submitted="auto-replied"))
        assert (row.reason, row.inquiry, row.person, row.account) == ("automatic", inquiry, world.robin, world.quillard)
    (words,) = for_staff(inquiry)
    assert "written by a machine" in words
    assert told(world.robin) == mailoutbox == []


def test_of_a_mail_to_several_inquiries_each_thread_says_so(world: World, inquiry: Inquiry) -> None:
    other = asked(world, account=world.stranger, by=world.sam)
    second = asked(world)
    strangers = reply_address(Addressee(other.pk, world.robin.pk))  # who is nobody there
    row = came(mail(f"{to_robin(world, inquiry)}, {to_robin(world, second)}, {strangers}"))
    assert (row.reason, row.inquiry) == ("several", None)
    assert ["several inquiries" in words for one in (inquiry, second) for words in for_staff(one)] == [True, True]
    assert for_staff(other) == []
    assert sorted(one.about.pk for one in told(world.robin)) == [inquiry.pk, second.pk]
    assert "more than one inquiry" in told(world.robin)[0].text


def test_a_mail_that_breaks_the_reader_or_the_landing_is_said_to_staff(
    world: World, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(taking_in, "read", lambda raw: 1 / 0)
        assert came(mail(to_robin(world, inquiry), Message_ID="<1@x>")).reason == "unreadable"
    assert len(for_staff(inquiry)) == 1
    inquiry.steps.all().delete()
    monkeypatch.setattr(Inquiry, "reply", lambda *args, **kwargs: 1 / 0)
    assert came(mail(to_robin(world, inquiry), Message_ID="<2@x>")).reason == "unreadable"
    assert "cannot be read" in for_staff(inquiry)[0]
    assert told(world.robin) == []
