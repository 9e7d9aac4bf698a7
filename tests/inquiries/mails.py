"""Mails for tests: replies of Robin to an inquiry of Quillard Electric, as files would bring them."""

from email.message import EmailMessage

from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.taking_in import take_in_all
from inquiries.models import InboundMail, Inquiry
from tests.documents.files import pdf
from tests.named_people import World

PDF = pdf()
SECRET = "provider:a-long-webhook-password"


def to_robin(world: World, inquiry: Inquiry) -> str:
    return reply_address(Addressee(inquiry.pk, world.robin.pk))


def mail(to: str, text: str = "The packing list is on its way.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {
        "From": "Robin Castell <Robin@people.example>",
        "To": to,
        "Subject": "Re: inquiry",
        "Message-ID": "<1@people.example>",
    }
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made


def came(message: EmailMessage | bytes, **more: str) -> InboundMail:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    assert InboundMail.keep(raw, via="maildir", **more)
    row = InboundMail.objects.latest("received_at")
    take_in_all()
    row.refresh_from_db()
    return row
