from typing import ClassVar

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Left

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from examinations.models.examination import Examination
from examinations.models.load import Load

ENTRY_TABLES = ("examinations_entry", "examinations_entryline")


class SupersededRow(models.Model):
    """A stored row as it was before a load replaced or withdrew it. In history, out of every figure.

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
    about = models.GeneratedField(
        expression=Case(When(table="examinations_entryline", then=Left("key", 11)), default=F("key")),
        output_field=models.CharField(max_length=80),
        db_persist=True,
        help_text="What the row is history of: the number of the entry for its rows, else the key.",
    )
    why = models.CharField(max_length=9, choices=Why)
    was = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["SupersededRow"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["about", "at"], name="superseded_about"),
            # Which entries of an account have an older version: the duty that later ones took off is counted from there.
            models.Index(fields=["account"], condition=Q(table="examinations_entry"), name="superseded_entry_of"),
        ]

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
            Q(table__in=ENTRY_TABLES) & (of_accounts(held, "entries") | filed)
            | Q(table="examinations_examination") & (of_accounts(held, "examinations") | filed) & told
            # Versions of requests hold nothing that is kept from an account.
            | Q(table="examinations_request") & (of_accounts(held, "examinations") | filed)
            | Q(table="examinations_cost") & of_accounts(held, "cost")
            | of_accounts(held, "managed") & ~Q(table="examinations_draw")
        )
        return past & (Q(was__source__isnull=True) | ~Q(was__source="own") | of_accounts(held, "own"))
