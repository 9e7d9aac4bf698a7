"""Whose a request is: its entry's while that is loaded, else the broker's whose filer code its number begins with."""

from examinations.loading.session import Session

_SET = "entry_id = e.id, account_id = e.account_id, identifier_id = e.identifier_id, filer_id = e.filer_id"
#: One recorded by hand under an account follows its entry there and on from there, never to somebody else's by a slip.
_ITS_OWN = """(q.load_id IS NOT NULL OR q.entry_id = e.id OR q.account_id IN (e.account_id, e.filer_id)
               OR q.filer_id IN (e.account_id, e.filer_id))"""
_APART = "(q.entry_id, q.account_id, q.identifier_id, q.filer_id) IS DISTINCT FROM (e.id, e.account_id, e.identifier_id, e.filer_id)"
#: Numbers of the entries that a load of entries changed.
LOADED = "SELECT number FROM changed_in"


def follow_entries(session: Session, entries: str) -> None:
    """Requests on these entries (a query of numbers) belong to whom the stored entry belongs; touched are both sides.

    Used by a load of entries when it is in, and when it is undone: then a request whose entry is gone waits again. One
    that staff recorded by hand under an account stays with that account.
    """
    session.run(f"CREATE TEMPORARY TABLE followed ON COMMIT DROP AS {entries}")
    entries = "TABLE followed"
    concerned = f"FROM examinations_request q WHERE q.entry_number IN ({entries})"
    sides = f"SELECT account_id {concerned} UNION SELECT filer_id {concerned}"
    session.run("ANALYZE followed")
    before = session.rows(sides)
    if not before:
        return
    session.run(
        f"""UPDATE examinations_request q SET {_SET} FROM examinations_entry e
            WHERE q.entry_number IN ({entries}) AND e.number = q.entry_number AND e.source = 'cbp'
              AND {_APART} AND {_ITS_OWN}"""
    )
    session.run(
        f"""UPDATE examinations_request q
            SET entry_id = NULL, identifier_id = NULL, account_id = CASE WHEN load_id IS NULL THEN account_id END
            WHERE q.entry_number IN ({entries}) AND q.entry_id IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM examinations_entry e WHERE e.number = q.entry_number AND e.source = 'cbp')"""
    )
    session.touched |= {pk for (pk,) in [*before, *session.rows(sides)] if pk}  # type: ignore[misc]
