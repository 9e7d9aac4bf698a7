from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, F, Q, When

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Identifier, Person
from examinations.models.load import Load

MONEY = {"max_digits": 18, "decimal_places": 2}

#: Types that count for an examination rate, and types whose duties no bond of activity 1 counts (domain 2.7).
COUNTED_TYPES = ("01", "02", "03", "06", "07", "11", "12", "21", "23", "31", "32", "34", "38", "52")
NO_DUTY_TYPES = ("08", "21", "22", "23", "26")


class Source(models.TextChoices):
    CBP = "cbp", "CBP"
    OWN = "own", "from you"


class OfEntriesQuerySet(VisibleQuerySet):
    """Rows of entries: headquarters sees all that CBP loaded, and nothing that an account uploaded itself."""

    def visible_to(self, person: Person | None) -> Self:
        held = reach_now(person)
        return self.filter(source=Source.CBP) if held.everything else super().visible_to(person)


def entries_within(held: Reach) -> Q:
    """Rows of the importer's own reach, and rows that a broker of one's own filed; of what an account uploaded
    itself (source "own") its own members alone."""
    of_cbp = of_accounts(held, "entries") | of_accounts(held, "filed", "filer")
    return Q(source=Source.CBP) & of_cbp | Q(source=Source.OWN) & of_accounts(held, "own")


def entries_opened(held: Reach, account: UUID) -> Q | None:
    """What `entries_within` leaves to ask of a row of this account; None where the reach does not open it."""
    if account not in held.entries:
        return None
    return Q() if account in held.own else Q(source=Source.CBP)


class Entry(models.Model):
    """One entry summary, in its newest version. It points to the importer number and carries the account."""

    number = models.CharField("entry number", max_length=11)
    # Four constraint triggers a row are most of what an insert costs: the load looks all four up, and locks them.
    identifier = models.ForeignKey(
        Identifier, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    filer = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.PROTECT,
        related_name="filed_entries",
        db_index=False,
        db_constraint=False,
    )
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    entry_type = models.CharField(max_length=2)
    port = models.CharField(max_length=4)
    entry_date = models.DateField()
    summary_date = models.DateField(null=True)
    mode = models.CharField(max_length=2, blank=True)
    importer_name = models.CharField(max_length=200, blank=True)
    filer_name = models.CharField(max_length=200, blank=True)
    review_team = models.CharField(max_length=10, blank=True)
    bond_number = models.CharField(max_length=20, blank=True)
    lines = models.PositiveIntegerField()
    value = models.DecimalField(**MONEY)
    duty = models.DecimalField(**MONEY)
    mpf = models.DecimalField(**MONEY)
    hmf = models.DecimalField("harbor fee, empty where unknown", null=True, **MONEY)
    tax = models.DecimalField(**MONEY)
    other_fees = models.DecimalField(**MONEY)
    fees_estimated = models.BooleanField(default=False)
    liquidation_date = models.DateField(null=True)
    liquidation_status = models.CharField(max_length=40, blank=True)
    liquidated_duty = models.DecimalField("total liquidated duty", null=True, **MONEY)
    reconciliation_due = models.DateField(null=True)
    extension_status = models.CharField("extension or suspension", max_length=40, blank=True)
    corrected = models.BooleanField("post-summary correction filed", default=False)
    version_at = models.DateTimeField("as reported at")
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    objects: ClassVar[models.Manager["Entry"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        verbose_name_plural = "entries"
        # None by importer number, which a load would write with every entry: what CBP loads stands under the account that
        # has the number, and whoever asks for those of a number names that account too.
        indexes = [
            models.Index(fields=["account", "entry_date", "id"], name="entry_of_account"),
            models.Index(fields=["filer", "entry_date", "id"], name="entry_of_filer"),
            models.Index(fields=["account"], condition=Q(source=Source.OWN), name="entry_from_account"),
            # Windows that close, by the days that only some entries have: a load of new ones writes none of these.
            *(
                models.Index(
                    fields=[side, field], condition=Q(**{f"{field}__isnull": False}), name=f"entry_{name}_of_{side}"
                )
                for side in ("account", "filer")
                for field, name in (("liquidation_date", "liquidated"), ("reconciliation_due", "reconciled"))
            ),
        ]
        constraints = [
            # Not unique=True: that would bring a second index, for LIKE, to write with every entry.
            # Once from CBP, and once from each account that uploads it itself.
            models.UniqueConstraint(
                F("number"),
                Case(When(source=Source.OWN, then=F("account"))),
                name="entry_number_once_a_source",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(number__regex=r"^[A-Z0-9]{3}\d{8}$"), name="entry_number_form"),
            models.CheckConstraint(condition=Q(port__regex=r"^\d{4}$"), name="entry_port_form"),
            models.CheckConstraint(condition=Q(value__gte=0, duty__gte=0), name="entry_amounts_not_negative"),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)

    @staticmethod
    def opened(held: Reach, account: UUID) -> Q | None:
        return entries_opened(held, account)


class EntryLine(models.Model):
    """One tariff row of a line, as ES-003 reports it; exactly one row of a line stands for the line.

    A chapter 99 row carries duty and no value and belongs to the row that stands for the line. Rows of a
    set's parts (SPI `V`) repeat value and stay out of sums (`counts_value` false; CSMS 11-000243).
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False)
    line = models.PositiveSmallIntegerField()
    ordinal = models.PositiveSmallIntegerField("tariff ordinal number")
    stands_for_line = models.BooleanField()
    counts_value = models.BooleanField(default=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    filer = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=3, choices=Source, default=Source.CBP)
    entry_date = models.DateField()
    port = models.CharField(max_length=4)
    mode = models.CharField(max_length=2, blank=True)
    origin = models.CharField(max_length=2)
    export_country = models.CharField(max_length=2, blank=True)
    manufacturer_id = models.CharField(max_length=15, blank=True)
    spi = models.CharField(max_length=4, blank=True)
    hts = models.CharField(max_length=10)
    value = models.DecimalField(**MONEY)
    duty = models.DecimalField(**MONEY)
    mpf = models.DecimalField(null=True, **MONEY)
    hmf = models.DecimalField(null=True, **MONEY)
    tax = models.DecimalField(default=0, **MONEY)
    other_fees = models.DecimalField(default=0, **MONEY)
    fees_estimated = models.BooleanField(default=False)
    quantity = models.DecimalField(null=True, max_digits=18, decimal_places=4)
    uom = models.CharField(max_length=3, blank=True)
    adcvd_case = models.CharField(max_length=12, blank=True)
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    objects: ClassVar[models.Manager["EntryLine"]] = models.Manager.from_queryset(OfEntriesQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "line", "ordinal"], name="entry_line_once"),
            models.CheckConstraint(condition=Q(hts__regex=r"^\d{8}(\d\d)?$"), name="entry_line_hts_form"),
            models.CheckConstraint(condition=Q(value__gte=0, duty__gte=0), name="entry_line_not_negative"),
        ]
        indexes = [
            models.Index(fields=["account", "entry_date", "id"], name="entry_line_of_account"),
            models.Index(fields=["filer", "entry_date", "id"], name="entry_line_of_filer"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} line {self.line:03} row {self.ordinal}"

    @staticmethod
    def within(held: Reach) -> Q:
        return entries_within(held)

    @staticmethod
    def opened(held: Reach, account: UUID) -> Q | None:
        return entries_opened(held, account)
