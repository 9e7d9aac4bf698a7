"""The dates of entries: the last days to correct, to protest and to reconcile, with the money in question."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.fields import CharField

from examinations import clocks, closing
from examinations.models import Entry
from look.formats import entry_number, money, plural
from portal.dates.asked import Asked
from portal.dates.bound import Bound

#: Entries with money in question that stand in a calendar by themselves, the most first; the others are counted.
MOST_ENTRIES = 25
CORRECTION_RULE = "300 days after entry, or 15 before liquidation"


def closing_windows(asked: Asked) -> list[Bound]:
    """The last days to correct and to protest: entries with money in question each, the others as a count a day."""
    read = _closing_from_sums if asked.summed else _closing_from_rows
    groups = read(asked)
    named, counted = [], {}
    for row in sorted(groups, key=lambda row: (-(row["at_stake"] or 0), row["named"])):
        if row["named"] and len(named) < MOST_ENTRIES:
            named.append(_entry(row))
            continue
        many = counted.setdefault((row["closes"], row["window"]), Closing())
        many.add(row)
    return named + [_entries(day, window, many, asked.as_of) for (day, window), many in counted.items()]


WINDOW = Case(
    When(protest_by__isnull=False, then=Value(closing.PROTEST)),
    default=Value(closing.CORRECTION),
    output_field=CharField(),
)


def _closing_from_rows(asked: Asked) -> Iterable[dict[str, Any]]:
    """By day, window and, where money is in question, entry; one statement for both."""
    account, person = asked.account, asked.person
    first = max(asked.start, asked.as_of)
    rows = closing.closing(closing.sides_of(account), person, asked.as_of, asked.end, first=first)
    number = Case(When(question__gt=0, then=F("number")), default=Value(""), output_field=CharField())
    return (
        closing.with_money(rows, person, account)
        .annotate(window=WINDOW, named=number)
        .order_by()
        .values("closes", "window", "named")
        .annotate(
            n=Count("id"),
            paid=Sum("duty"),
            more=Sum("owed"),
            less=Sum("overpaid"),
            asked=Sum("checked"),
            at_stake=Sum("question"),
        )
    )


def _closing_from_sums(asked: Asked) -> Iterable[dict[str, Any]]:
    """The same from sums by day, and the few entries with money in question, which these sums count too."""
    until = (closing.sides_of(asked.account), asked.person, asked.as_of, asked.end)
    first = max(asked.start, asked.as_of)
    days = closing.closing_days(*until, first=first).annotate(window=WINDOW)
    nothing = {"named": "", "at_stake": None}
    others = {
        (row["closes"], row["window"]): row | nothing
        for row in days.values("closes", "window").annotate(n=Sum("entries"), paid=Sum("duty"))
    }
    for one in closing.asked_about([asked.account], *until, first=first):
        window = closing.PROTEST if one.protest_by else closing.CORRECTION
        yield {
            "closes": one.closes,
            "window": window,
            "named": one.number,
            "n": 1,
            "paid": one.duty,
            "more": one.owed,
            "less": one.overpaid,
            "asked": one.checked,
            "at_stake": one.question,
        }
        rest = others[one.closes, window]
        rest["n"] -= 1
        rest["paid"] -= one.duty
    yield from (row for row in others.values() if row["n"] > 0)


@dataclass
class Closing:
    """What closes on one day for many entries."""

    entries: int = 0
    duty: Decimal = Decimal(0)
    question: Decimal = Decimal(0)

    def add(self, row: dict[str, Any]) -> None:
        self.entries += row["n"]
        self.duty += row["paid"]
        self.question += row["at_stake"] or 0


def _entry(row: dict[str, Any]) -> Bound:
    number, (verb, rule) = row["named"], _deed(row["window"])
    found = [f"{money(row['more'])} more owed"] if row["more"] else []
    found += [f"{money(row['less'])} overpaid"] if row["less"] else []
    return Bound(
        row["closes"],
        f"{row['window']}-{number}",
        f"Last day to {verb} entry {entry_number(number)}",
        f"/entries/{number}/",
        rule,
        "; ".join(
            ([f"An examination found {' and '.join(found)}"] if found else [])
            + ([f"Checks of its lines ask about {money(row['asked'])}"] if row["asked"] else [])
        ),
        row["at_stake"],
        row["paid"],
        urgent=True,
        in_short=f"{verb.capitalize()} {entry_number(number)}",
        does="Open the entry",
    )


def _entries(day: datetime.date, window: str, many: Closing, as_of: datetime.date) -> Bound:
    verb, rule = _deed(window)
    entries = plural(many.entries, "entry", "entries")
    ahead = next((days for days in (7, 30, 60, 90) if (day - as_of).days <= days), 90)
    asked = f"{money(many.question)} in question" if many.question else "nothing in question"
    return Bound(
        day,
        f"{window}s-{day}",
        f"Last day to {verb} {entries}",
        f"/dates/closing/?days={ahead}&window={window}&sort=closes",
        rule,
        f"{money(many.duty)} of duty deposited; {asked}",
        many.question or None,
        many.duty,
        urgent=bool(many.question),
        in_short=f"{verb.capitalize()} {entries}",
        does="Show the entries",
    )


def _deed(window: str) -> tuple[str, str]:
    return ("protest", clocks.PROTEST_RULE) if window == closing.PROTEST else ("correct", CORRECTION_RULE)


def reconciliations(asked: Asked) -> list[Bound]:
    """The days that CBP's file names for reconciliation, as a count a day."""
    wanted = Q(pk__in=())
    for side in closing.sides_of(asked.account):
        wanted |= side & Q(reconciliation_due__range=asked.span)
    rows = Entry.objects.visible_to(asked.person).filter(wanted).order_by().values("reconciliation_due")
    return [
        Bound(
            row["reconciliation_due"],
            f"reconciliation-{row['reconciliation_due']}",
            f"Reconciliation due for {plural(row['n'], 'entry', 'entries')}",
            note=f"{money(row['paid'])} of duty deposited; the day is the one in CBP’s file",
            duty=row["paid"],
        )
        for row in rows.annotate(n=Count("id"), paid=Sum("duty"))
    ]
