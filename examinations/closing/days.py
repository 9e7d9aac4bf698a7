"""What closes, from sums of entries that were entered and liquidate on the same days: one row for many of them."""

import datetime
from collections.abc import Collection
from itertools import accumulate
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum

from accounts.models import Account, Person
from examinations.breakdowns.uncounted import all_counted
from examinations.closing.question import Question, perhaps_asked_about, questions_of
from examinations.closing.windows import CORRECTION, PROTEST, found_by_index, that_close, with_windows
from examinations.models import Entry, EntryDay


def hold_all(accounts: Collection[Account]) -> bool:
    """Whether the sums hold all entries of these accounts; one statement."""
    return all_counted(accounts, Entry, EntryDay)


def closing_days(
    sides: list[Q],
    person: Person,
    as_of: datetime.date,
    last: datetime.date,
    *,
    first: datetime.date | None = None,
    window: str = "",
) -> QuerySet[EntryDay]:
    """Sums of the entries that `closing` finds for the same arguments."""
    first = first or as_of
    windows = {window} if window else {CORRECTION, PROTEST}
    rows = EntryDay.objects.visible_to(person).filter(found_by_index(sides, first, last, windows))
    rows = with_windows(rows, as_of, undated=Q(undated=True), said=Q(said_liquidated=True))
    return that_close(rows, first, last, window).order_by()


def asked_about(
    accounts: Collection[Account],
    sides: list[Q],
    person: Person,
    as_of: datetime.date,
    last: datetime.date,
    *,
    first: datetime.date | None = None,
    window: str = "",
) -> list[Entry]:
    """Of the entries that `closing` finds those with money in question, and it beside; at most three statements.

    accounts: whose entries these are; sides: the same as conditions.
    """
    close = closing_days(sides, person, as_of, last, first=first, window=window)
    entered = set(close.values_list("entry_date", flat=True))
    if not entered:
        return []
    # Which of the many entries that anything is asked about close, before what is asked is summed.
    # By its day most of them are out at once: whether a window is open takes longer to reckon.
    perhaps = Entry.objects.visible_to(person).filter(
        pk__in=perhaps_asked_about(accounts, person, entered), entry_date__in=entered
    )
    of_side = with_windows(perhaps, as_of).filter(_any_of(sides)).select_related("account").order_by()
    few = list(that_close(of_side, first or as_of, last, window))
    questions = questions_of(accounts, person, [one.pk for one in few]) if few else {}
    asked = ((one, questions.get(one.pk)) for one in few)
    return [with_question(one, found) for one, found in asked if found and found.question]


def _any_of(sides: list[Q]) -> Q:
    found = Q(pk__in=())
    for side in sides:
        found |= side
    return found


def with_question(entry: Entry, question: Question | None = None) -> Entry:
    """The entry with what `with_money` annotates."""
    found = question or Question()
    entry.owed, entry.overpaid, entry.checked = found.owed, found.overpaid, found.checked  # type: ignore[attr-defined]
    entry.question = found.question  # type: ignore[attr-defined]
    return entry


class Ranked:
    """Entries that close by the money in question, up or down, then all others by their duty: a list to cut pages from.

    Only the others that a page shows are read. days: the sums of all that close, if these hold them.
    """

    def __init__(
        self, few: list[Entry], others: QuerySet[Entry], *, down: bool, days: QuerySet[EntryDay] | None = None
    ) -> None:
        sign = -1 if down else 1
        self.days = days
        self.few = sorted(few, key=lambda one: (sign * one.question, -one.duty, one.pk))  # type: ignore[attr-defined]
        self.others = others.exclude(pk__in=[one.pk for one in few]).order_by("-duty", "id")

    def __getitem__(self, cut: slice) -> list[Entry]:
        start, stop = cut.start or 0, cut.stop
        shown, past = self.few[start:stop], len(self.few)
        if stop > past:
            more = self._first(stop - past).select_related("account")[max(start - past, 0) : stop - past]
            shown = shown + [with_question(one) for one in more]
        return shown

    def _first(self, count: int) -> QuerySet[Entry]:
        """Others among which the first `count` are.

        So many lie on the few days with the greatest duties. Whatever has as much duty as the last of these is among
        them too, or on one of the other days on which anything has as much.
        """
        if self.days is None:
            return self.others
        most = self.days.order_by("-most_duty").values_list("entry_date", "entries", "most_duty")
        groups = list(most[: count + len(self.few)])  # each has an entry, and all but the few are others
        there = list(accumulate(entries for _, entries, _ in groups))
        enough = next((at for at, entries in enumerate(there, 1) if entries >= count + len(self.few)), len(groups))
        near = self.others.filter(entry_date__in={day for day, _, _ in groups[:enough]})
        least = near.values_list("duty", flat=True)[count - 1 : count].first()
        if least is None:
            return self.others
        as_great = {day for day, _, duty in groups if duty >= least}
        rows = self.others.filter(duty__gte=least)
        return rows.filter(entry_date__in=as_great) if groups[-1][2] < least else rows


def sums_of_few(few: list[Entry]) -> dict[str, Any]:
    """The sums of a list of nothing but entries with money in question."""
    return {
        "count": len(few),
        "corrections": sum(one.correction_by is not None for one in few),  # type: ignore[attr-defined]
        "first": min((one.closes for one in few), default=None),  # type: ignore[attr-defined]
        "sum_duty": sum(one.duty for one in few),
    } | _questions(few)


def sums_of_days(days: QuerySet[EntryDay], few: list[Entry]) -> dict[str, Any]:
    """The sums of all that close, and of what is in question on the few; one statement."""
    found = days.aggregate(
        count=Sum("entries"),
        corrections=Sum("entries", filter=Q(correction_by__isnull=False)),
        first=Min("closes"),
        sum_duty=Sum("duty"),
    )
    return found | {"count": found["count"] or 0, "corrections": found["corrections"] or 0} | _questions(few)


def _questions(few: list[Entry]) -> dict[str, Any]:
    asked = [one for one in few if one.question]  # type: ignore[attr-defined]
    sums: dict[str, Any] = {"with_question": len(asked)}
    for name in ("question", "owed", "overpaid", "checked"):
        sums[f"sum_{name}"] = sum(getattr(one, name) or 0 for one in asked) or None
    return sums
