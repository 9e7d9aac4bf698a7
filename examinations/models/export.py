import datetime
import uuid
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, reach_now
from accounts.models import Account, Person

KEPT = datetime.timedelta(days=7)
#: So many files one person has made at the same time.
MOST_AT_ONCE = 3
#: By list, the kind of data that must be open to have its file: a delegation opens some kinds of an account and not all.
#: An account review holds all of it: to its own people, and to who manages it.
DATA = {
    "check": ("entries",),
    "closing": ("entries",),
    "entries": ("entries",),
    "entry-lines": ("entries",),
    "examinations": ("examinations",),
    "figures-by": ("examinations",),
    "figures-change": ("examinations",),
    "requests": ("examinations",),
    "account-review": ("own", "managed"),
}
#: By list, what its rows tell beside, where that kind of data is open too when the file is written.
BESIDE = {
    "check": ("examinations",),
    "closing": ("examinations",),
    "entries": ("examinations",),
    "figures-by": ("entries",),
    "figures-change": ("entries",),
}
#: Filters in words: pairs of a label and what was chosen.
Said = list[tuple[str, str]]


class ExportQuerySet(VisibleQuerySet):
    """A file is its owner's alone, and only while what it holds is still open to the owner, in the same role."""

    def visible_to(self, person: Person | None) -> Self:
        held = reach_now(person)
        if person is None or held.person is None:
            return self.none()
        mine = self.filter(owner=held.person, role=person.role)
        if held.everything:
            return mine
        opened = (Q(kind=kind, account__in=getattr(held, one)) for kind, data in DATA.items() for one in data)
        told = {one for data in BESIDE.values() for one in data}
        closed = (Q(beside__contains=[one]) & ~Q(account__in=getattr(held, one)) for one in told)
        return mine.filter(reduce(or_, opened)).exclude(reduce(or_, closed))

    def ask(self, account: Account, kind: str, *, said: Said, by: Person, **wanted: Any) -> tuple["Export", bool]:
        """Ask for the file of a list; the same once more while it is being made is the same file.

        said: the filters in words; wanted: `format` and `filters`, a name with a list of values. Returns the export
        and whether it is new, for a worker to make. Raises ValidationError while three are being made.
        """
        mine = self.filter(owner=by, state__in=Export.UNFINISHED)
        same = mine.filter(account=account, kind=kind, **wanted).first()
        if same is not None:
            return same, False
        if mine.count() >= MOST_AT_ONCE:
            raise ValidationError("Three files are being made for you. Wait until one of them is ready.")
        return self.create(owner=by, role=by.role, account=account, kind=kind, said=said, **wanted), True


class Export(models.Model):
    """A long list that a worker writes as a file for one person, to be fetched for seven days.

    What is written is what the owner may see when the worker writes it; whether the owner may still see it is asked
    again at each download.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exports")
    role = models.CharField("role of the owner when asked", max_length=12, choices=Person.Role)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField("list", max_length=20)
    format = models.CharField(max_length=4)
    filters = models.JSONField("what the page was asked", default=dict, help_text="names with lists of values")
    said = models.JSONField("the filters in words", default=list, help_text="pairs of label and words")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    name = models.CharField("name of the file", max_length=200, blank=True)
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True, max_length=200)
    beside = ArrayField(
        models.CharField(max_length=12),
        verbose_name="what it tells beside",
        default=list,
        blank=True,
        help_text="kinds of data in the file that the list can do without",
    )
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField("bytes", default=0)
    attempts = models.PositiveSmallIntegerField("times begun", default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Export"]] = models.Manager.from_queryset(ExportQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="export_of_person"),
            models.Index(fields=["account"], name="export_of_account"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "ready", "failed", "expired"]), name="export_state_known"
            ),
            models.CheckConstraint(condition=Q(format__in=["csv", "xlsx", "pdf"]), name="export_format_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.kind

    @property
    def finished(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def ready(self) -> bool:
        """Whether there is a file to fetch."""
        return self.state == self.State.READY and bool(self.file) and not self.is_over

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def told_beside(self, held: Reach) -> list[str]:
        """Which kinds of data its list tells beside its own to who holds this reach; headquarters lose none."""
        told = [] if held.everything else BESIDE.get(self.kind, ())
        return [one for one in told if self.account_id in getattr(held, one)]

    def finish(self, state: str, message: str = "", **fields: Any) -> bool:
        """Write down how it ended, unless it has ended already; a file is kept seven days from now."""
        now = timezone.now()
        fields |= {"state": state, "message": message, "finished_at": now, "expires_at": now + KEPT}
        return bool(Export.objects.filter(pk=self.pk, state__in=self.UNFINISHED).update(**fields))

    def remove(self, *, by: Person | None) -> None:
        """Take away the file and its record; one that is being made is given up.

        by: its owner, None for the portal itself. Raises PermissionDenied for another's.
        """
        if by is not None and by.pk != self.owner_id:
            raise PermissionDenied
        self.remove_file()
        self.delete()

    def remove_file(self) -> None:
        """Take the file away from the storage; a file that is gone already is no error."""
        if self.file:
            self.file.storage.delete(self.file.name)
