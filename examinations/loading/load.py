"""Load one file: all of it or nothing, one load at a time, rejects kept."""

import contextlib
import csv
import datetime
import gc
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.history import acting
from accounts.models import Person
from examinations.loading.kinds import Kind, kind_named
from examinations.loading.reading import Table, UnusableFile, open_table
from examinations.loading.session import Session, open_session
from examinations.models import Load
from examinations.signals import loaded

logger = logging.getLogger("portal.loading")

#: One load at a time over the whole database.
LOCK = 7_100_002
GUARDED = ("=", "+", "-", "@", "\t", "\r")


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


class _UndoDryRun(Exception):
    """Rolls back what a dry run wrote."""


def progress_of(load: uuid.UUID) -> tuple[str, int]:
    """The stage of a running load and the rows read so far."""
    stage, rows = cache.get(f"load:{load}", ("Waiting", 0))
    return str(stage), int(rows)


def _reporter(load: uuid.UUID) -> Callable[[str, int], None]:
    def report(stage: str, rows: int) -> None:
        if not rows:
            _, rows = progress_of(load)
        cache.set(f"load:{load}", (stage, rows), 3600)

    return report


def load_file(load: Load, path: Path, *, rejects_to: Path | None = None) -> Outcome:
    """Bring in the file of a load's record and write down what came of it.

    rejects_to: where to write the rejected rows as CSV. Raises UnusableFile where the file as a whole cannot be
    used; whatever is raised, nothing has changed but the record.
    """
    Load.objects.filter(pk=load.pk).update(state=Load.State.RUNNING, started_at=timezone.now(), message="")
    try:
        with _without_collecting():
            outcome, header = _in_one_transaction(load, path, rejects_to)
    except UnusableFile as error:
        _finish(load, Load.State.REFUSED, str(error))
        raise
    except BaseException:
        _finish(load, Load.State.FAILED, "An error inside the portal stopped this load; nothing was changed.")
        raise
    state = Load.State.PARTLY if outcome.rejected else Load.State.DONE
    counts = {name: getattr(outcome, name) for name in ("loaded", "unchanged", "rejected", "withdrawn", "repaired")}
    _finish(load, state, outcome.message, header=header, **counts)
    return outcome


def _finish(load: Load, state: str, message: str, **fields: object) -> None:
    Load.objects.filter(pk=load.pk).update(state=state, message=message, finished_at=timezone.now(), **fields)
    cache.delete(f"load:{load.pk}")
    load.refresh_from_db()


def _in_one_transaction(load: Load, path: Path, rejects_to: Path | None) -> tuple[Outcome, list[str]]:
    kind = kind_named(load.kind)
    as_of = load.as_of or timezone.localdate()
    result: tuple[Outcome, list[str]] | None = None
    try:
        with transaction.atomic(), acting(load.by, f"load {load.pk}"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                # A file comes again where a crash loses it; the disk need not be waited for.
                cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
                # Two loads in one transaction (a test, a script) would find each other's staging.
                cursor.execute("DISCARD TEMPORARY")
            table = open_table(path, kind.columns, as_of, key=kind.key)
            session = open_session(
                kind, table, load.pk, _version_at(load), partial=load.partial, progress=_reporter(load.pk)
            )
            result = _bring_in(kind, session, table, load, rejects_to), table.header
            if load.dry_run:
                raise _UndoDryRun
            touched = sorted(session.touched)
            transaction.on_commit(
                lambda: loaded.send(sender=Load, kind=load.kind, accounts=touched, load=load.pk), robust=True
            )
    except _UndoDryRun:
        pass
    assert result is not None
    return result


def _version_at(load: Load) -> datetime.datetime:
    """As of when the file speaks: the end of its run date, never ahead of now; without one, now."""
    now = timezone.now()
    if load.as_of is None or load.as_of >= timezone.localdate():
        return now
    end = datetime.datetime.combine(load.as_of, datetime.time.max)
    return timezone.make_aware(end)


def _bring_in(kind: Kind, session: Session, table: Table, load: Load, rejects_to: Path | None) -> Outcome:
    session.stage()
    kind.bring_in(session)
    session.refresh_statistics()
    rejected = session.complete_rejects()
    session.run(
        """INSERT INTO examinations_reject (load_id, row, "column", reason, cells)
           SELECT %(load)s, row, col, reason, coalesce(cells, '[]') FROM rejected"""
    )
    if rejects_to:
        write_rejects(load, table.header, rejects_to)
    if table.repaired:
        session.said.append(f"Zeros that a spreadsheet ate were put back in {table.repaired:,} cells.")
    return Outcome(
        session.loaded, session.unchanged, rejected, session.withdrawn, table.repaired, " ".join(session.said)
    )


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; an amount with a minus is none."""
    if (
        not cell.startswith(GUARDED)
        or cell.replace(",", "").replace("$", "").lstrip("-+").replace(".", "", 1).isdigit()
    ):
        return cell
    return "'" + cell


def write_rejects(load: Load, header: list[str], path: Path) -> None:
    """Write the rejected rows of a load whole, behind Row, Column and Reason."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Row", "Column", "Reason", *header])
        for reject in load.rejects.order_by("row", "id").iterator():
            writer.writerow([reject.row, reject.column, guarded(reject.reason), *map(guarded, reject.cells)])


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
    load = Load.objects.create(
        kind=kind, file_name=path.name[:200], by=by, as_of=as_of, partial=partial, dry_run=dry_run
    )
    return load_file(load, path, rejects_to=rejects_to)
