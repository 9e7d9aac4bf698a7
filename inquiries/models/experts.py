"""Subject matter experts: in which groups they are, when they are away, and which inquiries they were brought into."""

from __future__ import annotations

import datetime
from typing import ClassVar, Self
from uuid import UUID

import pghistory
from django.db import models
from django.db.models import F, Q, QuerySet

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person

EXPERTS = {"role": Person.Role.EXPERT}


@pghistory.track()
class ExpertGroup(models.Model):
    """Experts of one field, among whom inquiries go round."""

    name = models.CharField(max_length=80, unique=True)
    explained = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    experts = models.ManyToManyField(Person, through="GroupMember", related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class GroupMember(models.Model):
    """That an expert belongs to a group."""

    group = models.ForeignKey(ExpertGroup, on_delete=models.CASCADE, related_name="members")
    expert = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", limit_choices_to=EXPERTS)

    class Meta:
        ordering = ["group", "expert__name"]
        constraints = [models.UniqueConstraint(fields=["group", "expert"], name="group_member_once")]

    def __str__(self) -> str:
        return f"{self.expert}, {self.group}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences by day."""

    def on(self, day: datetime.date) -> Self:
        """Of who is away on this day."""
        return self.filter(starts__lte=day, ends__gt=day)


@pghistory.track()
class Absence(models.Model):
    """Days on which nothing new is routed to an expert, from `starts` until before `ends`."""

    expert = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", limit_choices_to=EXPERTS)
    starts = models.DateField()
    ends = models.DateField("ends before")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts"]
        constraints = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="expert_absence_has_a_day")]

    def __str__(self) -> str:
        return f"{self.expert}, {self.starts} to {self.ends}"


def involved_now(person: UUID | None) -> QuerySet[Involvement]:
    """Ids of the inquiries that this person sees as their expert; none for anybody who is none (any more)."""
    mine = Involvement.objects.filter(
        expert=person, until=None, expert__role=Person.Role.EXPERT, expert__is_active=True
    )
    return mine.values("inquiry")


class InvolvementQuerySet(VisibleQuerySet):
    def now(self) -> Self:
        """Those that last."""
        return self.filter(until=None)


@pghistory.track()
class Involvement(models.Model):
    """That an expert was brought into an inquiry; it opens the inquiry to them, and nothing else of the account."""

    inquiry = models.ForeignKey("inquiries.Inquiry", on_delete=models.CASCADE, related_name="involved")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    expert = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", limit_choices_to=EXPERTS)
    group = models.ForeignKey(ExpertGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=300)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Involvement]] = models.Manager.from_queryset(InvolvementQuerySet)()

    class Meta:
        ordering = ["since", "pk"]
        indexes = [models.Index(fields=["expert"], condition=Q(until=None), name="involvement_of_expert")]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "expert"], condition=Q(until=None), name="involvement_once")
        ]

    def __str__(self) -> str:
        return f"{self.expert}, {self.inquiry_id}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Of the accounts that one manages, and of inquiries that one was brought into oneself: never the account's."""
        return of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))
