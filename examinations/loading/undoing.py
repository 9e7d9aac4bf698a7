"""The statements by which every kind of load is undone: rows found, later loads refused, what was put back.

A load's rows carry its id; what it replaced or withdrew stands in a ledger, whole.
"""

from examinations.loading.session import Session


class CannotUndo(Exception):
    """The load cannot be undone; says why, in words for the person who asked."""


#: What loads replaced or withdrew: the row's id, key, account and columns, which load took its place, which brought it.
LEDGER = """SELECT (was ->> 'id')::bigint AS id, key, account_id, was, load_id AS replaced_by, was ->> 'load_id' AS brought_by
  FROM examinations_supersededrow WHERE "table" = %(table)s AND why <> 'linked'"""

LATER = "A later file has changed or confirmed the same rows: undo that one first, or load a corrected file."
#: Of an account's own file, by whose the later one is: no member undoes CBP's.
LATER_OF_OWN = "A later file of yours has changed or confirmed the same rows: undo that one first."
LATER_OF_CBP = "CBP has sent the same rows since: load a corrected file instead."
MOVED = "An importer number or filer code of this file has another account since: load a corrected file instead."


def find(session: Session, table: str, ledger: str = LEDGER) -> None:
    """Tables `undone_was` (what stood before) and `undone_rows` (id, account_id of what stands now, and the row before).

    ledger: a query as `LEDGER`, where the table's rows are kept elsewhere.

    Raises CannotUndo where a later load touched the rows.
    """
    session.run(
        f"""CREATE TEMPORARY TABLE undone_was ON COMMIT DROP AS
            SELECT id, key, account_id, was FROM ({ledger}) s WHERE replaced_by = %(load)s""",
        table=table,
    )
    session.run(
        f"""CREATE TEMPORARY TABLE undone_rows ON COMMIT DROP AS
            SELECT id, account_id FROM {table} WHERE load_id = %(load)s
            UNION SELECT id, account_id FROM undone_was"""
    )
    session.run("ANALYZE undone_rows")
    later = session.rows(
        f"""SELECT account_id FROM examinations_load WHERE id = (
            SELECT t.load_id FROM {table} t JOIN undone_rows u ON u.id = t.id WHERE t.load_id <> %(load)s
            UNION ALL
            SELECT l.id FROM ({ledger}) s JOIN examinations_load l ON l.id = s.replaced_by
            WHERE l.finished_at > %(finished)s AND s.brought_by = %(load)s::text
            UNION ALL
            SELECT l.id FROM examinations_seenagain a JOIN examinations_load l ON l.id = a.load_id, unnest(a.ids) AS one (id)
            JOIN undone_rows u ON u.id = one.id WHERE a."table" = %(table)s AND l.finished_at > %(finished)s LIMIT 1)""",
        table=table,
        finished=session.version_at,
    )
    if later:
        ((of,),) = later
        raise CannotUndo(LATER if not session.owner else LATER_OF_OWN if of == session.owner else LATER_OF_CBP)


def put_back(session: Session, table: str) -> None:
    """Take out what the load brought and put in what it replaced, under the same ids; and as of when rows were said."""
    session.run(f"DELETE FROM {table} WHERE id IN (SELECT id FROM undone_rows)")
    session.run(f"INSERT INTO {table} SELECT r.* FROM undone_was u, jsonb_populate_record(NULL::{table}, u.was) r")
    session.run(
        f"""UPDATE {table} t SET version_at = a.version_at FROM examinations_seenagain a, unnest(a.ids) AS one (id)
            WHERE t.id = one.id AND a.load_id = %(load)s AND a."table" = %(table)s""",
        table=table,
    )


def refuse_where_moved(session: Session, rows: str) -> None:
    """Raises CannotUndo where what was put back stands under an account that has its importer number no more, or its filer code.

    rows: a query of identifier_id, account_id, filer_id, entry_number. The account that lost the number would read them again.
    """
    moved = session.rows(
        f"""WITH was AS MATERIALIZED ({rows})
            SELECT 1 FROM was w JOIN accounts_identifier i ON i.id = w.identifier_id WHERE i.account_id <> w.account_id
            UNION ALL
            SELECT 1 FROM was w JOIN accounts_identifier i ON i.kind = 'filer' AND i.key = left(w.entry_number, 3)
            WHERE i.account_id <> w.filer_id LIMIT 1"""
    )
    if moved:
        raise CannotUndo(MOVED)
