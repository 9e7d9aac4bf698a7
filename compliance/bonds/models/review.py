from __future__ import annotations

import datetime
from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from compliance.bonds.models.bond import Bond
from compliance.bonds.models.gravity import binding_day, expected, grave, manual
from compliance.bonds.states import BY_LETTER, IN_TROUBLE, WITH_DAYS, Clock, State
from compliance.bonds.sufficiency import headroom, utilisation
from examinations.models.entry import MONEY


class BondReviewQuerySet(VisibleQuerySet):
    def in_trouble(self) -> BondReviewQuerySet:
        """Those of which somebody must do something, by days left: first what is insufficient at once and has no days, then all
        whose days run, the fewest first; then the rest by how grave it is, what is expected by its month."""
        rows = self.filter(Q(state__in=IN_TROUBLE) | expected() | manual())
        at_once = models.Case(models.When(state=State.IMMEDIATE, then=0), default=1)
        by_days = models.F("last_day").asc(nulls_last=True)
        ahead = models.F("short_half").asc(nulls_last=True)
        return rows.annotate(last_day=binding_day(), grave=grave()).order_by(
            at_once, by_days, "grave", ahead, "-use", "pk"
        )


class BondReview(models.Model):
    """How a continuous bond of activity 1 stands, as the review found it; one row a bond, written where something changed.

    total, net, left_out, required, next_total, ask_for: dollars. use: a tenth of the total over the bond. left_out: of
    entries on single-transaction bonds. The year ahead is of `ahead_on`: share of paths that pass the bond within twelve
    months, the months by which one, five and nine of ten have; empty where too little is known to say.

    delinquent_since: since when bills of its principal are overdue, so that the amount is for manual determination and
    `required` no more than the least; empty where none are. short_since: the day on which it was first expected to become too
    small, as long as it is, and for a while after (looking_ahead.py); short_over: since when it is not any more.
    """

    bond = models.OneToOneField(Bond, on_delete=models.CASCADE, related_name="review", primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    total = models.DecimalField(**MONEY)
    refunded = models.DecimalField(default=0, **MONEY)
    left_out = models.DecimalField(default=0, **MONEY)
    unsure_entries = models.IntegerField("entries with fees estimated or unknown", default=0)
    required = models.DecimalField(**MONEY)
    use = models.DecimalField(max_digits=16, decimal_places=4)
    state = models.CharField(max_length=17, choices=State)
    since = models.DateField("in this state since")
    letter_on = models.DateField("date of CBP’s letter", null=True)
    remedy_by = models.DateField(null=True)
    in_force_by = models.DateField(null=True)
    delinquent_since = models.DateField("bills overdue since", null=True)
    ahead_on = models.DateField(null=True)
    passes = models.DecimalField("share of paths that pass the bond", max_digits=5, decimal_places=4, null=True)
    short_early = models.DateField("month by which a tenth of paths have", null=True)
    short_half = models.DateField("month by which half have", null=True)
    short_late = models.DateField("month by which nine of ten have", null=True)
    short_since = models.DateField("expected to become too small since", null=True)
    short_over = models.DateField("not expected any more since", null=True)
    next_total = models.DecimalField("what the next twelve months come to", null=True, **MONEY)
    ask_for = models.DecimalField("amount to ask for now", null=True, **MONEY)

    objects: ClassVar[models.Manager[BondReview]] = models.Manager.from_queryset(BondReviewQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["state"], condition=~Q(state="sufficient"), name="bond_review_in_trouble"),
            models.Index(fields=["short_half"], condition=Q(short_half__isnull=False), name="bond_review_short"),
            models.Index(
                fields=["delinquent_since"], condition=Q(delinquent_since__isnull=False), name="bond_review_manual"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bond_id}: {self.get_state_display()}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "bonds")

    @property
    def headroom(self) -> Decimal:
        """Dollars of duties, taxes and fees that the bond still holds; negative where it is past."""
        return headroom(self.total, self.bond.amount)

    @property
    def net(self) -> Decimal:
        """The total less what was refunded at liquidation."""
        return self.total - self.refunded

    @property
    def net_use(self) -> Decimal:
        """Use of the bond if refunds came off, which the formula does not do; four digits as `use`."""
        return round(utilisation(self.net, self.bond.amount), 4)

    @property
    def asked_amount(self) -> Decimal | None:
        """The amount to ask for; none where CBP determines it, since bills are overdue, or nothing is known of the year ahead."""
        return None if self.delinquent_since else self.ask_for

    @property
    def gap(self) -> Decimal:
        """Dollars that the bond lacks; negative where it is more than enough."""
        return self.required - self.bond.amount

    @property
    def short(self) -> bool:
        return self.gap > 0

    @property
    def clock(self) -> Clock | None:
        """The two days of an open letter."""
        return Clock(self.remedy_by, self.in_force_by) if self.remedy_by and self.in_force_by else None

    @property
    def by_letter(self) -> bool:
        """Whether a letter of CBP brought this state."""
        return self.state in BY_LETTER

    def days_left(self, day: datetime.date) -> int | None:
        """Calendar days until the day that binds now; below zero: past. None where no clock runs."""
        return self.clock.left(self.state, day) if self.clock and self.state in WITH_DAYS else None


class PathErrors(models.Model):
    """What the rule "it stays as it was" got wrong a year ago, over all accounts, by month of review; ratios without
    names, from which every page draws its band (compliance/bonds/paths.py)."""

    month = models.DateField("the month before which the twelve lie", unique=True)
    data = models.JSONField()
    reckoned = ArrayField(
        models.BigIntegerField(),
        default=list,
        verbose_name="changes of duty with which the year ahead of all was reckoned",
    )
    made_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[PathErrors]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["-month"]
        verbose_name_plural = "path errors"

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @staticmethod
    def within(held: Reach) -> Q:
        return Q() if held.person else Q(pk__in=[])
