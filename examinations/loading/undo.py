"""Undo a load within a day: the rows as they were before it."""

import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.access import reach_now
from accounts.history import acting
from accounts.models import Person
from examinations.breakdowns import uncounted
from examinations.loading.kinds import kind_named
from examinations.loading.load import LOCK
from examinations.loading.session import Session
from examinations.loading.undoing import CannotUndo
from examinations.models import Load
from examinations.papers import papers_follow
from examinations.signals import loaded

WITHIN = datetime.timedelta(days=1)


class Busy(Exception):
    """Another load or undoing is under way: try again in a while."""


def why_not(load: Load, asked: datetime.datetime | None = None) -> str:
    """Why this load cannot be undone, as far as its record tells; empty where it can be tried. asked: when somebody asked for
    it; None for now."""
    if load.state == Load.State.UNDONE:
        return "This load has been undone already."
    if load.state not in (Load.State.DONE, Load.State.PARTLY) or load.finished_at is None:
        return "This load has not changed anything."
    if load.dry_run:
        return "This load was only tried and has not changed anything."
    if kind_named(load.kind).undo is None:
        return f"A file of {load.kind} cannot be undone: what it set off, such as invitations, is under way."
    if (asked or timezone.now()) - load.finished_at > WITHIN:
        return "More than a day has passed since this load. Load a corrected file instead."
    return ""


def whose_not(load: Load, by: Person) -> str:
    """Why this person may not undo the load; empty for headquarters of CBP's files, and for its members of an account's own."""
    if load.account_id is None:
        return "" if by.is_headquarters else "Only headquarters undoes a load of CBP's data."
    return "" if load.account_id in reach_now(by).own else "Only members of the account undo what it loaded itself."


def undo(load: Load, *, by: Person, asked: datetime.datetime | None = None) -> None:
    """Put back the rows as they were before the load, all or none. asked: when the person asked, None for now.

    Raises CannotUndo with the reason, also where the person may not any more; Busy where something is being loaded, for which
    no process waits: any member may ask.

    Accounts that the load made for unknown numbers stay, prospective and empty: a later file may have used them.
    """
    try:
        with transaction.atomic(), acting(by, f"undo of load {load.pk}"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
                if cursor.fetchone() == (False,):
                    raise Busy
                cursor.execute("DISCARD TEMPORARY")
            load.refresh_from_db()
            if reason := whose_not(load, by) or why_not(load, asked):
                raise CannotUndo(reason)
            session = _put_back(load)
            touched = sorted(session.touched)
            if load.kind in uncounted.KINDS:
                uncounted.note(touched)
            Load.objects.filter(pk=load.pk).update(
                state=Load.State.UNDONE, undone_at=timezone.now(), undone_by=by, message="The rows are as before."
            )
            transaction.on_commit(
                lambda: loaded.send(sender=Load, kind=load.kind, accounts=touched, load=load.pk, source=session.source),
                robust=True,
            )
    except IntegrityError as error:
        raise CannotUndo("Something entered since then refers to rows of this load.") from error
    load.refresh_from_db()


def _put_back(load: Load) -> Session:
    kind = kind_named(load.kind)
    assert kind.undo
    assert load.finished_at
    session = Session(
        kind,
        None,
        load.pk,
        load.finished_at,
        False,
        connection.cursor(),
        lambda stage, rows: None,
        load.account_id,  # type: ignore[arg-type]
    )
    kind.undo(session)
    papers_follow(session.cursor)
    session.run("DELETE FROM examinations_supersededrow WHERE load_id = %(load)s")
    session.run("DELETE FROM examinations_earlierentry WHERE replaced_by_id = %(load)s")
    session.run("DELETE FROM examinations_earlierentryline WHERE replaced_by_id = %(load)s")
    session.run("DELETE FROM examinations_seenagain WHERE load_id = %(load)s")
    session.run("SET CONSTRAINTS ALL IMMEDIATE")
    session.run("SET CONSTRAINTS ALL DEFERRED")
    return session
