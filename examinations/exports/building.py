"""Write a long list into a file, in the scope of the person who asked: once, or not at all."""

import uuid
from pathlib import PurePath
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.access import Reach
from accounts.models import Person
from accounts.scope import acting_for
from examinations.exports.kinds import KINDS, Asked, UnusableFilters
from examinations.locks import is_in_hand, take_in_hand
from examinations.models import Export
from look.downloads import Sheet, Told, TooManyRows, write

#: One process an export; the second key is the export's own.
EXPORT_LOCK = 7_100_004
NO_LONGER = "You may no longer open this account, so the file was not made."


class InHand(Exception):
    """Another process makes this file, or it has ended already: a task handed out twice."""


class NoLongerAllowed(Exception):
    """The owner may not see the list any more."""


def progress_of(export: uuid.UUID) -> int:
    """The rows written so far."""
    return int(cache.get(f"export:{export}", 0))


def in_hand(export: uuid.UUID) -> bool:
    """Whether a process is making this file now. Its lock ends with its transaction, however that ends."""
    return is_in_hand(EXPORT_LOCK, export)


def build(export: Export) -> None:
    """Make the file of an export and write down what came of it. Raises InHand; any other error ends it as failed."""
    _begin(export)
    try:
        with TemporaryUploadedFile(f"{export.pk}.{export.format}", "", 0, None) as file:
            wrote = _write(export, file)
            _keep(export, file, wrote)
    except InHand:
        Export.objects.filter(pk=export.pk).update(attempts=F("attempts") - 1)  # another process's, not ours
        raise
    except NoLongerAllowed:
        export.finish(Export.State.FAILED, NO_LONGER)
    except UnusableFilters as error:
        export.finish(Export.State.FAILED, f"{error} Ask again from the page of the list.")
    except TooManyRows:
        export.finish(
            Export.State.FAILED, "A sheet of Excel holds 1,048,575 rows: narrow the list, or ask for it as CSV."
        )
    except BaseException:
        export.finish(
            Export.State.FAILED, "An error inside the portal stopped it. Ask again from the page of the list."
        )
        raise
    finally:
        cache.delete(f"export:{export.pk}")


def _begin(export: Export) -> None:
    """Count the attempt, where everybody sees it."""
    if in_hand(export.pk):
        raise InHand
    begun = Export.objects.filter(pk=export.pk, state__in=Export.UNFINISHED).update(
        state=Export.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
    )
    if not begun:
        raise InHand


def _told(export: Export) -> Told:
    def tell(rows: int) -> None:
        cache.set(f"export:{export.pk}", rows, 3600)

    return tell


def _write(export: Export, file: TemporaryUploadedFile) -> dict[str, Any]:
    """Write what the owner may see now; what the record says of it. Nothing else is visible in here."""
    owner = Person.objects.get(pk=export.owner_id)
    with acting_for(owner) as reach:
        if not take_in_hand(EXPORT_LOCK, export.pk):
            raise InHand
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        sheet = sheet_of(export, owner, reach)
        rows = write(sheet, export.format, file.file, _told(export))
        return {"name": f"{sheet.name}.{export.format}", "rows": rows, "beside": export.told_beside(reach)}


def sheet_of(export: Export, owner: Person, reach: Reach) -> Sheet:
    """The list that was asked for. Raises NoLongerAllowed, UnusableFilters."""
    if not Export.objects.visible_to(owner).filter(pk=export.pk).exists():
        raise NoLongerAllowed
    today = timezone.localdate()
    return KINDS[export.kind].sheet_for(Asked(export.account, owner, reach, export.filters, today))


def _keep(export: Export, file: TemporaryUploadedFile, wrote: dict[str, Any]) -> None:
    """Give the file to the storage, then say that it is there; who was overtaken takes it away again."""
    file.file.flush()
    file.size = file.file.tell()
    storage = Export._meta.get_field("file").storage
    storage.delete(_stored_name(export))  # of a process that was killed between the file and its record
    # Where the storage is a folder the file is moved there, not copied.
    kept = storage.save(_stored_name(export), file)
    if not export.finish(Export.State.READY, size=file.size, file=kept, **wrote):
        storage.delete(kept)


def _stored_name(export: Export) -> str:
    return str(PurePath("exports") / f"{export.created_at:%Y/%m}" / f"{export.pk}.{export.format}")
