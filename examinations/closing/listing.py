"""Which entries that close one person asks for: the same for the page and for its file."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet

from accounts.models import Account, Person
from examinations.closing.question import with_money
from examinations.closing.windows import WINDOWS, closing, sides_of
from examinations.exports import kinds
from examinations.models import Entry

DAYS = 30
AHEAD = [(days, f"{days} days") for days in (7, 30, 60, 90)]
BY_QUESTION = "-question"
SORTS = {
    "question": ("question", "-duty", "id"),
    "duty": ("duty", "id"),
    "closes": ("closes", "-question", "-duty", "id"),
    "entry": ("number", "id"),
    "entered": ("entry_date", "id"),
}


class ClosingForm(forms.Form):
    """How far ahead, and which window."""

    days = forms.TypedChoiceField(
        label="Closes within", choices=AHEAD, coerce=int, error_messages={"invalid_choice": "Choose 7 to 90 days."}
    )
    window = forms.ChoiceField(
        label="What closes",
        choices=[("", "Correction or protest"), *WINDOWS],
        required=False,
        error_messages={"invalid_choice": "Choose correction, protest or both."},
    )
    found = forms.BooleanField(label="Only with money in question", required=False)


@dataclass(frozen=True)
class Asked:
    """What a page or a file of the list asks for."""

    account: Account
    person: Person
    as_of: datetime.date
    last: datetime.date
    window: str
    found: bool
    sort: str

    @property
    def sides(self) -> list[Q]:
        return sides_of(self.account)

    @property
    def bare(self) -> QuerySet[Entry]:
        """The entries without the money in question, in no order."""
        return closing(self.sides, self.person, self.as_of, self.last, window=self.window)

    @property
    def rows(self) -> QuerySet[Entry]:
        """The entries with the money in question, in their order."""
        rows = with_money(self.bare, self.person, self.account)
        return _sorted(rows.filter(question__gt=0) if self.found else rows, self.sort)


def _sorted(rows: QuerySet[Entry], asked: str) -> QuerySet[Entry]:
    """Order by a known column, a minus before it turns it around."""
    first, *rest = SORTS[asked.removeprefix("-")]
    names = [f"-{first}" if asked.startswith("-") else first, *rest]
    order = [
        F(name[1:]).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True) for name in names
    ]
    return rows.order_by(*order)


def asked_filters(asked: kinds.Asked) -> dict[str, str]:
    """What the address asks for; of what closes within 30 days, the most in question first."""
    filters = {"days": str(DAYS)} | kinds.last_of(asked.filters)
    sort = filters.get("sort", "")
    return filters | {"sort": sort if sort.removeprefix("-") in SORTS else BY_QUESTION}


class ClosingList:
    """The form, and what it asks for."""

    def __init__(self, asked: kinds.Asked) -> None:
        filters: dict[str, Any] = asked_filters(asked)
        self.form = ClosingForm(filters)
        self.usable = self.form.is_valid()
        chosen = self.form.cleaned_data
        self.days = chosen.get("days") or DAYS
        self.asked = Asked(
            asked.account,
            asked.person,
            asked.today,
            asked.today + datetime.timedelta(days=self.days),
            chosen.get("window", ""),
            found=bool(chosen.get("found")),
            sort=filters["sort"],
        )
