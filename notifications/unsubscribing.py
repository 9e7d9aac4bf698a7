"""The signed address in the header of each mail with which its reader turns mails of that kind off (RFC 8058).

It says for whom and for which kind, and is good for nothing else; it does not age, since mails lie about for years.
"""

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer

from accounts.models import Person
from notifications import kinds
from notifications.models import HowTold

SIGNER = Signer(salt="notifications.unsubscribing")
PATH = "/unsubscribe/"
#: In the place of a kind, in the header of a digest: all kinds that come in digests.
DIGESTS = "digests"


def address_of(person: uuid.UUID, kind: str) -> str:
    """The whole address for one person and kind; the same each time."""
    return f"{settings.PORTAL_ADDRESS}{PATH}{SIGNER.sign(f'{person.hex}.{kind}')}/"


def read(signed: str) -> tuple[uuid.UUID, str] | None:
    """For whom and for which kind an address is; None where we did not sign it, or the kind is gone."""
    try:
        person, _, kind = SIGNER.unsign(signed).partition(".")
    except BadSignature:
        return None
    return (uuid.UUID(hex=person), kind) if kind == DIGESTS or kind in kinds.KINDS else None


def unsubscribe(person: Person, kind: str) -> None:
    """Send this person no mail of the kind any more; the inbox has what comes."""
    off = [kind]
    if kind == DIGESTS:
        off = [name for name, how in HowTold.of_person(person).choices.items() if how in (kinds.DAILY, kinds.WEEKLY)]
    HowTold.choose(person, dict.fromkeys(off, kinds.PORTAL), by=person, verb="unsubscribe")
