import contextlib
import datetime
import uuid

from celery import shared_task
from django.utils import timezone

from accounts.models import Person
from examinations.exports.building import InHand, build, in_hand
from examinations.models import Export
from examinations.resuming import resume, tried_enough

#: So long after its file the line in the list of one's exports goes too.
REMEMBERED = datetime.timedelta(days=30)
GAVE_UP = "The process that made this file ended three times before it was done. Narrow the list, or ask again."


@shared_task(time_limit=3600)
def run_export(export_id: str) -> None:
    """Make the file that was asked for. Handed out twice it is made once."""
    export = Export.objects.select_related("account").filter(pk=uuid.UUID(export_id)).first()
    if export is None or export.finished or _gave_up(export):
        return
    with contextlib.suppress(InHand):
        build(export)


@shared_task
def resume_exports() -> int:
    """Take up the exports whose process died: again, or as failed after the third time. Returns how many."""
    return resume(Export.objects.all(), in_hand=in_hand, gave_up=_gave_up, hand_out=run_export.delay)


@shared_task
def remove_exports() -> int:
    """Take away the files whose days are over and those whose owner may not see them any more. Returns how many."""
    now, removed = timezone.now(), 0
    over = Export.objects.filter(expires_at__lte=now).exclude(state=Export.State.EXPIRED)
    for export in over:
        export.remove_file()
        removed += Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED, file="", size=0)
    Export.objects.filter(expires_at__lte=now - REMEMBERED).delete()
    return removed + _remove_lost()


def _remove_lost() -> int:
    """Asked once for each owner, of those who have a file just now."""
    removed = 0
    kept = Export.objects.filter(state=Export.State.READY)
    for owner in Person.objects.filter(pk__in=kept.values("owner")):
        lost = list(kept.filter(owner=owner).exclude(pk__in=Export.objects.visible_to(owner).values("pk")))
        for export in lost:
            export.remove(by=None)
        removed += len(lost)
    return removed


def may_fetch(owner: Person, export: Export) -> bool:
    """Whether what the file holds is still open to its owner, in the role in which it was asked."""
    return owner.is_active and Export.objects.visible_to(owner).filter(pk=export.pk).exists()


@shared_task
def remove_export(export_id: str) -> None:
    """Take away one file that its owner may not see any more, and its record."""
    export = Export.objects.select_related("owner").filter(pk=uuid.UUID(export_id)).first()
    if export is not None and not may_fetch(export.owner, export):
        export.remove(by=None)


def _gave_up(export: Export) -> bool:
    return tried_enough(export, in_hand) and export.finish(Export.State.FAILED, GAVE_UP)
