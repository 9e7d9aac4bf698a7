from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

import numpy as np
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from compliance.risk.inputs import NAMES, Inputs

POINTS = {"max_digits": 6, "decimal_places": 2, "default": Decimal(0)}
DOLLARS = {"max_digits": 18, "decimal_places": 2, "default": Decimal(0)}


class Assessment(models.Model):
    """An account's score since a day, with its parts and the inputs from which the words are made.

    Scores are computed each night and written where anything of them moved, `digest` tells, and on the first night of a
    month: one stands until the next, the newest has `stands`.

    The score is the sum of the stored parts, exactly; the database refuses anything else. `parts` in words, with their
    reasons: compliance/risk/words.py. For the account's manager and headquarters; the account itself never sees it.
    """

    class Band(models.TextChoices):
        LOW = "low", "Low"
        MODERATE = "moderate", "Moderate"
        HIGH = "high", "High"

    # Written for every account each night: a key that the database asks for one by one would cost as much as the rest.
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="assessments", db_index=False, db_constraint=False
    )
    as_of = models.DateField()
    model_version = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=8, choices=Band)
    duty_at_stake = models.DecimalField(**POINTS)
    likelihood = models.DecimalField(**POINTS)
    severity = models.DecimalField(**POINTS)
    majors = models.DecimalField("grave errors", **POINTS)
    exposure = models.DecimalField("priority trade issues", **POINTS)
    change = models.DecimalField(**POINTS)
    growth = models.DecimalField(**POINTS)
    controls = models.DecimalField(**POINTS)
    bond_use = models.DecimalField(**POINTS)
    data_quality = models.DecimalField(**POINTS)
    programs = models.DecimalField(**POINTS)
    limit_of_scale = models.DecimalField(**POINTS)
    expected_loss = models.DecimalField("expected loss of revenue a year", **DOLLARS)
    value12 = models.DecimalField("value, 12 months", **DOLLARS)
    duty12 = models.DecimalField("duty, 12 months", **DOLLARS)
    entries12 = models.IntegerField("entries, 12 months")
    lines12 = models.IntegerField("lines, 12 months")
    rate = models.FloatField("own error rate", default=0)
    rate_low = models.FloatField(default=0)
    rate_high = models.FloatField(default=0)
    reviews = models.IntegerField("closed random reviews")
    reviews_wrong = models.IntegerField("of these with a discrepancy")
    reviews_major = models.IntegerField("of these major", default=0)
    finds = models.IntegerField("discrepancies found in all")
    owed = models.DecimalField("revenue found owed", **DOLLARS)
    value_last_half = models.DecimalField(**DOLLARS)
    value_half_before = models.DecimalField(**DOLLARS)
    agriculture12 = models.DecimalField("value of chapters 1 to 24", **DOLLARS)
    textiles12 = models.DecimalField("value of chapters 50 to 63", **DOLLARS)
    adcvd12 = models.DecimalField("value on AD/CVD entries", **DOLLARS)
    agreements12 = models.DecimalField("value under a preference claim", **DOLLARS)
    new_supplier_value = models.DecimalField(**DOLLARS)
    new_origin_value = models.DecimalField(**DOLLARS)
    new_heading_value = models.DecimalField(**DOLLARS)
    new_suppliers = models.IntegerField(default=0)
    new_origins = models.IntegerField(default=0)
    new_headings = models.IntegerField(default=0)
    controls_weak = models.FloatField(default=0)
    plan_overdue = models.IntegerField(default=0)
    unsure_entries = models.IntegerField("entries with estimated or unknown fees")
    bond_amount = models.DecimalField(**DOLLARS)
    duties_taxes_fees12 = models.DecimalField(**DOLLARS)
    ctpat_tier = models.PositiveSmallIntegerField(default=0)
    isa = models.PositiveSmallIntegerField("takes part in ISA", default=0)
    computed_at = models.DateTimeField(auto_now_add=True)
    digest = models.BigIntegerField(default=0)
    stands = models.BooleanField("no later score of this account", default=False)

    objects: ClassVar[models.Manager["Assessment"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "as_of"], name="assessment_once_a_day"),
            # With what ranks are counted by, and what the next night is told from: both read the index alone.
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(stands=True),
                include=["score", "expected_loss", "as_of", "digest"],
                name="assessment_that_stands",
            ),
            models.CheckConstraint(
                condition=Q(
                    score=F("duty_at_stake")
                    + F("likelihood")
                    + F("severity")
                    + F("majors")
                    + F("exposure")
                    + F("change")
                    + F("growth")
                    + F("controls")
                    + F("bond_use")
                    + F("data_quality")
                    + F("programs")
                    + F("limit_of_scale")
                ),
                name="score_is_the_sum_of_its_parts",
            ),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="score_on_its_scale"),
        ]
        #: Scores of one night lie together: a small index finds them.
        indexes = [
            BrinIndex(fields=["as_of"], autosummarize=True, pages_per_range=32, name="assessments_of_a_night"),
            # An account's page counts those before its own.
            models.Index(
                fields=["score", "expected_loss"],
                condition=Q(stands=True),
                include=["account", "id"],
                name="assessment_by_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} on {self.as_of}"

    def inputs(self) -> Inputs:
        """What the factors read, as it was that day: arrays of one."""
        return inputs_of([self])

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")


def inputs_of(rows: "Sequence[Assessment]") -> Inputs:
    """The stored inputs of these scores, from which they are computed again."""
    table = np.array([[float(getattr(row, name)) for name in NAMES] for row in rows], dtype=np.float64)
    return Inputs(*table.reshape(len(rows), len(NAMES)).T)
