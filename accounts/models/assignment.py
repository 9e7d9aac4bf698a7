import datetime
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from accounts.models.account import Account
from accounts.models.person import Person


class Days(Func):
    """The days from `starts` to before `ends`, as a range that the database can keep from overlapping."""

    function = "DATERANGE"
    output_field = DateRangeField()


WHOLE_DAYS = Days(F("starts"), F("ends"), RangeBoundary())


class DaysQuerySet(models.QuerySet[Any]):
    """Rows that count from `starts` until before `ends`, or until further notice where that is empty."""

    def on(self, day: datetime.date) -> Self:
        """Narrow to those that count on that day."""
        return self.filter(Q(ends=None) | Q(ends__gt=day), starts__lte=day)


@pghistory.track()
class Assignment(models.Model):
    """A manager answers for an account from `starts` until before `ends` (empty: until further notice)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    manager = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="assignments", limit_choices_to={"role": Person.Role.MANAGER}
    )
    starts = models.DateField()
    ends = models.DateField("ends before", null=True, blank=True)

    objects: ClassVar[models.Manager["Assignment"]] = models.Manager.from_queryset(DaysQuerySet)()

    class Meta:
        ordering = ["-starts"]
        constraints = [
            ExclusionConstraint(
                name="assignment_one_manager_at_a_time",
                expressions=[("account", RangeOperators.EQUAL), (WHOLE_DAYS, RangeOperators.OVERLAPS)],
                violation_error_message="Another manager is assigned to this account in those days.",
            ),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gt=F("starts")), name="assignment_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.manager} for {self.account}"
