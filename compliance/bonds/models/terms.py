from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet
from compliance.bonds.states import Terms

SHARE = {"max_digits": 4, "decimal_places": 2}
SHARES = [MinValueValidator(Decimal("0.10")), MaxValueValidator(Decimal("1.00"))]
DAYS = [MinValueValidator(1), MaxValueValidator(120)]


class BondTermsQuerySet(VisibleQuerySet):
    def on(self, day: datetime.date) -> Terms:
        """What holds on a day; what the project takes by default before any is set."""
        return terms_on(list(self.filter(since__lte=day).order_by("-since")[:1]), day)


def terms_on(known: Iterable[BondTerms], day: datetime.date) -> Terms:
    """What holds on a day, of rows of which the newest come first."""
    return next((one.values for one in known if one.since <= day), Terms())


@pghistory.track()
class BondTerms(models.Model):
    """What headquarters sets about bonds from a day on. Dated: what counted on a day counts for that day for ever."""

    since = models.DateField("from this day on", unique=True)
    watch_share = models.DecimalField(
        "nearly used up from this share on", default=Terms.watch_share, validators=SHARES, **SHARE
    )
    remedy_days = models.PositiveSmallIntegerField(
        "days to remedy",
        default=Terms.remedy_days,
        validators=DAYS,
        help_text="From the letter’s date; 19 CFR 113.13(c).",
    )
    in_force_days = models.PositiveSmallIntegerField(
        "days until the new bond is in force", default=Terms.in_force_days, validators=DAYS
    )
    termination_days = models.PositiveSmallIntegerField(
        "days until a bond ends", default=Terms.termination_days, validators=DAYS, help_text="From the request on; 19 CFR 113.27."
    )  # fmt: skip
    stay_share = models.DecimalField(
        "share of paths that an amount to ask for must hold", default=Terms.stay_share, validators=SHARES, **SHARE
    )

    objects: ClassVar[models.Manager[BondTerms]] = models.Manager.from_queryset(BondTermsQuerySet)()

    class Meta:
        ordering = ["-since"]
        verbose_name = verbose_name_plural = "bond settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_days__gte=models.F("remedy_days")), name="bond_terms_in_force_after_remedy"
            )
        ]

    def __str__(self) -> str:
        return f"from {self.since}"

    @property
    def values(self) -> Terms:
        return Terms(self.watch_share, self.remedy_days, self.in_force_days, self.termination_days, self.stay_share)

    @staticmethod
    def within(held: Reach) -> Q:
        return Q() if held.person else Q(pk__in=[])
