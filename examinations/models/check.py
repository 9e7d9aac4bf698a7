import datetime
from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Person
from examinations.checks.catalogue import CHECKS, OF_EXAMINATIONS, OF_LINE_ALONE
from examinations.checks.check import Check
from examinations.models.entry import MONEY, Entry, OfEntriesQuerySet, Source, entries_within

LONGEST_REASON = 500


class CheckFindingQuerySet(OfEntriesQuerySet):
    def with_looks(self, account: Account) -> "CheckFindingQuerySet":
        """Say of each row, as `looked_at`, whether this account's people have looked at it."""
        looks = LookedAt.objects.filter(
            account=account, kind=OuterRef("kind"), entry_number=OuterRef("entry_number"), line=OuterRef("line")
        )
        return self.annotate(looked_at=Exists(looks))


class CheckFinding(models.Model):
    """A line in which a check found something to look at. Written by the task alone; it goes when it is cured."""

    kind = models.CharField("check", max_length=16)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    entry_number = models.CharField(max_length=11)
    line = models.PositiveSmallIntegerField()
    entry_date = models.DateField()
    hts = models.CharField(max_length=10)
    origin = models.CharField(max_length=2)
    manufacturer_id = models.CharField(max_length=15, blank=True)
    value = models.DecimalField(**MONEY)
    money = models.DecimalField("in question", null=True, **MONEY)
    facts = models.JSONField(default=dict)
    first_found = models.DateField()

    objects: ClassVar[models.Manager["CheckFinding"]] = models.Manager.from_queryset(CheckFindingQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "entry", "line"], name="check_finding_once")]
        indexes = [
            models.Index(fields=["account", "kind", "-money"], name="check_finding_of_account"),
            models.Index(fields=["filer", "kind", "-money"], name="check_finding_of_filer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_number} line {self.line}"

    @staticmethod
    def within(held: Reach) -> Q:
        """As entries; what compares lines is not for the broker of one of them."""
        return (
            entries_within(held)
            & (Q(kind__in=OF_LINE_ALONE) | of_accounts(held, "entries") | of_accounts(held, "own"))
            & (~Q(kind=OF_EXAMINATIONS) | of_accounts(held, "examinations"))
        )

    @property
    def question(self) -> Check:
        return CHECKS[self.kind]

    @property
    def because(self) -> str:
        return self.question.because(self.facts)


class LookedAt(models.Model):
    """An account's own mark on a line that a check found. It stays when the entry is corrected or loaded again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField("check", max_length=16)
    entry_number = models.CharField(max_length=11)
    line = models.PositiveSmallIntegerField()
    reason = models.TextField(validators=[MaxLengthValidator(LONGEST_REASON)])
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager["LookedAt"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        verbose_name = "line looked at"
        verbose_name_plural = "lines looked at"
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "entry_number", "line"], name="looked_at_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_number} line {self.line}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "own") | of_accounts(held, "managed")

    @classmethod
    def mark(cls, found: "list[CheckFinding]", account: Account, *, by: Person, reason: str) -> int:
        """Say for an account that its people looked at these lines, and what they found; anew where it was said.

        Returns how many lines were marked. Raises ValueError without a reason, or with one of more than
        `LONGEST_REASON` characters.
        """
        said = reason.strip()
        if not said or len(said) > LONGEST_REASON:
            raise ValueError(f"Say in 1 to {LONGEST_REASON} characters what you found.")
        marks = [
            cls(account=account, kind=one.kind, entry_number=one.entry_number, line=one.line, reason=said, by=by)
            for one in found
        ]
        key = ["account", "kind", "entry_number", "line"]
        cls.objects.bulk_create(marks, update_conflicts=True, unique_fields=key, update_fields=["reason", "by", "at"])
        return len(marks)


DIGITS = RegexValidator(r"^\d{2,10}$", "Digits of the tariff without dots, two to ten of them.")
COUNTRY = RegexValidator(r"^[A-Z]{2}$", "Two capital letters.")


class AdditionalDutyQuerySet(models.QuerySet["AdditionalDuty"]):
    def coming_from(self, about: models.Model) -> Self:
        """That which this one asks for."""
        return self.filter(about_type=ContentType.objects.get_for_model(about), about_id=str(about.pk))

    def ask(self, about: models.Model, **fields: Any) -> "AdditionalDuty":
        """Keep what a notice asks for; said again it is the same row. Raises ValidationError for what cannot be."""
        duty = self.coming_from(about).first() or self.model(about=about)
        for name, value in fields.items():
            setattr(duty, name, value)
        duty.full_clean()
        duty.save()
        return duty

    def end(self, about: models.Model, last: datetime.date | None = None) -> None:
        """What this one asked for is asked of entries through that day alone; of none without a day."""
        for duty in self.coming_from(about):
            if last is None or last < duty.first_entry_date:
                duty.delete()
            elif duty.last_entry_date is None or last < duty.last_entry_date:
                duty.last_entry_date = last
                duty.save(update_fields=["last_entry_date"])


class AdditionalDuty(models.Model):
    """A row of chapter 99 that a published notice asks for beside other rows, as data. Public.

    about: the notice of the portal that it comes from; headquarters keeps those of other notices by hand.
    """

    notice = models.CharField("number of the notice", max_length=40)
    title = models.CharField(max_length=180)
    chapter_99 = models.CharField(
        "chapter 99 number, or how it begins", max_length=10, validators=[RegexValidator(r"^99\d{2,8}$")]
    )
    hts_prefixes = ArrayField(
        models.CharField(max_length=10, validators=[DIGITS]), verbose_name="HTS numbers begin with", blank=True,
        default=list, help_text="None means all; then name origins.",
    )  # fmt: skip
    excluded_prefixes = ArrayField(models.CharField(max_length=10, validators=[DIGITS]), default=list, blank=True)
    origins = ArrayField(
        models.CharField(max_length=2, validators=[COUNTRY]), default=list, blank=True, help_text="None means all."
    )
    exempt_claims = ArrayField(
        models.CharField(max_length=4), default=list, blank=True, verbose_name="preference claims that are free of it"
    )
    points = models.DecimalField("percentage points", max_digits=7, decimal_places=3)
    first_entry_date = models.DateField()
    last_entry_date = models.DateField(null=True, blank=True)
    about_type = models.ForeignKey(ContentType, null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    about_id = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    about = GenericForeignKey("about_type", "about_id")

    objects: ClassVar[models.Manager["AdditionalDuty"]] = models.Manager.from_queryset(AdditionalDutyQuerySet)()

    class Meta:
        verbose_name_plural = "additional duties"
        ordering = ["-first_entry_date", "chapter_99"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_entry_date=None) | Q(last_entry_date__gte=models.F("first_entry_date")),
                name="additional_duty_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="additional_duty_adds"),
            models.UniqueConstraint(
                fields=["about_type", "about_id"], condition=~Q(about_id=""), name="additional_duty_once_a_notice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chapter_99}: {self.title}"

    def clean(self) -> None:
        """Goods, origins, or both: a row that all goods of all countries need is none that a check looks for."""
        if not self.hts_prefixes and not self.origins:
            raise ValidationError({"hts_prefixes": "Name goods, origins, or both."})
