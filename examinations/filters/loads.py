"""Which files a history of loads shows: by the day on which they were brought in."""

import datetime
from collections.abc import Mapping
from typing import Self

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from examinations.filters.days import NO_DAY, american
from examinations.models import Load
from look.periods import InPeriod

DEFAULT_DAYS = 90
A_DAY = datetime.timedelta(days=1)


def _midnight(day: datetime.date) -> datetime.datetime:
    """When a day begins. The day of each moment would be told of every load there is; an index has the moments in order."""
    return datetime.datetime.combine(day, datetime.time.min, timezone.get_current_timezone())


class LoadFilter(InPeriod):
    """Files brought in from a first day to a last, in New York."""

    start = django_filters.DateFilter(method="from_day", label="From", error_messages=NO_DAY)
    end = django_filters.DateFilter(method="to_day", label="To", error_messages=NO_DAY)

    class Meta:
        model = Load
        fields: list[str] = []

    @classmethod
    def asked(cls, given: Mapping[str, str], rows: QuerySet[Load], as_of: datetime.date) -> Self:
        """As an address asks; the last ninety days where it names no day."""
        days = {name: american(given.get(name, "")) for name in ("start", "end")}
        if not any(days.values()):
            first = as_of - datetime.timedelta(days=DEFAULT_DAYS)
            days = {"start": american(first.isoformat()), "end": american(as_of.isoformat())}
        return cls(days, queryset=rows)

    def from_day(self, rows: QuerySet[Load], name: str, day: datetime.date) -> QuerySet[Load]:
        return rows.filter(created_at__gte=_midnight(day))

    def to_day(self, rows: QuerySet[Load], name: str, day: datetime.date) -> QuerySet[Load]:
        return rows if day == datetime.date.max else rows.filter(created_at__lt=_midnight(day + A_DAY))

    @property
    def found(self) -> QuerySet[Load]:
        """The files of the period; none where it cannot be used."""
        return self.qs if self.is_valid() else self.queryset.none()
