import contextlib
import datetime
import tempfile
import uuid
from pathlib import Path

from celery import Task, shared_task

from accounts.models import Person
from documents.sweeping import remove_forgotten
from examinations.loading import rejects
from examinations.loading.load import InHand, finish, in_hand, load_file
from examinations.loading.reading import UnusableFile
from examinations.loading.undo import Busy, undo
from examinations.loading.undoing import CannotUndo
from examinations.models import Load
from examinations.resuming import MOST_ATTEMPTS, resume, tried_enough
from examinations.telling import detentions, questions, requests

CHUNK = 2**20
#: Seconds after which an undoing that found another load under way comes again.
UNDO_AGAIN = 10


@shared_task(time_limit=6 * 3600)
def run_load(load_id: str) -> None:
    """Bring in an uploaded file. Handed out twice it runs once; a refused file is no error of the task."""
    load = Load.objects.get(pk=uuid.UUID(load_id))
    if load.finished or _gave_up(load):
        return
    try:
        with tempfile.NamedTemporaryFile(prefix="load-") as local, load.file.open("rb") as stored:
            while chunk := stored.read(CHUNK):
                local.write(chunk)
            local.flush()
            load_file(load, Path(local.name))
    except (UnusableFile, InHand):
        pass
    except FileNotFoundError:
        finish(load, Load.State.FAILED, "The uploaded file is gone; nothing was changed. Load the file again.")
    finally:
        load.refresh_from_db()
        _remove_file(load)
    if load.rejected > rejects.AT_ONCE:
        write_rejects.delay(load_id)


@shared_task(time_limit=3600)
def run_upload(load_id: str) -> None:
    """The same for an account's own file, whose sender waits for it: a task apart, so that it has a way of its own."""
    run_load(load_id)


@shared_task
def write_rejects(load_id: str) -> None:
    """Write out the rejected rows of a load that has too many of them for a page's patience."""
    rejects.store(Load.objects.get(pk=uuid.UUID(load_id)))


@shared_task(bind=True, time_limit=6 * 3600, max_retries=None)
def undo_load(self: Task, load_id: str, person_id: str, asked: str = "") -> None:
    """Undo a load for headquarters, or an own file for a member of its account; where it cannot be, its page says why.

    asked: when, as text; the day in which it can be undone ends then. Handed out twice it runs once; while something is
    loaded it comes again in a while, and holds no process.
    """
    load = Load.objects.get(pk=uuid.UUID(load_id))
    at = datetime.datetime.fromisoformat(asked) if asked else None
    try:
        undo(load, by=Person.objects.get(pk=uuid.UUID(person_id)), asked=at)
    except Busy:
        raise self.retry(countdown=UNDO_AGAIN) from None
    except CannotUndo as error:
        if load.state != Load.State.UNDONE:
            Load.objects.filter(pk=load.pk).update(message=f"It was not undone. {error}")


@shared_task
def resume_loads() -> int:
    """Take up the loads whose process died: again, or as failed after the third time. Returns how many."""
    cbps, own = Load.objects.filter(account=None), Load.objects.exclude(account=None)
    return resume(cbps, in_hand=in_hand, gave_up=_gave_up, hand_out=run_load.delay) + resume(
        own, in_hand=in_hand, gave_up=_gave_up, hand_out=run_upload.delay
    )


def _gave_up(load: Load) -> bool:
    """Fail a load that cannot be taken up again, with a line that says what to do."""
    if not load.file:
        why = "The process that loaded this file ended before it was in"
    elif tried_enough(load, in_hand):
        why = f"The process that loaded this file ended {MOST_ATTEMPTS} times before it was in"
    else:
        return False
    finish(load, Load.State.FAILED, f"{why}; nothing was changed. Load the file again, perhaps in smaller parts.")
    _remove_file(load)
    return True


def _remove_file(load: Load) -> None:
    if load.finished and load.file:
        load.file.delete(save=False)
        Load.objects.filter(pk=load.pk).update(file="")


@shared_task
def remove_forgotten_uploads() -> int:
    """Remove uploaded files whose load was never committed. Returns how many."""
    return remove_forgotten("loads", _known_uploads)


def _known_uploads(paths: list[str]) -> set[str]:
    """Those of a load that there is; and what is not named by a load alone, such as rejected rows."""
    of_load = {}
    for path in paths:
        with contextlib.suppress(ValueError):
            of_load[path] = uuid.UUID(path.rpartition("/")[2])
    there = set(Load.objects.filter(pk__in=of_load.values()).values_list("pk", flat=True))
    return {path for path in paths if path not in of_load or of_load[path] in there}


@shared_task
def tell_of_detentions() -> None:
    """Tell by mail what was asked for and sent while goods are detained. Handed out twice it tells once."""
    detentions.tell_of_detentions()


@shared_task
def tell_of_questions() -> None:
    """Tell by mail that a question about a result waits, and that one is answered. Handed out twice it tells once."""
    questions.tell_of_questions()


@shared_task
def tell_of_request_papers() -> None:
    """Tell managers by mail which papers of an answer to CBP were sent. Handed out twice it tells once."""
    requests.tell_of_papers()


@shared_task
def remind_of_answers() -> None:
    """Remind of answers to CBP that are due. Handed out twice, or late, it reminds once."""
    requests.remind()
