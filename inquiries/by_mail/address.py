"""The address that a reply goes to: signed, of one person and one inquiry; it stands in no row, and what it opens is asked
when a mail comes. Pure but for the keys."""

import base64
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PREFIX = "inquiry"
SALT = "inquiries.by_mail.address"
#: 80 bits: a guess needs a mail each, and mails are counted.
SIGNATURE = 10


@dataclass(frozen=True)
class Addressee:
    """Who was invited to reply, and to what."""

    inquiry: int
    person: uuid.UUID


def _text(data: bytes) -> str:
    """Letters and digits that survive mail programs, of which some write addresses in one case."""
    return base64.b32encode(data).decode().rstrip("=").lower()


def _signature(number: str, person: str) -> str:
    return _text(salted_hmac(SALT, f"{number}.{person}", algorithm="sha256").digest()[:SIGNATURE])


def local_part(to: Addressee) -> str:
    """What stands before the @: at most 64 letters (RFC 5321) for any inquiry below 36 to the eighth."""
    number, person = _base36(to.inquiry), _text(to.person.bytes)
    return f"{PREFIX}-{number}-{person}-{_signature(number, person)}"


def reply_address(to: Addressee) -> str:
    """The whole address; empty where the portal takes in no mail."""
    return f"{local_part(to)}@{settings.REPLY_DOMAIN}" if settings.REPLY_DOMAIN else ""


def addressee_of(address: str) -> Addressee | None:
    """Who and what an address is of; None for one that is not of here, or was not made here."""
    local, _, domain = address.strip().lower().rpartition("@")
    parts = local.split("-")
    if not settings.REPLY_DOMAIN or domain != settings.REPLY_DOMAIN or len(parts) != 4 or parts[0] != PREFIX:
        return None
    _, number, person, signature = parts
    if not constant_time_compare(signature, _signature(number, person)):
        return None
    return Addressee(int(number, 36), uuid.UUID(bytes=base64.b32decode(person.upper() + "======")))


def _base36(number: int) -> str:
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    found = ""
    while number:
        number, rest = divmod(number, 36)
        found = letters[rest] + found
    return found or "0"
