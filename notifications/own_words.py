"""Words that a mail says to its reader alone, among words that all read.

What all read is drawn once and put into the form of the wire once, with a place left for the reader's own; these are put into
it mail by mail, in the encoding that the part has: seven microseconds, where drawing it anew takes 760.
"""

from __future__ import annotations

import quopri
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import escape

if TYPE_CHECKING:
    from notifications.letters import Due
    from notifications.models import Delivery


class NotYet(Exception):
    """What a mail says to its reader is being reckoned: it waits, and no other waits for it."""


@dataclass(frozen=True)
class Own:
    """words: what a mail says to one reader, lines of at most some hundred letters; empty where it says the same to all.

    They are read, and never reckoned, while mails go out. Raises NotYet where they are worth waiting for, for a while."""

    heading: str
    words: Callable[[Due], str]


#: By topic.
OWN: dict[str, Own] = {}
#: The same where many are read at once, in a digest or in the inbox: asked of deliveries, answered by delivery (id).
OF_MANY: list[Callable[[Sequence[Delivery]], dict[int, str]]] = []
#: What became of what was told, in a sentence, where it holds no more; asked and answered likewise.
ENDED: list[Callable[[Sequence[Delivery]], dict[int, str]]] = []


def own_words_of(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """By delivery (id), what it says to its reader alone; none where it says the same to all."""
    return {one: words for ask in OF_MANY for one, words in ask(deliveries).items() if words}


def ended_of(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """By delivery (id), that what it told holds no more; none while it holds."""
    return {one: words for ask in ENDED for one, words in ask(deliveries).items() if words}


# Nobody can write it into a message; and no letter of ASCII begins it, so that a part with it is written as UTF-8.
_EDGE, _NAME = "\u2063", secrets.token_hex(8)
PLACE = f"{_EDGE}{_NAME}{_EDGE}"
_RAW, _QUOTED = _EDGE.encode(), b"=E2=81=A3"
_ON_THE_WIRE = re.compile(rb"(%b|%b)%b(?:%b|%b)" % (_RAW, _QUOTED, _NAME.encode(), _RAW, _QUOTED))
LINE = "\r\n"


@dataclass(frozen=True)
class Shell:
    """A mail with a place: text, page, and what stands in every copy on the wire with the text before the page."""

    text: str
    html: str
    wire: tuple[bytes, bytes, bytes]
    quoted: tuple[bool, bool]

    @classmethod
    def of(cls, text: str, html: str, common: bytes) -> Shell | None:
        """None where the place is not found once in each part."""
        found = list(_ON_THE_WIRE.finditer(common))
        if len(found) != 2 or text.count(PLACE) != 1 or html.count(PLACE) != 1:
            return None
        first, second = found
        wire = common[: first.start()], common[first.end() : second.start()], common[second.end() :]
        return cls(text, html, wire, (first[1] == _QUOTED, second[1] == _QUOTED))

    def filled(self, words: str) -> tuple[str, str, bytes]:
        """The three with words in their place."""
        lines = words.split("\n")
        page = [str(escape(line)) for line in lines]
        head, between, end = self.wire
        as_text = _after(head, _encoded(LINE.join(lines), self.quoted[0]))
        as_page = _after(between, _encoded(f"<br>{LINE}".join(page), self.quoted[1]))
        return (
            self.text.replace(PLACE, words),
            self.html.replace(PLACE, "<br>\n".join(page)),
            head + as_text + between + as_page + end,
        )


def _after(before: bytes, data: bytes) -> bytes:
    """With the dots doubled that begin a line (RFC 5321, 4.5.2)."""
    doubled = data.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if before.endswith(b"\n") and data.startswith(b".") else doubled


def _encoded(words: str, quoted: bool) -> bytes:
    """As its part is encoded: as it is, or quoted-printable (RFC 2045, 6.7) in lines of its own, which end in no line."""
    data = words.encode()
    if not quoted:
        return data
    soft = b"=" + LINE.encode()
    lines = [quopri.encodestring(line.encode()).replace(b"\n", LINE.encode()) for line in words.split(LINE)]
    return soft + LINE.encode().join(lines) + soft
