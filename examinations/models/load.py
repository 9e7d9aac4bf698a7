import uuid
from typing import ClassVar, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Left

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person

ENTRY_TABLES = ("examinations_entry", "examinations_entryline")


class LoadQuerySet(VisibleQuerySet):
    """Loads of CBP's files are headquarters' business; an account's own uploads are its members' alone."""

    def visible_to(self, person: Person | None) -> Self:
        held = reach_now(person)
        return self.filter(account=None) if held.everything else self.filter(of_accounts(held, "own"))


class Load(models.Model):
    """One file brought in, or refused: who, when, what came of it.

    An uploaded file lies outside the web root, under the load's id, and is removed as soon as the load has ended,
    whatever came of it: it may hold Social Security numbers. What is kept is the record and the rejected rows.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Loaded"
        PARTLY = "partly", "Loaded, some rows rejected"
        REFUSED = "refused", "Refused, nothing changed"
        FAILED = "failed", "Failed, nothing changed"
        UNDONE = "undone", "Undone"

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12)
    file = models.FileField(upload_to="loads/%Y/%m/", blank=True, max_length=200)
    file_name = models.CharField(max_length=200)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="uploads",
        help_text="The account that uploads its own file; empty where headquarters loads CBP's.",
    )
    as_of = models.DateField("run date of the file", null=True, blank=True)
    partial = models.BooleanField("withdraws nothing", default=False)
    dry_run = models.BooleanField("tried without changing anything", default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    header = models.JSONField(default=list, blank=True)
    loaded = models.PositiveIntegerField("rows loaded", default=0)
    unchanged = models.PositiveIntegerField("rows unchanged", default=0)
    rejected = models.PositiveIntegerField("rows rejected", default=0)
    withdrawn = models.PositiveIntegerField("stored rows withdrawn", default=0)
    repaired = models.PositiveIntegerField("cells with zeros put back", default=0)
    attempts = models.PositiveSmallIntegerField("times begun", default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["Load"]] = models.Manager.from_queryset(LoadQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["-created_at"], name="load_newest"),
            models.Index(fields=["account", "-created_at"], condition=Q(account__isnull=False), name="load_of_account"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=["waiting", "running"]), name="one_upload_an_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def finished(self) -> bool:
        return self.state not in self.UNFINISHED


class Reject(models.Model):
    """A row of a file that could not be used, whole, with the column and the reason."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="rejects")
    row = models.PositiveIntegerField("row in the file")
    column = models.CharField(max_length=60)
    reason = models.TextField()
    cells = models.JSONField(default=list)

    class Meta:
        ordering = ["load", "row", "id"]
        indexes = [models.Index(fields=["load", "row"], name="reject_by_row")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"


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
        examinations = apps.get_model("examinations", "Examination").objects
        seen = examinations.filter(apps.get_model("examinations", "Examination").within(held), key=OuterRef("key"))
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


class SeenAgain(models.Model):
    """Stored rows that a load brought again unchanged: as of when they were said before, to undo the load by."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    version_at = models.DateTimeField("as reported at, before")
    ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.table}, {len(self.ids)} rows"
