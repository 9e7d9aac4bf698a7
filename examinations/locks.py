"""Long work in hand: a lock of the database for each piece, which ends with its transaction, however that ends."""

import uuid

from django.db import connection


def is_in_hand(kind: int, work: uuid.UUID) -> bool:
    """Whether a process does this piece of work now. kind: first key of its lock, one number for each kind of work.

    Looked up, not tried: a try would stand in the way of the process that is about to begin.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s
                 AND objid = (hashtext(%s)::bigint & 4294967295)::oid AND objsubid = 2
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))""",
            [kind, str(work)],
        )
        return bool(cursor.fetchone()[0])


def take_in_hand(kind: int, work: uuid.UUID) -> bool:
    """Hold a piece of work until the open transaction ends. False where another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [kind, str(work)])
        return bool(cursor.fetchone()[0])
