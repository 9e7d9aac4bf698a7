"""What tests of mails begin with."""

from pathlib import Path

import pytest

from inquiries.models import Category, Inquiry
from tests.inquiries.mails import SECRET
from tests.named_people import World


@pytest.fixture
def takes_mail(settings, tmp_path: Path) -> None:
    """The portal takes in mail by a provider, and keeps it here."""
    settings.REPLY_DOMAIN, settings.MAIL_PROVIDER = "reply.portal.example", "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def inquiry(world: World) -> Inquiry:
    made: Inquiry = Inquiry.objects.ask(
        world.quillard, subject="A held container", category=Category.objects.filter(offered=True, of_results=False)[0],
        text="Why is it held?", by=world.robin,
    )  # fmt: skip
    return made
