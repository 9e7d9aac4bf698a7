"""The kinds of messages that a person chooses about, filled by whoever knows the topics (portal/told.py)."""

from collections.abc import Iterable
from dataclasses import dataclass

AT_ONCE, DAILY, WEEKLY, PORTAL = "now", "daily", "weekly", "portal"
#: What a person may choose, and what it is called.
WAYS = {
    AT_ONCE: "By mail at once",
    DAILY: "In a daily digest",
    WEEKLY: "In a weekly digest",
    PORTAL: "In the portal alone",
}
#: The kind of everything that asks for action: it never waits for a digest.
ASKED = "asked"
#: The kind of every topic that nobody named.
OTHER = "other"


@dataclass(frozen=True)
class Kind:
    """Messages that one choice is about.

    waits: whether they may wait for a digest; what asks for action may not.
    """

    name: str
    title: str
    words: str
    topics: frozenset[str] = frozenset()
    waits: bool = True


#: By name, in the order in which the page shows them.
KINDS: dict[str, Kind] = {}
#: Topics that nobody can turn off: without them nobody could sign in, and a digest is what was chosen.
ALWAYS: set[str] = set()


def register(kinds: Iterable[Kind], always: Iterable[str]) -> None:
    """Say once, at the start, which kinds there are and which topics are always sent at once."""
    KINDS.clear()
    KINDS.update({kind.name: kind for kind in kinds})
    ALWAYS.clear()
    ALWAYS.update(always)


def kind_of(topic: str, asks: bool = False) -> Kind | None:
    """The kind of a message; None where there is nothing to choose."""
    if topic in ALWAYS:
        return None
    if asks:
        return KINDS.get(ASKED)
    return next((kind for kind in KINDS.values() if topic in kind.topics), KINDS.get(OTHER))


def ways_of(kind: str) -> dict[str, str]:
    """What may be chosen for a kind."""
    return {way: words for way, words in WAYS.items() if KINDS[kind].waits or way in (AT_ONCE, PORTAL)}
