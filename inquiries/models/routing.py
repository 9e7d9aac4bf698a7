"""Where inquiries go: rules that headquarters edits, and what was decided by which rule."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from inquiries.models.experts import ExpertGroup, involved_now
from inquiries.models.inquiry import Inquiry
from inquiries.routing.matching import Condition, check_headings


@pghistory.track()
class Rule(models.Model):
    """One rule: the first whose every condition holds decides. A condition that is left empty asks nothing."""

    place = models.PositiveSmallIntegerField("order", default=100)
    name = models.CharField(max_length=80, unique=True)
    active = models.BooleanField(default=True)
    group = models.ForeignKey(ExpertGroup, on_delete=models.PROTECT, related_name="+")
    categories = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    centers = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    headings = ArrayField(
        models.CharField(max_length=9), default=list, blank=True,
        help_text="Beginnings of HTS numbers, or ranges of headings: 85, 8501-8504.",
    )  # fmt: skip
    ports = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    programs = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    least_amount = models.DecimalField(
        "from this amount on", max_digits=18, decimal_places=2, null=True, blank=True, help_text="Dollars in question."
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(least_amount=None) | Q(least_amount__gte=0), name="rule_amount_not_below_zero"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a heading that is none."""
        wrong = check_headings(self.headings or [])
        if wrong:
            raise ValidationError({"headings": wrong})

    @property
    def condition(self) -> Condition:
        """What it asks, as a value."""
        return Condition(
            categories=frozenset(self.categories), centers=frozenset(self.centers), headings=tuple(self.headings),
            ports=frozenset(self.ports), programs=frozenset(self.programs), least_amount=self.least_amount,
        )  # fmt: skip


class Routing(models.Model):
    """One decision where an inquiry goes, with the rule and the reason; CBP's side alone reads it.

    `settled_at` empty: a group was chosen by hand, and a worker still has to say which of its experts.
    """

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="routings")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    group = models.ForeignKey(ExpertGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Routing]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], condition=Q(settled_at=None), name="routing_unsettled")]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.reason}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed") | Q(inquiry__in=involved_now(held.person))
