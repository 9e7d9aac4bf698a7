import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person
from examinations.models.entry import MONEY
from examinations.models.examination import Examination, ExaminationType, Part, examinations_within

MOST_AMOUNT = Decimal(10_000_000)
MOST_ROWS = 50
#: What a correction writes; the rest of a row never changes.
WRITTEN = ("kind", "dated", "amount", "note", "recorded_by", "recorded_at")


class CostQuerySet(VisibleQuerySet):
    def that_count(self) -> Self:
        """What the account recorded itself where it recorded anything, else what the file says.

        The one answer to what an examination cost; every figure, list and file sums these rows.
        """
        own = self.model.objects.filter(examination=OuterRef("examination"), by=Cost.By.ACCOUNT)
        return self.filter(Q(by=Cost.By.ACCOUNT) | ~Exists(own))

    def that_count_of(self, account: Account) -> Self:
        """The same of one account: what it recorded itself is looked up once, not for each of its examinations."""
        rows = self.filter(account=account)
        own = self.model.objects.filter(account=account, by=Cost.By.ACCOUNT)
        return rows.filter(Q(by=Cost.By.ACCOUNT) | ~Q(examination__in=own.values("examination")))

    def by_examination(self, ids: Any) -> dict[int, Decimal]:
        """Dollars of each of these examinations that has a cost; one statement."""
        counted = self.that_count().filter(examination__in=ids).order_by()
        return dict(counted.values_list("examination").annotate(Sum("amount")))

    def record(
        self,
        examination: Examination,
        *,
        kind: str,
        dated: datetime.date,
        amount: Decimal,
        note: str = "",
        by: Person,
    ) -> "Cost":
        """Record what an examination cost the account. From then on its own rows replace the file's value.

        amount: dollars. Raises PermissionDenied for who does not belong to the importer's account, ValidationError on
        a review of papers, which costs no handling, on a day ahead, and on more rows than anybody needs.
        """
        _refuse_strangers(examination, by)
        if examination.type == ExaminationType.ESR:
            raise ValidationError("A review of papers moves no goods; no cost is recorded for it.")
        if self.filter(examination=examination, by=Cost.By.ACCOUNT).count() >= MOST_ROWS:
            raise ValidationError(f"More than {MOST_ROWS} rows for one examination: sum some of them.")
        row = self.model(examination=examination, account_id=examination.account_id, by=Cost.By.ACCOUNT)
        row._write(kind, dated, amount, note, by)
        return row


class Cost(Part):
    """What an examination cost the importer. What a file says is a first value; the account's own replaces it."""

    class By(models.TextChoices):
        FILE = "file", "from the file"
        ACCOUNT = "account", "recorded by the account"

    class Kind(models.TextChoices):
        EXAMINATION = "examination", "Examination fee"
        DRAYAGE = "drayage", "Drayage"
        STORAGE = "storage", "Storage"
        DEMURRAGE = "demurrage", "Demurrage"
        OTHER = "other", "Other"

    examination = models.ForeignKey(Examination, on_delete=models.CASCADE, related_name="costs")
    by = models.CharField(max_length=7, choices=By)
    kind = models.CharField(max_length=20, blank=True, choices=Kind)
    dated = models.DateField(null=True, blank=True)
    amount = models.DecimalField(**MONEY)
    note = models.CharField(max_length=200, blank=True, db_default="")
    recorded_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Cost"]] = models.Manager.from_queryset(CostQuerySet)()

    class Meta:
        # Lists and figures sum what an account's examinations cost, rows that lie far apart: the index has all they ask for.
        indexes = [models.Index(fields=["account"], include=["examination", "amount", "by"], name="cost_by_account")]
        constraints = [
            models.UniqueConstraint(fields=["examination"], condition=Q(by="file"), name="cost_of_file_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.amount)

    @staticmethod
    def within(held: Reach) -> Q:
        """Open for the account, of examinations that one may see."""
        return of_accounts(held, "cost") & examinations_within(held, "examination__")

    def correct(self, *, kind: str, dated: datetime.date, amount: Decimal, note: str = "", by: Person) -> None:
        """Change a row that the account recorded itself. Raises as `record` does; a file's row is nobody's to change."""
        self._refuse_others(by)
        self._write(kind, dated, amount, note, by)

    def remove(self, *, by: Person) -> None:
        """Take out a row that the account recorded itself; without any left the file's value counts again."""
        self._refuse_others(by)
        self.delete()

    def _refuse_others(self, by: Person) -> None:
        _refuse_strangers(self.examination, by)
        if self.by != self.By.ACCOUNT:
            raise PermissionDenied("What a file says is changed by the next file.")

    def _write(self, kind: str, dated: datetime.date, amount: Decimal, note: str, by: Person) -> None:
        if dated > timezone.localdate():
            raise ValidationError("This day is still ahead.")
        if not 0 < amount <= MOST_AMOUNT:
            raise ValidationError(f"An amount lies above zero and is at most {MOST_AMOUNT:,} dollars.")
        self.kind, self.dated, self.amount, self.note = kind, dated, amount, note.strip()
        self.recorded_by, self.recorded_at = by, timezone.now()
        self.clean_fields()
        self.save(update_fields=None if self._state.adding else WRITTEN)


def _refuse_strangers(examination: Examination, by: Person) -> None:
    if examination.account_id not in reach_now(by).own:
        raise PermissionDenied("Only members of the importer's account record its costs.")
