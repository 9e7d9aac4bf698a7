import hashlib
import uuid
from collections.abc import Iterable
from typing import Any, BinaryIO, ClassVar, cast

import pghistory
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.history import acting
from accounts.models import Account, Person
from documents.kinds import KINDS, Refused, kind_of
from documents.names import clean_name
from documents.scanning import scan

#: So many files about one thing are more than anybody reads.
MOST_ABOUT_ONE = 40


def _place(document: "Document", name: str) -> str:
    """A random name without an ending, outside the web root: nothing of what was sent becomes a path."""
    return f"documents/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class DocumentQuerySet(VisibleQuerySet):
    def current(self) -> "DocumentQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def about(self, thing: models.Model) -> "DocumentQuerySet":
        """Those that belong to one row of any model."""
        return self.filter(about_type=ContentType.objects.get_for_model(thing), about_id=str(thing.pk))

    def of_many(self, model: type[models.Model], ids: Iterable[object]) -> "DocumentQuerySet":
        """Those that belong to any of these rows of one model."""
        kind = ContentType.objects.get_for_model(model)
        return self.filter(about_type=kind, about_id__in=[str(one) for one in ids])

    def keep(
        self,
        file: BinaryIO,
        name: str,
        *,
        about: models.Model,
        account: Account | None,
        filer: Account | None,
        by: Person,
    ) -> "Document":
        """Take a file in, about one thing of an account, or of none. filer: the broker who may open it as well.

        file: can be sought; name: as it was sent. Raises Refused, in words for who sent it: a kind that is not taken, a
        name and a content that disagree, too large, harmful, sent before, too many.
        """
        try:
            name = clean_name(name)
        except ValueError as error:
            raise Refused(str(error)) from error
        kind = kind_of(file, name)
        digest = _digest(file)
        before = self.current().about(about)
        if before.filter(sha256=digest).exists():
            raise Refused("This very file has been sent already.")
        if before.count() >= MOST_ABOUT_ONE:
            raise Refused(f"There are {MOST_ABOUT_ONE} files here already. Withdraw one that nobody needs.")
        scanned = settings.CLAMD is not None
        if scanned:
            scan(file, settings.CLAMD)
        size = file.seek(0, 2)
        file.seek(0)
        document = self.model(
            account=account, filer=filer, about=about, by=by, name=name, kind=kind.code, size=size, sha256=digest,
            scan=Document.Scan.CLEAN if scanned else Document.Scan.NOT_SCANNED,
        )  # fmt: skip
        document.file.save(name, File(file), save=False)
        try:
            with transaction.atomic(), acting(by, "keep"):
                document.save(force_insert=True)
        except Exception:
            document.file.delete(save=False)
            raise
        return cast(Document, document)


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


@pghistory.track()
class Document(models.Model):
    """A file that somebody sent about something: what it is about says who else may open it.

    It opens to those who may see its account's examinations, and to the broker who filed what it is about, and only
    where they may also see the thing itself (`about`: any model whose manager has `visible_to`). One of no account belongs
    to something that many accounts read, such as a notice: what it is about alone opens it.
    """

    class Scan(models.TextChoices):
        NOT_SCANNED = "none", "Not scanned"
        CLEAN = "clean", "Scanned, nothing found"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    filer = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    about_id = models.CharField(max_length=40)
    about = GenericForeignKey("about_type", "about_id")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="sent by")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=[(kind.code, kind.label) for kind in KINDS.values()])
    size = models.PositiveIntegerField("bytes")
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=5, choices=Scan)
    file = models.FileField(upload_to=_place, max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Document"]] = models.Manager.from_queryset(DocumentQuerySet)()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["about_type", "about_id"], name="document_about")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="document_kind_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_digest_form"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "examinations") | of_accounts(held, "filed", "filer") | Q(account=None)

    @property
    def content_type(self) -> str:
        return KINDS[self.kind].content_type

    def about_is_visible_to(self, person: Person) -> bool:
        """Whether this person may see, now, what the document is about."""
        model: Any = self.about_type.model_class()
        return model is not None and model._default_manager.visible_to(person).filter(pk=self.about_id).exists()

    def open(self, *, by: Person) -> BinaryIO:
        """The file's bytes to read; that somebody else than the sender has read it is kept."""
        if by.pk != self.by_id:
            Reading.objects.get_or_create(document=self, person=by)
        return cast(BinaryIO, self.file.open("rb"))

    def withdraw(self, *, by: Person) -> None:
        """Take a document back before anybody has read it: the file is removed, that it was there stays known.

        Raises ValidationError for anybody but who sent it, once somebody has read it, and where what it is about does not
        let it go: a model may say so in `let_file_go(by=)`, as one does whose files a second person looks at.
        """
        with transaction.atomic(), acting(by, "withdraw"):
            mine = Document.objects.select_for_update(of=("self",)).filter(pk=self.pk, by=by, withdrawn_at=None).first()
            if mine is None:
                raise ValidationError("Only who sent a file can withdraw it.")
            if mine.readings.exists():
                raise ValidationError(
                    "Somebody has read this file already, so it stays. Send a corrected one beside it."
                )
            if let_go := getattr(mine.about, "let_file_go", None):
                let_go(by=by)
            mine.withdrawn_at = timezone.now()
            mine.save(update_fields=["withdrawn_at"])
            path = mine.file.name
            transaction.on_commit(lambda: default_storage.delete(path))
        self.refresh_from_db()


def papers_of(thing: models.Model, person: Person) -> list[Document]:
    """The files about one thing that this person may see, with who sent and who has read them: three statements."""
    papers = Document.objects.visible_to(person).current().about(thing)  # type: ignore[attr-defined]
    return list(papers.select_related("by").prefetch_related("readings__person"))


class Reading(models.Model):
    """That a person has opened a document, the first time."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Reading"]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["document", "person"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.person}, {self.document}"

    @staticmethod
    def within(held: Reach) -> Q:
        return of_accounts(held, "examinations", "document__account") | of_accounts(held, "filed", "document__filer")
