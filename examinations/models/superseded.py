from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from examinations.models.examination import Examination
from examinations.models.load import Load


class SupersededRow(models.Model):
    """A stored row as it was before a load replaced or withdrew it. In history, out of every figure.

    Of entries and their rows, which come by the million, `EarlierEntry` and `EarlierEntryLine` keep them.
    Parts of an examination that not everybody may read who may read it (why chosen, with what probability, at what
    cost) are rows of their own.
    """

    class Why(models.TextChoices):
        REPLACED = "replaced", "Replaced"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LINKED = "linked", "Linked to its entry"

    # A constraint is a trigger a row, an index a write a row.
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="superseded", db_constraint=False)
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    filer = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    table = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    why = models.CharField(max_length=9, choices=Why)
    was = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["SupersededRow"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="superseded_by_key")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"

    @staticmethod
    def within(held: Reach) -> Q:
        """The past of what one may see now, as far as it was one's own then; an own upload's of its members alone.

        Of an examination that is still open, nothing that tells what was found or that its papers are under review.
        """
        seen = Examination.objects.filter(Examination.within(held), key=OuterRef("key"))
        nothing_found = Q(was__discrepancies=Value(None, models.JSONField())) | Q(was__discrepancies__isnull=True)
        told = Exists(seen.filter(closed__isnull=False)) | Exists(seen) & nothing_found & ~Q(was__type="ESR")
        filed = of_accounts(held, "filed", "filer")
        past = (
            Q(table="examinations_examination") & (of_accounts(held, "examinations") | filed) & told
            # Versions of requests hold nothing that is kept from an account.
            | Q(table="examinations_request") & (of_accounts(held, "examinations") | filed)
            | Q(table="examinations_cost") & of_accounts(held, "cost")
            | of_accounts(held, "managed") & ~Q(table="examinations_draw")
        )
        return past & (Q(was__source__isnull=True) | ~Q(was__source="own") | of_accounts(held, "own"))
