import uuid
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.access import VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person

RUNNING = "One file of your account is still being loaded. Wait until it has ended."


class LoadQuerySet(VisibleQuerySet):
    """Loads of CBP's files are headquarters' business; an account's own uploads are its members' alone."""

    def visible_to(self, person: Person | None) -> Self:
        held = reach_now(person)
        return self.filter(account=None) if held.everything else self.filter(of_accounts(held, "own"))

    def take(
        self, kind: str, file_name: str, *, by: Person | None, file: UploadedFile | None = None, **fields: Any
    ) -> "Load":
        """Take in a file: the record of its load, which is to begin.

        by: who brings it, None for the portal's own folder; file: what was uploaded, empty where the file lies on
        disk; fields: `account`, `as_of`, `partial`, `dry_run`. The uploader's name of the file never becomes a path.
        Raises ValidationError while another file of the same account is being loaded.
        """
        load: Load = self.model(kind=kind, file_name=file_name[:200], by=by, **fields)
        if file is not None:
            load.file = file
            load.file.name = str(load.pk)
        try:
            with transaction.atomic():
                load.save(force_insert=True)
        except IntegrityError as error:  # one running upload an account: the database counts, two clicks included
            if load.file:
                load.file.delete(save=False)
            if load.account_id is None:
                raise
            raise ValidationError(RUNNING) from error
        return load


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
    def result(self) -> str:
        """What came of it in few words: "some rows rejected" only where some were not."""
        if self.state == self.State.PARTLY and not self.loaded + self.unchanged:
            return "Nothing changed, every row rejected"
        return str(self.get_state_display())

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


class SeenAgain(models.Model):
    """Stored rows that a load brought again unchanged: as of when they were said before, to undo the load by."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    version_at = models.DateTimeField("as reported at, before")
    ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.table}, {len(self.ids)} rows"
