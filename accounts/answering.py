"""Who answers for an account: on one day, and day after day since its first assignment."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Account, Assignment, Cover, Person

#: Assignments of one account that are listed, newest first; who had more managers than that has other troubles.
MOST = 60


@dataclass(frozen=True)
class Answering:
    """The manager of a day, and, where that colleague is away, the cover by who answers."""

    manager: Person
    since: datetime.date
    cover: Cover | None

    @property
    def person(self) -> Person:
        """Who is to be called."""
        return self.cover.covered_by if self.cover else self.manager


def answering_for(account: Account, day: datetime.date) -> Answering | None:
    """Who answers on that day; None where nobody is assigned. Two statements."""
    assigned = Assignment.objects.on(day).filter(account=account).select_related("manager__center").first()
    if assigned is None:
        return None
    covers = Cover.objects.on(day).filter(absent=assigned.manager)
    return Answering(assigned.manager, assigned.starts, covers.select_related("covered_by__center").first())


@dataclass(frozen=True)
class Stretch:
    """Days on which the same person answered: from `starts` until before `ends` (None: until further notice)."""

    starts: datetime.date
    ends: datetime.date | None
    manager: Person
    covered_by: Person | None = None

    @property
    def last_day(self) -> datetime.date | None:
        return self.ends - datetime.timedelta(days=1) if self.ends else None

    def holds(self, day: datetime.date) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


def stretches(assignments: Iterable[Assignment], covers: Iterable[Cover]) -> list[Stretch]:
    """Assignments cut at the days on which a colleague covered for the manager, newest first.

    Both with their people; assignments of one account, and covers of any managers, of which none overlap.
    """
    found = []
    for one in assignments:
        at = one.starts
        own = (cover for cover in covers if cover.absent_id == one.manager_id)
        for cover in sorted(own, key=lambda cover: cover.starts):
            first, ends = max(cover.starts, at), min(cover.ends, one.ends or cover.ends)
            if first >= ends:
                continue
            if at < first:
                found.append(Stretch(at, first, one.manager))
            found.append(Stretch(first, ends, one.manager, cover.covered_by))
            at = ends
        if one.ends is None or at < one.ends:
            found.append(Stretch(at, one.ends, one.manager))
    return sorted(found, key=lambda stretch: stretch.starts, reverse=True)


def history_of(account: Account) -> list[Stretch]:
    """Who answered for an account, on every day since its first assignment, newest first. Two statements."""
    assignments = list(Assignment.objects.filter(account=account).select_related("manager").order_by("-starts")[:MOST])
    if not assignments:
        return []
    first = assignments[-1].starts
    covers = Cover.objects.filter(Q(ends__gt=first), absent__in={one.manager_id for one in assignments}).select_related(
        "covered_by"
    )
    return stretches(assignments, list(covers))
