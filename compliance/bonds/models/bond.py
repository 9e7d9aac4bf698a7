import datetime
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Case, F, Q, When

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account, Identifier
from compliance.bonds.models.gravity import ELSE, binding_day, grave
from examinations.models import Load

CONTINUOUS = "8"
SINGLE_TRANSACTION = "9"
IMPORTER_OR_BROKER = "1"
#: What the activity codes of 19 CFR part 113 are for.
ACTIVITIES = {
    "1": "importer or broker",
    "1a": "drawback",
    "2": "custodian of bonded goods",
    "3": "international carrier",
    "3a": "instruments of international traffic",
    "4": "foreign trade zone operator",
    "16": "importer security filing",
}


class BondQuerySet(VisibleQuerySet):
    def in_force(self, day: datetime.date) -> Self:
        """Continuous bonds for importing (activity 1) that are in force on that day, the newest first."""
        rows = self.filter(Q(terminates=None) | Q(terminates__gt=day), effective__lte=day)
        return rows.filter(bond_type=CONTINUOUS, activity_code=IMPORTER_OR_BROKER).order_by("-effective")

    def worst_first(self) -> Self:
        """The one to speak of first, as the review found them: the gravest state, then the fewest days, then the most used; of
        those that are enough the newest."""
        rows = self.annotate(grave=grave("review__"), last_day=binding_day("review__"))
        used = Case(When(grave__lt=ELSE, then=F("review__use")))
        fewest = F("last_day").asc(nulls_last=True)
        return rows.order_by("grave", fewest, used.desc(nulls_last=True), "-effective", "pk")

    def covering(self, account: Account) -> Self:
        """Bonds that answer for a number of the account. `of_another`: those whose principal is another account, and this
        one a co-principal or user (19 CFR 113.24); they come last."""
        # A union of what two indexes find: asked either way of each bond, all bonds would be read.
        own = Bond.objects.filter(account=account).order_by().values("pk")
        covered = CoveredNumber.objects.filter(account=account).values("bond")
        rows = self.filter(pk__in=own.union(covered))
        other = Case(When(account=account, then=False), default=True, output_field=models.BooleanField())
        return rows.annotate(of_another=other).order_by("of_another", "activity_code", "-effective")


class Bond(models.Model):
    """A customs bond with every number it covers. The bond, not the importer number, is what suffices or not."""

    class Rider(models.TextChoices):
        RECON = "RECON", "Reconciliation"
        USVI = "USVI", "U.S. Virgin Islands"
        DEFERRED_TAX = "DEFERRED_TAX", "Deferred tax"
        NAME = "NAME", "Name"
        ADDRESS = "ADDRESS", "Address"
        USER = "USER", "User"

    number = models.CharField("bond number", max_length=20, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="bonds", verbose_name="account of the principal"
    )
    bond_type = models.CharField(max_length=1, default=CONTINUOUS)
    activity_code = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    surety_code = models.CharField(max_length=3, blank=True)
    executed = models.DateField(null=True, blank=True)
    effective = models.DateField()
    terminates = models.DateField(null=True, blank=True, help_text="May lie ahead.")
    riders = ArrayField(models.CharField(max_length=12, choices=Rider), default=list, blank=True)
    version_at = models.DateTimeField("as reported at")
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["Bond"]] = models.Manager.from_queryset(BondQuerySet)()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bond_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(terminates=None) | Q(terminates__gte=F("effective")), name="bond_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_judged(self) -> bool:
        """Whether the published formula says what it should be: continuous bonds of activity 1 alone."""
        return self.bond_type == CONTINUOUS and self.activity_code == IMPORTER_OR_BROKER

    def in_force_on(self, day: datetime.date) -> bool:
        """Whether entries of that day may use it."""
        return self.effective <= day and (self.terminates is None or self.terminates > day)

    @property
    def activity(self) -> str:
        """What the activity code is for, in words."""
        return ACTIVITIES.get(self.activity_code, "other activity")

    @property
    def rider_names(self) -> list[str]:
        return [str(Bond.Rider(one).label) for one in self.riders if one in Bond.Rider.values]

    @property
    def kind(self) -> str:
        """Continuous or for one transaction, in a word."""
        return "one transaction" if self.bond_type == SINGLE_TRANSACTION else "continuous"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "bonds") | Q(
            pk__in=CoveredNumber.objects.filter(of_accounts(held, "bonds")).values("bond")
        )


class CoveredNumber(models.Model):
    """An importer number that a bond covers, and in which role (19 CFR 113.24, 113.34)."""

    class Role(models.TextChoices):
        PRINCIPAL = "PRINCIPAL", "Principal"
        CO_PRINCIPAL = "CO_PRINCIPAL", "Co-principal"
        USER = "USER", "User"

    bond = models.ForeignKey(Bond, on_delete=models.CASCADE, related_name="covered")
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    principal_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=12, choices=Role)

    objects: ClassVar[models.Manager["CoveredNumber"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bond", "identifier"], name="covered_number_once"),
            # Judged when all is written: one number may give way to another in any order.
            ExclusionConstraint(
                name="covered_number_one_principal",
                expressions=[("bond", RangeOperators.EQUAL)],
                condition=Q(role="PRINCIPAL"),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} on {self.bond}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "bonds") | of_accounts(held, "bonds", "principal_account")
