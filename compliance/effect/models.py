"""What is kept of studies, and of how much is under management: for headquarters alone."""

import datetime
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.history import acting
from accounts.models import Person
from compliance.effect import coverage, reading
from compliance.effect.arms import Count, Estimate
from compliance.effect.signals import studies_asked
from compliance.effect.studying import ADJUSTED, ENOUGH_FOUND, Said, Study
from compliance.measurement.models.of_headquarters import OfHeadquarters
from compliance.selection.models import Round
from examinations.models.entry import MONEY
from examinations.work import AskedWork, Tell


class EffectStudy(OfHeadquarters):
    """What came of a closed round, by every method: computed anew each night, while another round closes its time."""

    round = models.OneToOneField(Round, on_delete=models.CASCADE, related_name="study")
    since = models.DateField("day on which the round was closed")
    until = models.DateField("last day of selection of a review that counts")
    candidates = models.PositiveIntegerField("compared")
    against = models.PositiveIntegerField("decided otherwise than proposed")
    headline = models.CharField("method whose figure stands first", max_length=8)
    doubted = models.BooleanField("a year before the round shows a difference")
    enough_on = models.DateField("discrepancies enough at the pace so far", null=True)
    #: By method: counts of both arms, the estimate with its error, or why there is none.
    said = models.JSONField()
    times = models.PositiveIntegerField("how often it was computed", default=0)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-since"]
        verbose_name_plural = "effect studies"

    def __str__(self) -> str:
        return f"Effect of the {self.round}"

    @classmethod
    def compute(cls, chosen: Round, today: datetime.date) -> "EffectStudy":
        """Study a closed round as of a day and keep the result in place of the last one."""
        found = reading.studied(chosen, today)
        kept, _ = cls.objects.update_or_create(
            round=chosen,
            defaults={
                "since": found.window.since,
                "until": found.window.until,
                "candidates": found.candidates,
                "against": found.against,
                "headline": found.study.headline,
                "doubted": found.study.doubted,
                "enough_on": found.enough_on,
                "said": {name: asdict(said) for name, said in found.study.said.items()},
            },
        )
        cls.objects.filter(pk=kept.pk).update(times=F("times") + 1)
        kept.refresh_from_db(fields=["times"])
        return kept

    @property
    def study(self) -> Study:
        """The study as it was computed."""
        return Study({name: _said(kept) for name, kept in self.said.items()})

    @property
    def first(self) -> Said:
        """What stands first."""
        return self.study.said[self.headline or ADJUSTED]

    @property
    def needed(self) -> int:
        """Discrepancies that either arm needs."""
        return ENOUGH_FOUND


def _said(kept: dict[str, Any]) -> Said:
    estimate = kept["estimate"]
    if estimate is not None:
        ratio = estimate["odds_ratio"]
        estimate = Estimate(**estimate | {"odds_ratio": tuple(ratio) if ratio else None})
    arms = {name: Count(**kept[name]) for name in ("entered", "others")}
    return Said(**kept | arms | {"estimate": estimate})


class StudyRun(AskedWork, OfHeadquarters):
    """Headquarters asked that every closed round be studied now, and did not wait for the night. One at a time."""

    LOCK = 7_100_016
    ASKED = studies_asked
    BUSY = "The studies are being computed already: come back in a minute."
    FAILED = (
        "The studies ended with a fault of the portal. Compute them again; if it stays so, tell who runs the portal."
    )
    GAVE_UP = "The process that computed the studies ended three times before it was done. Compute them again."

    class Meta(AskedWork.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["finished_at"],
                nulls_distinct=False,
                condition=Q(finished_at=None),
                name="one_study_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"Studies asked for by {self.by}"

    @classmethod
    def ask(cls, *, by: Person) -> "StudyRun":
        """Ask for it; a worker computes. Raises ValidationError while one is being computed, and where no round is closed."""
        if not Round.objects.filter(state=Round.State.CLOSED).exists():
            raise ValidationError("No round is closed, so there is nothing to study yet.")
        with transaction.atomic(), acting(by, "ask for studies"):
            return cls.ask_for(by=by)

    def act(self, tell: Tell) -> None:
        study_as_of(timezone.localdate())


class Standing(OfHeadquarters):
    """How much of what is imported was under management on a day: a row a day, counted at night."""

    as_of = models.DateField(unique=True)
    value = models.DecimalField("value imported, 12 months", **MONEY)
    managed_value = models.DecimalField("of it under management", **MONEY)
    duty = models.DecimalField("duty, 12 months", **MONEY)
    managed_duty = models.DecimalField("of it under management", **MONEY)
    lines = models.BigIntegerField("lines, 12 months")
    managed_lines = models.BigIntegerField("of them under management")
    importers = models.PositiveIntegerField("importers with a line")
    managed_importers = models.PositiveIntegerField("of them with a manager")
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-as_of"]

    def __str__(self) -> str:
        return f"Under management on {self.as_of}"

    @property
    def value_share(self) -> float | None:
        return _share(self.managed_value, self.value)

    @property
    def duty_share(self) -> float | None:
        return _share(self.managed_duty, self.duty)

    @property
    def lines_share(self) -> float | None:
        return _share(self.managed_lines, self.lines)

    @property
    def importers_share(self) -> float | None:
        return _share(self.managed_importers, self.importers)

    @classmethod
    def count(cls, as_of: datetime.date) -> "Standing":
        """Count as of a day, again where it was counted already."""
        counted = asdict(coverage.coverage(as_of))
        kept, _ = cls.objects.update_or_create(as_of=as_of, defaults=counted)
        return kept


def study_as_of(day: datetime.date) -> int:
    """Study every closed round and count what is under management, as of a day. Returns how many rounds."""
    Standing.count(day)
    return len([EffectStudy.compute(one, day) for one in Round.objects.filter(state=Round.State.CLOSED)])


def _share(part: Decimal | int, whole: Decimal | int) -> float | None:
    return float(part) / float(whole) if whole else None
