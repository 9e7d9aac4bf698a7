"""The same mail, brought twice and read by two workers at the same moment."""

from pathlib import Path

import pytest

from inquiries.by_mail.taking_in import take_in_all
from inquiries.models import Category, InboundMail, Inquiry
from tests.committed import at_once
from tests.inquiries.mails import mail, to_robin
from tests.named_people import World


@pytest.fixture(autouse=True)
def _takes_mail(settings, tmp_path: Path) -> None:
    settings.REPLY_DOMAIN, settings.MEDIA_ROOT = "reply.portal.example", tmp_path / "files"


def test_it_lands_once(living: World) -> None:
    category = Category.objects.filter(offered=True, of_results=False)[0]
    inquiry: Inquiry = Inquiry.objects.ask(
        living.quillard, subject="Held", category=category, text="Why?", by=living.robin
    )
    for server in ("first", "second"):
        InboundMail.keep(mail(to_robin(living, inquiry), Received=f"by {server}").as_bytes(), via="test")
    at_once(*[take_in_all] * 3)
    while take_in_all():
        pass
    assert sorted(InboundMail.objects.values_list("state", flat=True)) == ["landed", "twice"]
    assert inquiry.messages.filter(kind="reply").count() == 1
