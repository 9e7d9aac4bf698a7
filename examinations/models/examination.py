from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, discloses_reasons, of_accounts
from accounts.models import Account, Identifier
from examinations.models.entry import MONEY, Entry
from examinations.models.load import Load


class ExaminationType(models.TextChoices):
    DOC = "DOC", "Document review"
    NII = "NII", "X-ray"
    TAIL = "TAIL", "Tailgate"
    CET = "CET", "Contraband team"
    ATCET = "ATCET", "Anti-terrorism team"
    MET = "MET", "Manifest team"
    TCET = "TCET", "Trade team"
    INT = "INT", "Intensive"
    AQI = "AQI", "Agriculture"
    PGA = "PGA", "Other agency"
    ESR = "ESR", "Entry summary review"


class Disposition(models.TextChoices):
    """Results, gravest last: where rows of one examination differ, the gravest counts."""

    PENDING = "PENDING", "Pending"
    NO_DISCREPANCY = "NO_DISCREPANCY", "No discrepancy"
    LETTER_OF_LAW = "DISCREPANCY_LOL", "Letter of the law"
    MAJOR = "DISCREPANCY_MTD", "Major"
    REDELIVERY = "REDELIVERY", "Redelivery demanded"
    DETAINED = "DETAINED", "Detained"
    REFUSED = "REFUSED", "Refused"
    SEIZED = "SEIZED", "Seized"


#: A detention is a step, not an end: the goods still wait for a decision.
OPEN_DISPOSITIONS = (Disposition.PENDING, Disposition.DETAINED)


#: What others than the manager may know of: an open review of papers would give a draw away.
TOLD = ~Q(type=ExaminationType.ESR) | Q(closed__isnull=False)
CARGO = ~Q(type=ExaminationType.ESR)
#: Of these nobody but those who manage the account may know.
OPEN_REVIEW = Q(type=ExaminationType.ESR, closed=None)
#: As sums count it: closed, with anything but "no discrepancy".
WRONG = Q(closed__isnull=False) & ~Q(disposition__in=(Disposition.NO_DISCREPANCY, Disposition.PENDING))
#: Goods wait now; a review of papers never holds goods.
HELD = Q(released=None, disposition__in=OPEN_DISPOSITIONS) & ~Q(type=ExaminationType.ESR)
#: Goods went on while the result is open: for a time they may be demanded back.
RELEASED_OPEN = Q(released__isnull=False, disposition__in=OPEN_DISPOSITIONS) & ~Q(type=ExaminationType.ESR)
REFUSED = Q(disposition=Disposition.REFUSED)


class DiscrepancyType(models.TextChoices):
    VALUE = "VALUE", "Value"
    CLASS = "CLASS", "Classification"
    ORIGIN = "ORIGIN", "Origin"
    MARKING = "MARKING", "Marking"
    QTY = "QTY", "Quantity"
    IPR = "IPR", "Intellectual property"
    ADCVD = "ADCVD", "AD/CVD"
    PGA = "PGA", "Other agency's rule"
    TEXTILE = "TEXTILE", "Textile"
    QUOTA = "QUOTA", "Quota"
    SPI_CLAIM = "SPI_CLAIM", "Preference claim"
    DESC = "DESC", "Description"
    MISSING_DOC = "MISSING_DOC", "Missing document"
    FORCED_LABOR = "FORCED_LABOR", "Forced labor"
    MANIFEST = "MANIFEST", "Manifest"


class HoldType(models.TextChoices):
    MANIFEST = "MANIFEST", "Manifest hold"
    CET = "CET", "Contraband hold"
    COMMERCIAL = "COMMERCIAL", "Commercial enforcement hold"
    STATISTICAL = "STATISTICAL", "Statistical validation hold"
    AGRICULTURE = "AGRICULTURE", "Agriculture hold"
    PGA = "PGA", "Other agency's hold"


class Reason(models.TextChoices):
    RANDOM = "RANDOM", "Random"
    TARGETED = "TARGETED", "Targeted"
    AGENCY = "AGENCY", "Other agency"
    FOLLOWUP = "FOLLOWUP", "Follow-up"
    UNKNOWN = "UNKNOWN", "Unknown"


#: What a hit rate counts. UNKNOWN enters no rate.
OTHER_REASONS = (Reason.TARGETED, Reason.AGENCY, Reason.FOLLOWUP)


class Examination(models.Model):
    """One examination of an entry, a line of it, a bill or a container, from selection to result.

    An examination whose entry is not loaded waits for it under its importer's account (`entry` empty,
    `entry_number` kept) and links itself when the entry arrives. Why it was chosen stands in Selection, with what
    probability in Draw, what it cost in Cost: each is open to other people (design, section 2).
    """

    class Disclosed(models.TextChoices):
        """What members read of the reason, once closed; of an unknown one, nothing."""

        RANDOM = "random", "Random measurement"
        OTHER = "other", "Other"

    key = models.CharField(max_length=80, unique=True, editable=False)
    number = models.CharField("examination number", max_length=20, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="examinations", db_index=False, db_constraint=False
    )
    filer = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    identifier = models.ForeignKey(
        Identifier, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="examinations", db_constraint=False
    )
    entry_number = models.CharField(max_length=11, blank=True, db_index=True)
    line = models.PositiveSmallIntegerField(null=True, blank=True)
    bill = models.CharField("bill of lading", max_length=50, blank=True)
    container = models.CharField(max_length=20, blank=True)
    mode = models.CharField(max_length=2, blank=True)
    hold = models.CharField(max_length=12, choices=HoldType, blank=True)
    type = models.CharField(max_length=5, choices=ExaminationType)
    agency = models.CharField(max_length=12, blank=True)
    port = models.CharField(max_length=4)
    selected = models.DateField()
    notified = models.DateField(null=True, blank=True)
    presented = models.DateField(null=True, blank=True)
    examined = models.DateField(null=True, blank=True)
    released = models.DateField(null=True, blank=True)
    disposition = models.CharField(max_length=16, choices=Disposition, default=Disposition.PENDING)
    closed = models.DateField("result known on", null=True, blank=True)
    disclosed_reason = models.CharField(max_length=6, choices=Disclosed, blank=True)
    version_at = models.DateTimeField("as reported at")
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    objects: ClassVar[models.Manager["Examination"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-selected", "-id"], name="examination_of_account"),
            models.Index(fields=["filer", "-selected", "-id"], name="examination_of_filer"),
            models.Index(fields=["number"], name="examination_by_number"),
            models.Index(fields=["container"], name="examination_by_container"),
            models.Index(fields=["bill"], name="examination_by_bill"),
            # First pages and portfolios ask what is held now: a few rows of an account's many.
            models.Index(fields=["account", "selected"], name="examination_held_of_account", condition=HELD),
            models.Index(fields=["filer", "selected"], name="examination_held_of_filer", condition=HELD),
            # Lists and figures are about cargo: six of seven rows of a large importer are reviews of papers.
            models.Index(fields=["account", "-selected", "-id"], name="examination_cargo_of_account", condition=CARGO),
            models.Index(fields=["filer", "-selected", "-id"], name="examination_cargo_of_filer", condition=CARGO),
            models.Index(fields=["account"], name="examination_open_review", condition=OPEN_REVIEW),
            models.Index(fields=["account", "selected"], name="examination_wrong_of_account", condition=WRONG),
            # Days ahead are of few goods: those released while their result is open, and those refused.
            models.Index(fields=["account", "released"], name="examination_conditional", condition=RELEASED_OPEN),
            models.Index(fields=["filer", "released"], name="examination_conditional_filed", condition=RELEASED_OPEN),
            models.Index(fields=["account"], name="examination_refused", condition=REFUSED),
            models.Index(fields=["filer"], name="examination_refused_filed", condition=REFUSED),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(port__regex=r"^\d{4}$"), name="examination_port_form"),
            models.CheckConstraint(condition=Q(type__in=ExaminationType.values), name="examination_type_known"),
            models.CheckConstraint(
                condition=Q(disposition__in=Disposition.values), name="examination_disposition_known"
            ),
            models.CheckConstraint(
                condition=~Q(entry_number="") | ~Q(bill="") | ~Q(container=""), name="examination_of_something"
            ),
            models.CheckConstraint(
                condition=Q(closed=None) | ~Q(disposition="PENDING"), name="examination_closed_has_result"
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.key

    @staticmethod
    def within(held: Reach) -> Q:
        """Open for the account, or filed by one's own; a review of papers only when closed, or it gives a draw away."""
        return examinations_within(held)

    @staticmethod
    def opened(held: Reach, account: UUID) -> Q | None:
        """What `within` leaves to ask of a row of this account; None where the reach does not open it."""
        if account in held.managed:
            return Q()
        return TOLD if account in held.examinations else None

    @property
    def told_reason(self) -> str:
        """What members read of the reason: nothing while open, where it is unknown, and where the setting is off."""
        return str(self.get_disclosed_reason_display()) if discloses_reasons() else ""

    @property
    def holds_goods(self) -> bool:
        """Whether the goods wait now; a review of papers never holds goods."""
        return self.type != ExaminationType.ESR and self.released is None and self.disposition in OPEN_DISPOSITIONS


class Part(models.Model):
    """A row that belongs to an examination and carries the account beside it."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class Discrepancy(Part):
    """What an examination found to differ from what was declared. Amounts are entered value in dollars."""

    examination = models.ForeignKey(Examination, on_delete=models.CASCADE, related_name="discrepancies")
    ordinal = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=12, choices=DiscrepancyType)
    disposition = models.CharField(max_length=16, choices=Disposition)
    declared = models.DecimalField(null=True, blank=True, **MONEY)
    found = models.DecimalField(null=True, blank=True, **MONEY)
    revenue_difference = models.DecimalField("plus: more owed", null=True, blank=True, **MONEY)

    objects: ClassVar[models.Manager["Discrepancy"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        verbose_name_plural = "discrepancies"
        ordering = ["examination", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["examination", "ordinal"], name="discrepancy_once")]
        indexes = [
            # What is in question of an account's entries: a few rows of its examinations' many, that lie far apart.
            models.Index(
                fields=["account"],
                include=["examination", "revenue_difference"],
                name="discrepancy_money_by_account",
                condition=Q(revenue_difference__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.get_type_display()

    @staticmethod
    def within(held: Reach) -> Q:
        """Of closed examinations; the manager also of open ones."""
        theirs = of_accounts(held, "examinations", "examination__account") | of_accounts(
            held, "filed", "examination__filer"
        )
        return of_accounts(held, "managed") | (theirs & Q(examination__closed__isnull=False))


def examinations_within(held: Reach, path: str = "") -> Q:
    """What a reach opens of examinations. path: to the examination."""
    told = ~Q(**{f"{path}type": ExaminationType.ESR}) | Q(**{f"{path}closed__isnull": False})
    theirs = of_accounts(held, "examinations", f"{path}account") | of_accounts(held, "filed", f"{path}filer")
    return of_accounts(held, "managed", f"{path}account") | (theirs & told)


class Selection(Part):
    """Why an examination was chosen: law-enforcement information, for the manager and headquarters."""

    examination = models.OneToOneField(
        Examination, on_delete=models.CASCADE, primary_key=True, related_name="selection"
    )
    reason = models.CharField(max_length=8, choices=Reason, default=Reason.UNKNOWN)

    objects: ClassVar[models.Manager["Selection"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["account", "reason"], name="selection_of_account")]

    def __str__(self) -> str:
        return self.get_reason_display()

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "managed")


class Draw(Part):
    """With what probability a random examination was drawn: for headquarters alone."""

    examination = models.OneToOneField(Examination, on_delete=models.CASCADE, primary_key=True, related_name="draw")
    probability = models.DecimalField(max_digits=10, decimal_places=9)

    objects: ClassVar[models.Manager["Draw"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(probability__gt=0, probability__lte=1), name="draw_is_a_probability")
        ]

    def __str__(self) -> str:
        return str(self.probability)

    @staticmethod
    def within(held: Reach) -> Q:
        return Q(pk__in=())
