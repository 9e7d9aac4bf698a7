"""Which lists of an account can be taken away, and how each is asked. A list registers itself."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accounts.access import Reach
from accounts.models import Account, Person
from look.downloads import FORMATS, Sheet

Filters = Mapping[str, list[str]]


class UnusableFilters(ValueError):
    """What was asked cannot be asked of this list."""


@dataclass(frozen=True)
class Asked:
    """What one person asks of one account's list. filters: names with lists of values, as an address carries them."""

    account: Account
    person: Person
    reach: Reach
    filters: Filters
    today: datetime.date


@dataclass(frozen=True)
class Kind:
    """name: as addresses and records have it. page: below the account's pages. sheet_for: raises UnusableFilters."""

    name: str
    title: str
    page: str
    sheet_for: Callable[[Asked], Sheet]
    #: The filters with what the page fills in by itself: "this year" must not be another year tomorrow.
    settled: Callable[[Asked], Filters]
    formats: Sequence[str] = FORMATS


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    return kind
