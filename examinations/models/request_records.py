"""What a request asks about, and what people wrote down about it, beside what files say."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from examinations.models.examination import DiscrepancyType


class Outcome(models.TextChoices):
    OPEN = "OPEN", "Open"
    NO_CHANGE = "NO_CHANGE", "No change"
    CHANGE = "CHANGE", "Entry changed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn by CBP"


def requests_within(held: Reach, path: str = "") -> Q:
    """As examinations: the account's own reach, and what a broker of one's own filed. path: to the request."""
    return of_accounts(held, "examinations", f"{path}account") | of_accounts(held, "filed", f"{path}filer")


class RequestLine(models.Model):
    """What a request asks about: a line of its entry, or with no line the whole of it."""

    request = models.ForeignKey("examinations.CustomsRequest", on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveSmallIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=12, choices=DiscrepancyType, blank=True)

    objects: ClassVar[models.Manager["RequestLine"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["request", F("line").asc(nulls_first=True), "subject"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "line", "subject"], name="request_line_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"line {self.line}" if self.line else "whole entry"

    @staticmethod
    def within(held: Reach) -> Q:
        return requests_within(held, "request__")


class RequestRecord(models.Model):
    """What a person wrote down about a request, beside what files say. Only ever added to; the newest of a kind counts.

    account: the member's on whose behalf it was said; empty where staff wrote down what CBP says.
    """

    class Kind(models.TextChoices):
        RECORDED = "recorded", "Recorded by hand"
        ANSWERED = "answered", "CBP has the answer"
        DECIDED = "decided", "CBP decided"
        EXTENDED = "extended", "CBP extended the period"
        SAID = "said", "Answered, says the account"

    request = models.ForeignKey("examinations.CustomsRequest", on_delete=models.CASCADE, related_name="records")
    kind = models.CharField(max_length=8, choices=Kind)
    day = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["RequestRecord"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["request", "id"]
        indexes = [models.Index(fields=["request", "kind", "-id"], name="request_record_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind="said") | Q(account=None), name="request_record_of_account_is_said")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @staticmethod
    def within(held: Reach) -> Q:
        return requests_within(held, "request__")
