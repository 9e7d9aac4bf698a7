"""Load one file: all of it or nothing, one load at a time, rejects kept."""

import contextlib
import datetime
import gc
import logging
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.history import acting
from accounts.models import Person
from examinations.breakdowns import uncounted
from examinations.loading import progress, rejects
from examinations.loading.kinds import Kind, kind_named
from examinations.loading.reading import Table, UnusableFile, open_table
from examinations.loading.session import Session, open_session
from examinations.locks import is_in_hand, take_in_hand
from examinations.models import Load
from examinations.papers import papers_follow
from examinations.signals import loaded

logger = logging.getLogger("portal.loading")

#: One load at a time over the whole database.
LOCK = 7_100_002
#: One process a load; the second key is the load's own.
LOAD_LOCK = 7_100_003


@dataclass(frozen=True)
class Outcome:
    """Rows of the file loaded, unchanged and rejected; stored rows withdrawn; cells with zeros put back."""

    loaded: int
    unchanged: int
    rejected: int
    withdrawn: int
    repaired: int = 0
    message: str = ""


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """A load makes millions of short-lived lists and no cycles: looking for some costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextlib.contextmanager
def _quick_to_switch() -> Iterator[None]:
    """Else who hands the database its work waits up to 5 ms, some thousand times, for the thread that reads ahead."""
    was = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(was)


class InHand(Exception):
    """Another process brings in this load, or it has ended already: a task handed out twice."""


class _UndoDryRun(Exception):
    """Rolls back what a dry run wrote."""


def load_file(load: Load, path: Path, *, rejects_to: Path | None = None) -> Outcome:
    """Bring in the file of a load's record and write down what came of it.

    rejects_to: where to write the rejected rows as CSV. Raises UnusableFile where the file as a whole cannot be
    used, InHand where another process has this load or had it; whatever is raised, nothing has changed but the record.
    """
    _begin(load)
    try:
        with _without_collecting(), _quick_to_switch():
            outcome = _in_one_transaction(load, path, rejects_to)
    except InHand:
        Load.objects.filter(pk=load.pk).update(attempts=F("attempts") - 1)  # another process's, not ours
        raise
    except UnusableFile as error:
        finish(load, Load.State.REFUSED, str(error))
        raise
    except BaseException as error:
        who = (
            "It was stopped by hand"
            if isinstance(error, KeyboardInterrupt)
            else "An error inside the portal stopped it"
        )
        finish(load, Load.State.FAILED, f"{who}; nothing was changed.")
        raise
    progress.forget(load.pk)
    load.refresh_from_db()
    return outcome


def in_hand(load: uuid.UUID) -> bool:
    """Whether a process is bringing in this load now. Its lock ends with its transaction, however that ends."""
    return is_in_hand(LOAD_LOCK, load)


def _begin(load: Load) -> None:
    """Count the attempt, where everybody sees it; what follows is committed together or not at all."""
    if in_hand(load.pk):
        raise InHand
    begun = Load.objects.filter(pk=load.pk, state__in=Load.UNFINISHED).update(
        state=Load.State.RUNNING, started_at=timezone.now(), message="", attempts=F("attempts") + 1
    )
    if not begun:
        raise InHand


def finish(load: Load, state: str, message: str, **fields: object) -> None:
    """Write down how a load ended, unless it has ended already."""
    Load.objects.filter(pk=load.pk, state__in=Load.UNFINISHED).update(
        state=state, message=message, finished_at=timezone.now(), **fields
    )
    progress.forget(load.pk)
    load.refresh_from_db()


def _in_one_transaction(load: Load, path: Path, rejects_to: Path | None) -> Outcome:
    kind = kind_named(load.kind)
    as_of = load.as_of or timezone.localdate()
    outcome: Outcome | None = None
    header: list[str] = []
    try:
        with transaction.atomic(), acting(load.by, f"load {load.pk}"):
            if not take_in_hand(LOAD_LOCK, load.pk):
                raise InHand
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                # A file comes again where a crash loses it; the disk need not be waited for.
                cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
                # What a block touches lies together and was just read: many short looks beat reading a table whole.
                cursor.execute("SET LOCAL enable_mergejoin = off; SET LOCAL random_page_cost = 0.3")
                # Two loads in one transaction (a test, a script) would find each other's staging.
                cursor.execute("DISCARD TEMPORARY")
            if not Load.objects.filter(pk=load.pk, state__in=Load.UNFINISHED).exists():
                raise InHand
            table = open_table(path, kind.columns, as_of, key=kind.key, naming=kind.naming)
            session = open_session(
                kind,
                table,
                load.pk,
                _version_at(load),
                partial=load.partial,
                progress=progress.reporter(load.pk, path),
                owner=load.account_id,
            )
            outcome, header = _bring_in(kind, session, table, load, rejects_to), table.header
            if load.dry_run:
                raise _UndoDryRun
            _settle(load, outcome, header)
            touched = sorted(session.touched)
            if load.kind in uncounted.KINDS:
                uncounted.note(touched)
            transaction.on_commit(
                lambda: loaded.send(sender=Load, kind=load.kind, accounts=touched, load=load.pk, source=session.source),
                robust=True,
            )
    except _UndoDryRun:
        assert outcome is not None
        _settle(load, outcome, header)
    assert outcome is not None
    return outcome


def _settle(load: Load, outcome: Outcome, header: list[str]) -> None:
    """Write down what came in, in the transaction that brings it in: a process killed between would leave both wrong."""
    state = Load.State.PARTLY if outcome.rejected else Load.State.DONE
    counts = {name: getattr(outcome, name) for name in ("loaded", "unchanged", "rejected", "withdrawn", "repaired")}
    Load.objects.filter(pk=load.pk).update(
        state=state, message=outcome.message, finished_at=timezone.now(), header=header, **counts
    )


def _version_at(load: Load) -> datetime.datetime:
    """As of when the file speaks: the end of its run date, never ahead of now; without one, now."""
    now = timezone.now()
    if load.as_of is None or load.as_of >= timezone.localdate():
        return now
    end = datetime.datetime.combine(load.as_of, datetime.time.max)
    return timezone.make_aware(end)


def _bring_in(kind: Kind, session: Session, table: Table, load: Load, rejects_to: Path | None) -> Outcome:
    kind.bring_in(session)
    if not load.account_id:
        papers_follow(session.cursor)
    session.refresh_statistics()
    rejected = session.complete_rejects()
    rejects.keep(session, table)
    if rejects_to:
        with rejects_to.open("w", newline="", encoding="utf-8") as file:
            rejects.write(load, table.header, file)
    if table.repaired:
        session.said.append(f"Zeros that a spreadsheet ate were put back in {table.repaired:,} cells.")
    return Outcome(
        session.loaded, session.unchanged, rejected, session.withdrawn, table.repaired, " ".join(session.said)
    )


def load_path(
    kind: str,
    path: Path,
    *,
    by: Person | None = None,
    as_of: datetime.date | None = None,
    partial: bool = False,
    dry_run: bool = False,
    rejects_to: Path | None = None,
) -> Outcome:
    """Load a file from disk, with a record of its own. Raises UnusableFile."""
    load = Load.objects.take(kind, path.name, by=by, as_of=as_of, partial=partial, dry_run=dry_run)
    return load_file(load, path, rejects_to=rejects_to)
