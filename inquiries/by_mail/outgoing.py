"""The mails of inquiries that can be replied to: those to the account's people, where the portal takes in mail."""

from accounts.models import Person
from inquiries.by_mail.address import Addressee, reply_address
from inquiries.by_mail.reading import CUT
from inquiries.telling import WRITTEN
from notifications.letters import REPLY_TO, Reply
from notifications.models import Delivery


def reply_of(delivery: Delivery) -> Reply | None:
    """Where a reply of a member goes, and the line above which it is written. Staff answers in the portal."""
    about = delivery.message.about_id
    # What is being sent carries no person: one small question a mail, and of answers there are few.
    if not about.isdecimal() or not Person.objects.filter(pk=delivery.person_id, role=Person.Role.MEMBER).exists():
        return None
    address = reply_address(Addressee(int(about), delivery.person_id))
    return Reply(address, CUT) if address else None


def connect() -> None:
    """Say how these mails are replied to."""
    REPLY_TO[WRITTEN] = reply_of
