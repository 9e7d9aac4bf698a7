"""The whole way: CBP answers, the mail goes out, the person replies to it as any mail program does, and it lands."""

import email
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.utils import timezone

from inquiries.by_mail.reading import CUT
from inquiries.by_mail.taking_in import take_in_all
from inquiries.models import InboundMail
from inquiries.telling import tell
from notifications import sending
from tests.inquiries.threads import RULING, asked
from tests.mail_servers import Post, text_of
from tests.named_people import World

pytestmark = pytest.mark.django_db


def test_a_reply_to_the_mail_of_an_answer_lands_in_the_thread(world: World, post: Post, settings: Any) -> None:
    settings.REPLY_DOMAIN = "reply.portal.example"
    inquiry = asked(world)
    inquiry.answer(by=world.jordan, text="Heading 8501.", **RULING)
    tell(timezone.now())
    sending.send_all()
    mail = post.of(world.robin.email)[-1]
    assert text_of(mail).startswith(CUT)
    assert CUT in text_of(mail, "html")
    reply = EmailMessage(policy=default)
    reply["From"], reply["To"], reply["Subject"] = world.robin.email, mail["Reply-To"], f"Re: {mail['Subject']}"
    reply["Message-ID"], reply["In-Reply-To"] = "<1@people.example>", mail["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
    reply.set_content(f"Thank you.\n\nOn Thu, Nov 26, 2026, Account Management wrote:\n{quoted}\n")
    there = email.message_from_bytes(reply.as_bytes())["To"]  # a long line is folded at its spaces, and has none other
    assert "".join(there.split()) == "".join(mail["Reply-To"].split())
    InboundMail.keep(reply.as_bytes(), via="test")
    take_in_all()
    assert InboundMail.objects.get().state == "landed"
    assert inquiry.messages.latest("pk").text == "Thank you."
    assert all(one["Reply-To"] is None for one in post.of(world.jordan.email))


def test_where_the_portal_takes_in_no_mail_none_can_be_replied_to(world: World, post: Post) -> None:
    inquiry = asked(world)
    inquiry.answer(by=world.jordan, text="Heading 8501.", **RULING)
    tell(timezone.now())
    sending.send_all()
    mail = post.of(world.robin.email)[-1]
    assert mail["Reply-To"] is None
    assert CUT not in text_of(mail)
