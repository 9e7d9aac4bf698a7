"""Promises kept and missed, by group: never by person, and of no group that is one or two people."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import Avg, Count, Q, UUIDField, Value

from accounts.models import Person
from inquiries.models import ExpertGroup, Inquiry, Settled

#: A smaller group would name its people.
LEAST_PEOPLE = 3
MANAGERS, SMALL = "Account managers alone", "Small groups, together"


@dataclass(frozen=True)
class Row:
    """Of one group. kept, missed: answered in time and late; late: not answered, and the promise is past; hours: working
    hours that an answer took, the mean; none where nothing is answered."""

    name: str
    kept: int
    missed: int
    late: int = 0
    hours: float | None = None

    @property
    def settled(self) -> int:
        return self.kept + self.missed

    @property
    def share(self) -> float | None:
        """Kept of those that are settled or late."""
        every = self.settled + self.late
        return self.kept / every if every else None


def together(rows: Iterable[Row], name: str) -> Row:
    """Several rows as one. Pure."""
    rows = list(rows)
    minutes = [(row.hours, row.settled) for row in rows if row.hours is not None]
    weight = sum(number for _, number in minutes)
    hours = sum(mean * number for mean, number in minutes) / weight if weight else None
    return Row(
        name, sum(row.kept for row in rows), sum(row.missed for row in rows), sum(row.late for row in rows), hours
    )


def without_people(rows: Sequence[tuple[Row, frozenset[UUID] | None]]) -> list[Row]:
    """Rows of groups, the small ones as one, the worst first. Each with who its experts are; None for none at all. Pure.

    Where the small ones together are still so few that their figure is a person's, the next larger joins them; where there
    is none, they are left out. One expert may be in several groups, and is one person.
    """
    found = [row for row, people in rows if people is None]
    of_people = sorted(((people, row) for row, people in rows if people is not None), key=lambda one: len(one[0]))
    small: list[Row] = []
    joined: frozenset[UUID] = frozenset()
    for people, row in of_people:
        if len(people) >= LEAST_PEOPLE and (not small or len(joined) >= LEAST_PEOPLE):
            found.append(row)
        else:
            small.append(row)
            joined |= people
    if len(joined) >= LEAST_PEOPLE:
        found.append(together(small, SMALL))
    return sorted(found, key=lambda row: (row.share is None, row.share or 0.0, row.name))


def figures(since: datetime.datetime, now: datetime.datetime) -> list[Row]:
    """What came of the promises that were settled since then, and what is late now. Three statements."""
    settled = Settled.objects.filter(at__gte=since, at__lte=now).values("group").order_by("group")
    counted = settled.annotate(
        kept_n=Count("pk", filter=Q(kept=True)), missed_n=Count("pk", filter=Q(kept=False)), took=Avg("used")
    )
    late = dict(
        Inquiry.objects.waiting().filter(due_at__lt=now).order_by("group").values("group").annotate(n=Count("pk"))  # type: ignore[attr-defined]
        .values_list("group", "n")
    )  # fmt: skip
    there = Q(members__expert__is_active=True, members__expert__role=Person.Role.EXPERT)
    groups = {
        pk: (name, frozenset(people))
        for pk, name, people in ExpertGroup.objects.annotate(
            people=ArrayAgg("members__expert", filter=there, default=Value([], output_field=ArrayField(UUIDField())))
        ).values_list("pk", "name", "people")
    }
    rows: dict[int | None, Row] = {
        one["group"]: Row("", one["kept_n"], one["missed_n"], 0, one["took"] / 60) for one in counted
    }
    for pk, number in late.items():
        rows[pk] = replace(rows.get(pk, Row("", 0, 0)), late=number)
    named = [
        (replace(row, name=MANAGERS if pk is None else groups[pk][0]), None if pk is None else groups[pk][1])
        for pk, row in rows.items()
    ]
    return without_people(named)
