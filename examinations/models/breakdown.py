from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from examinations.models.entry import MONEY, OfEntriesQuerySet, Source, entries_opened, entries_within
from examinations.models.examination import DiscrepancyType


class Dimension(models.TextChoices):
    """By what the rows of an account and a month are told apart; `all` does not tell them apart."""

    ALL = "all", "All"
    PORT = "port", "Port"
    ENTRY_TYPE = "entry_type", "Entry type"
    CHAPTER = "chapter", "Chapter"
    HEADING = "heading", "Heading"
    ORIGIN = "origin", "Country of origin"
    MANUFACTURER = "manufacturer", "Supplier"
    #: Of examinations alone; the reason is open to those who manage the account.
    TYPE = "type", "Type of examination"
    REASON = "reason", "Reason of selection"
    #: Examinations without a line of an entry: they have no chapter, heading, origin and supplier at all.
    UNPLACED = "unplaced", "Without a line"


#: What an examination has from the lines of its entry: a delegation of examinations alone does not open it.
OF_ENTRIES = (
    *(Dimension.ENTRY_TYPE, Dimension.CHAPTER, Dimension.HEADING),
    *(Dimension.ORIGIN, Dimension.MANUFACTURER),
)


def _key(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(
            fields=["account", "dimension", "month", "code", "filer", *(["source"] if name == "entry" else [])]
            + (["type"] if name == "discrepancy" else []),
            nulls_distinct=False,
            name=f"{name}_breakdown_once",
        )
    ]


def _of_filer(name: str) -> list[models.Index]:
    return [models.Index(fields=["filer", "dimension", "month"], name=f"{name}_breakdown_of_filer")]


class Breakdown(models.Model):
    """Sums of one account, filer and month for one value (`code`) of one dimension.

    Counted again for the accounts that a load touched, by a task behind it. A row that has several values of a
    dimension, such as an entry of two origins, counts once under each: counts of a dimension do not add up to all.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField("first day of the month")
    dimension = models.CharField(max_length=12, choices=Dimension)
    code = models.CharField(max_length=15, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m} {self.dimension} {self.code}"


class EntryBreakdown(Breakdown):
    """Entries by month of entry date. `entries`, `examined` and `lines` count the types of domain 2.7.

    A line's heading, origin and supplier are those of the row that stands for it, its duty the sum of its rows,
    those of chapter 99 among them. The port is where the entry was filed.
    """

    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    entries = models.IntegerField(default=0)
    examined = models.IntegerField("of these with a cargo examination", default=0)
    lines = models.IntegerField(default=0)
    value = models.DecimalField(default=0, **MONEY)
    duty = models.DecimalField(default=0, **MONEY)
    fees = models.DecimalField("fees and tax", default=0, **MONEY)

    objects: ClassVar[models.Manager["EntryBreakdown"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta(Breakdown.Meta):
        constraints = _key("entry")
        indexes = _of_filer("entry")

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)

    @staticmethod
    def opened(held: Reach, account: UUID) -> Q | None:
        return entries_opened(held, account)


def examinations_within(held: Reach) -> Q:
    """Sums of the account's examinations and of those that a broker of one's own filed; by what its entries say, of
    who may read those; by reason, the manager's."""
    filed = of_accounts(held, "filed", "filer")
    theirs = of_accounts(held, "examinations") | filed
    of_entries = ~Q(dimension__in=OF_ENTRIES) | of_accounts(held, "entries") | filed
    return theirs & of_entries & (~Q(dimension=Dimension.REASON) | of_accounts(held, "managed"))


def examinations_opened(held: Reach, account: UUID) -> Q | None:
    """What `examinations_within` leaves to ask of a row of this account; None where the reach does not open it, or
    opens some of it."""
    if account in held.managed:
        return Q()
    whole = account in held.examinations and account in held.entries
    return ~Q(dimension=Dimension.REASON) if whole else None


class ExaminationBreakdown(Breakdown):
    """Examinations by month of selection; a review of papers only once it is closed, or it would give a draw away.

    An examination of a whole entry has the headings, origins and suppliers of all its lines, one of a line that
    line's. The port is where the goods were examined. UNKNOWN reasons count as neither random nor other.
    """

    cargo = models.IntegerField("cargo examinations", default=0)
    held = models.IntegerField("of these, goods that wait now", default=0)
    days = ArrayField(models.IntegerField(), default=list, verbose_name="calendar days of each that was released")
    long_stays = models.IntegerField("released after more than five federal business days", default=0)
    closed = models.IntegerField("closed examinations and reviews", default=0)
    wrong = models.IntegerField("of these with a discrepancy", default=0)
    reviews = models.IntegerField("closed random reviews of lines", default=0)
    reviews_wrong = models.IntegerField("of these with a discrepancy", default=0)
    reviews_major = models.IntegerField("of these major", default=0)
    random_cargo = models.IntegerField("closed random cargo examinations", default=0)
    random_cargo_wrong = models.IntegerField("of these with a discrepancy", default=0)
    other = models.IntegerField("other closed examinations and reviews", default=0)
    other_wrong = models.IntegerField("of these with a discrepancy", default=0)
    owed = models.DecimalField("revenue difference, more owed", default=0, **MONEY)
    overpaid = models.DecimalField("revenue difference, overpaid", default=0, **MONEY)

    objects: ClassVar[models.Manager["ExaminationBreakdown"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta(Breakdown.Meta):
        constraints = _key("examination")
        indexes = _of_filer("examination")

    @staticmethod
    def within(held: Reach) -> Q:
        return examinations_within(held)

    @staticmethod
    def opened(held: Reach, account: UUID) -> Q | None:
        return examinations_opened(held, account)


class DiscrepancyBreakdown(Breakdown):
    """What closed examinations and reviews found, by type of discrepancy; an examination counts once for a type, one
    that found something wrong of no type under "".
    """

    type = models.CharField(max_length=12, choices=DiscrepancyType)
    found = models.IntegerField("examinations and reviews that found it", default=0)
    at_random = models.IntegerField("of these random reviews of lines", default=0)
    owed = models.DecimalField("revenue difference, more owed", default=0, **MONEY)
    overpaid = models.DecimalField("revenue difference, overpaid", default=0, **MONEY)
    owed_in_all = models.DecimalField("more owed, all that these examinations found", default=0, **MONEY)
    overpaid_in_all = models.DecimalField("overpaid, all that these examinations found", default=0, **MONEY)

    objects: ClassVar[models.Manager["DiscrepancyBreakdown"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta(Breakdown.Meta):
        constraints = _key("discrepancy")
        indexes = _of_filer("discrepancy")

    @staticmethod
    def within(held: Reach) -> Q:
        return examinations_within(held)

    @staticmethod
    def opened(held: Reach, account: UUID) -> Q | None:
        return examinations_opened(held, account)


class EntryDay(models.Model):
    """Entries of one account and filer that were entered and liquidate on the same days, the examined apart: by what their windows for
    correction and protest close (examinations/closing), how they were filed, and what a list of them sums. Counted as the
    sums above.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    entry_date = models.DateField()
    liquidation_date = models.DateField(null=True)
    undated = models.BooleanField("without a day of liquidation to count")
    said_liquidated = models.BooleanField("liquidated by their status")
    examined = models.BooleanField("with an examination or a closed review", default=False)
    entries = models.IntegerField(default=0)
    value = models.DecimalField(default=0, **MONEY)
    duty = models.DecimalField(default=0, **MONEY)
    with_summary = models.IntegerField("of these with the day of their summary", default=0)
    late = models.IntegerField("of these with a summary after ten working days", default=0)
    corrected = models.IntegerField("with a post-summary correction", default=0)
    lines = models.IntegerField(default=0)
    fees = models.DecimalField("fees and tax", default=0, **MONEY)
    estimated = models.IntegerField("with estimated fees", default=0)
    hmf_unknown = models.IntegerField("whose harbor fee is unknown", default=0)
    most_value = models.DecimalField("value of the one with the most", default=0, **MONEY)
    most_duty = models.DecimalField("duty of the one with the most", default=0, **MONEY)

    objects: ClassVar[models.Manager["EntryDay"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=[side, field], name=f"entry_day_{name}_of_{side}")
            for side in ("account", "filer")
            for field, name in (("entry_date", "entered"), ("liquidation_date", "ended"))
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.entry_date}"

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)


class LineCode(models.Model):
    """On which days tariff rows of one account and filer have a port, origin, HTS number, supplier, claim or AD/CVD
    case: the first and the last of entry. What occurs in no row is in none of these, and a filter by it need not look.
    Counted as the sums above.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    filer = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    column = models.CharField(max_length=15)
    code = models.CharField(max_length=15, blank=True)
    first = models.DateField()
    last = models.DateField()

    objects: ClassVar[models.Manager["LineCode"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=[side, "column", "code"], name=f"line_code_of_{side}") for side in ("account", "filer")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.column} {self.code}"

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)


class Uncounted(models.Model):
    """Rows of this account, or rows that it filed, came or went, and the sums above may not hold that yet.

    Written in the transaction that changes rows, taken away by the count behind it, so that a page knows whether it may
    read sums instead of rows. A row for each change: over one and the same row, loads and counts would wait for another.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    objects: ClassVar[models.Manager["Uncounted"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        verbose_name_plural = "uncounted"

    def __str__(self) -> str:
        return str(self.account_id)

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "known") | of_accounts(held, "entries") | of_accounts(held, "examinations")
