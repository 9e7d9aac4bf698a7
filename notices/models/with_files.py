"""The files of a notice: they stand and change with its text."""

from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.history import acting
from accounts.models import Person
from documents.models import Document
from notices.models.step import Step

if TYPE_CHECKING:
    from notices.models.notice import Notice


class WithFiles(models.Model):
    """Needs `edited_by`, who changed text or files last and so does not publish it, and `version`, which grows with each
    change, so that what a second person read can be told from what stands now."""

    class Meta:
        abstract = True

    def count_change(self, *, by: Person) -> None:
        """What a second person may have read is no longer what stands. The caller saves `edited_by` and `version`."""
        self.edited_by, self.version = by, self.version + 1  # type: ignore[attr-defined,has-type]

    def _as_draft(self, refusal: str) -> "Notice":
        """This notice, locked. Raises ValidationError with these words for anything but a draft."""
        notice: Notice = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)  # type: ignore[assignment]
        if not notice.can_be_edited:
            raise ValidationError(refusal)
        return notice

    def attach(self, file: BinaryIO, name: str, *, by: Person) -> Document:
        """Attach a file to a draft. Raises ValidationError for anything but a draft, Refused as documents do."""
        with transaction.atomic(), acting(by, "attach"):
            notice = self._as_draft("Files are attached to drafts only: what people were told of stays as it is.")
            kept: Document = Document.objects.keep(file, name, about=self, account=None, filer=None, by=by)  # type: ignore[attr-defined]
            notice.count_change(by=by)
            notice.save(update_fields=["edited_by", "version"])
            notice.note(Step.What.CHANGED, by, f"attached {kept.name}"[:300])
        return kept

    def let_file_go(self, *, by: Person) -> None:
        """Asked by a document of it before it is withdrawn; the history says that a file went. Raises ValidationError for anything but a draft."""
        notice = self._as_draft("A file stays with its notice once a second person reads it; send it back first.")
        notice.count_change(by=by)
        notice.save(update_fields=["edited_by", "version"])
        notice.note(Step.What.CHANGED, by, "took a file away")

    def attachments(self, person: Person) -> "models.QuerySet[Document]":
        """The files that belong to it; who may read it may fetch them."""
        return Document.objects.visible_to(person).current().about(self)  # type: ignore[attr-defined,no-any-return]
