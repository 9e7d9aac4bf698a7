"""Which lists of an account can be taken away, and how each is asked. A list registers itself."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

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
    """name: as addresses and records have it. page: below the account's pages. sheet_for: raises UnusableFilters.

    in_path: the filter whose value stands in the address itself, behind `page`: which check is asked.
    """

    name: str
    title: str
    page: str
    sheet_for: Callable[[Asked], Sheet]
    #: The filters with what the page fills in by itself: "this year" must not be another year tomorrow.
    settled: Callable[[Asked], Filters]
    formats: Sequence[str] = FORMATS
    in_path: str = ""

    def address(self, filters: Filters) -> str:
        """The page of the list with these filters, below the account's pages."""
        chosen = "".join(f"{quote(value, safe='')}/" for value in filters.get(self.in_path, [])[-1:])
        asked = {name: values for name, values in filters.items() if name != self.in_path}
        return f"{self.page}{chosen}?{urlencode(asked, doseq=True)}"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.name] = kind
    return kind


def as_lists(filters: Mapping[str, str | list[str]]) -> Filters:
    """Filters as a form takes them, each name with a list of values."""
    return {name: value if isinstance(value, list) else [value] for name, value in filters.items()}


def last_of(filters: Filters) -> dict[str, str]:
    """Of each filter the value that counts: the last, as of an address."""
    return {name: values[-1] for name, values in filters.items() if values}
