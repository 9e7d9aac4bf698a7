"""The address that a mail comes back to: signed for its delivery and for the address that it went to; it stands in no row."""

import base64
import re

from django.conf import settings
from django.utils.crypto import salted_hmac

PREFIX, SALT = "bounce", "notifications.return_address"
#: 80 bits, of which a guess needs a mail each.
SIGNATURE = 10
#: What stands before the @.
ADDRESS = re.compile(rf"{PREFIX}-([0-9]{{1,18}})-([a-z2-7]{{16}})")


def return_address(delivery: int, address: str) -> str:
    """Where reports about one mail go; empty where the portal takes in no mail, or a provider sends, which reports itself."""
    if not settings.REPLY_DOMAIN or settings.MAIL_PROVIDER != "none":
        return ""
    return f"{PREFIX}-{delivery}-{signature(delivery, address)}@{settings.REPLY_DOMAIN}"


def signature(delivery: int, address: str) -> str:
    """By which a return address is known as ours."""
    digest = salted_hmac(SALT, f"{delivery}.{address}", algorithm="sha256").digest()
    return base64.b32encode(digest[:SIGNATURE]).decode().lower()
