"""A mail, an invitation and a warning, by a real worker with the worker's login: policies bind tests less than it."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Invitation, Lapse, Membership, Person
from documents.models import Document
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.not_taken import CANNOT_SIGN_IN
from inquiries.models import InboundMail
from inquiries.tasks import take_in_mails
from notifications.models import Delivery, Message
from portal.admitting import INVITED, WARNED
from portal.tasks import settle_and_tell_lapses, tell_the_invited
from tests.documents.files import pdf
from tests.inquiries.mails import mail, to_robin
from tests.inquiries.threads import asked
from tests.named_people import World
from tests.workers import Processes, until

pytestmark = pytest.mark.processes


def test_a_worker_lands_mails_tells_the_invited_and_warns(
    processes: Processes, living: World, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    monkeypatch.setenv("REPLY_DOMAIN", "reply.portal.example")
    settings.REPLY_DOMAIN, settings.SECRET_KEY = "reply.portal.example", "a key for tests " * 4  # as the worker's
    inquiry = asked(living)
    reply = mail(to_robin(living, inquiry))
    reply.add_attachment(pdf(), maintype="application", subtype="pdf", filename="list.pdf")
    InboundMail.keep(reply.as_bytes(), via="test")
    away = mail(to_robin(living, inquiry), "I am away.", Message_ID="<away@x>", Auto_Submitted="auto-replied")
    InboundMail.keep(away.as_bytes(), via="test")
    of_sam, today = asked(living, account=living.stranger, by=living.sam), timezone.localdate()
    Lapse.objects.create(
        person=living.sam, unused_since=today - datetime.timedelta(days=60), closes_on=today, closed_on=today,
        warned_on=today - datetime.timedelta(days=7),
    )  # fmt: skip
    InboundMail.keep(
        mail(reply_address(Addressee(of_sam.pk, living.sam.pk)), From="sam@people.example").as_bytes(), via="test"
    )
    Invitation.invite(
        living.quillard, email="nova@people.example", name="Nova", administrator=False, by=living.robin, at=timezone.localtime()
    )  # fmt: skip
    long_ago = timezone.now() - datetime.timedelta(days=60)
    Person.objects.filter(pk=living.lee.pk).update(last_login=long_ago, created_at=long_ago)
    Membership.objects.filter(person=living.lee).update(created_at=long_ago)
    processes.worker()
    for task in (take_in_mails, tell_the_invited, settle_and_tell_lapses):
        task.delay()
    until(lambda: not InboundMail.objects.filter(state="waiting").exists())
    assert sorted(InboundMail.objects.values_list("state", "reason")) == [
        ("landed", ""),
        ("refused", "automatic"),
        ("refused", "lapsed"),
    ]
    assert "written by a machine" in inquiry.steps.get(staff_only=True).words
    assert "access is closed" in of_sam.steps.get(staff_only=True).words
    assert [one.person for one in Delivery.objects.filter(message__topic=CANNOT_SIGN_IN)] == [living.sam]
    assert Document.objects.get().name == "list.pdf"
    assert inquiry.messages.latest("pk").by == living.robin
    until(lambda: Message.objects.filter(topic=INVITED).exists())
    until(lambda: Message.objects.filter(topic=WARNED).exists())
    assert Lapse.objects.filter(person=living.lee).exists()
