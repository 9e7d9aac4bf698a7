"""Mails that went out, each written down the moment it did: a row in a table of two columns, which costs the database a
third of what changing the delivery costs. The deliveries follow together, when a commit waits for the disk.

A mark is true whoever holds the claim, so anybody may write it up: the sender, or, where that was killed, the next one.
"""

from collections.abc import Collection

from django.db import connection, transaction

# Both in one transaction, in one exchange. A number is in it and nothing else, so that it needs no parameters.
MARK = "SET LOCAL synchronous_commit = off; INSERT INTO notifications_wentout VALUES ({}, now()) ON CONFLICT DO NOTHING"
#: Of a delivery `d`: nothing says that its mail went out.
NOT_GONE = "NOT EXISTS (SELECT FROM notifications_wentout w WHERE w.delivery = d.id)"
# What was stopped while its mail was on its way is called sent: it was. The number of the transaction is asked for, so that
# its commit waits for the disk, and for all marks before it, though others wrote these up.
WRITE_UP = """
WITH gone AS (
    DELETE FROM notifications_wentout WHERE delivery IN (
        SELECT delivery FROM notifications_wentout WHERE {these} ORDER BY delivery FOR UPDATE SKIP LOCKED)
    RETURNING delivery, at),
sent AS (
    UPDATE notifications_delivery d SET state = 'sent', sent_at = gone.at, claimed_until = NULL, last_error = ''
    FROM gone WHERE d.id = gone.delivery AND d.state IN ('claimed', 'stopped')
    RETURNING d.id)
SELECT pg_current_xact_id()::text, (SELECT count(*) FROM sent)
"""


def mark(pk: int) -> None:
    """Write down that the mail of a delivery went out; not waited for on the disk."""
    with connection.cursor() as cursor:
        cursor.execute(MARK.format(int(pk)))


def write_up(pks: Collection[int] | None = None) -> int:
    """Call the marked of these deliveries sent, or all that are marked, and wait until it is on the disk.

    Returns how many were not called so yet.
    """
    these, given = ("true", []) if pks is None else ("delivery = ANY (%s)", [list(pks)])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE_UP.format(these=these), given)
        return int(cursor.fetchone()[1])
