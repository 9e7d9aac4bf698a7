import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q
from django.utils import timezone

from accounts.history import acting
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


class AssignmentQuerySet(DaysQuerySet):
    def give(self, managers: Mapping[UUID, Person], *, by: Person, starts: datetime.date) -> int:
        """Give accounts without a manager to managers from a day on, all of them or none; returns how many.

        managers: by the account's id. Raises ValidationError for a day past, who is no manager, who is not in the program,
        and where somebody else assigned one meanwhile.
        """
        if not managers:
            raise ValidationError("Choose a manager for one account at least.")
        if starts < timezone.localdate():
            raise ValidationError("This day is past: choose today or a later one.")
        for person in set(managers.values()):
            if person.role != Person.Role.MANAGER or not person.is_active:
                raise ValidationError(f"{person} is not an account manager.")
            if person.leaves_on and person.leaves_on <= starts:
                raise ValidationError(f"{person} has left by then: choose somebody else.")
        with transaction.atomic(), acting(by, "give"):
            accounts = list(Account.objects.select_for_update().filter(pk__in=managers).order_by("pk"))
            if len(accounts) != len(managers) or any(one.state != Account.State.ACTIVE for one in accounts):
                raise ValidationError(
                    "Some of these accounts are not in the program any more: look at the proposal again."
                )
            taken = self.filter(Q(ends=None) | Q(ends__gt=starts), account__in=managers).select_related(
                "account", "manager"
            )
            if names := [f"{one.account} has {one.manager}" for one in taken[:3]]:
                raise ValidationError(f"{'; '.join(names)}: assigned meanwhile. Look at the proposal again.")
            self.bulk_create(self.model(account=one, manager=managers[one.pk], starts=starts) for one in accounts)
        return len(accounts)


@pghistory.track()
class Assignment(models.Model):
    """A manager answers for an account from `starts` until before `ends` (empty: until further notice)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    manager = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="assignments", limit_choices_to={"role": Person.Role.MANAGER}
    )
    starts = models.DateField()
    ends = models.DateField("ends before", null=True, blank=True)

    objects: ClassVar[models.Manager["Assignment"]] = models.Manager.from_queryset(AssignmentQuerySet)()

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
