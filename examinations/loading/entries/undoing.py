"""Entries as they were before a load: rows, monthly sums, filing relations, and the examinations that waited for them."""

from examinations.loading import examination_months, undoing
from examinations.loading.entries import earlier, summaries
from examinations.loading.requests import linking
from examinations.loading.session import Session


def undo(session: Session) -> None:
    """Put back entries and their rows; what hangs on them is counted and linked as before."""
    undoing.find(session, "examinations_entry", earlier.ENTRIES)
    if not session.owner:
        _refuse_where_examined_since(session)
    summaries.make_tables(session)
    summaries.take_away(session, "(SELECT * FROM examinations_entry WHERE id IN (SELECT id FROM undone_rows)) e")
    session.run(
        """CREATE TEMPORARY TABLE pairs ON COMMIT DROP AS SELECT DISTINCT account_id, filer_id FROM examinations_entry
           WHERE id IN (SELECT id FROM undone_rows) AND source = 'cbp' AND filer_id <> account_id"""
    )
    session.touched |= {pk for pair in session.rows("SELECT account_id, filer_id FROM pairs") for pk in pair}  # type: ignore[misc]
    session.touched |= {pk for (pk,) in session.rows("SELECT account_id FROM undone_rows")}  # type: ignore[misc]
    session.run(
        """DELETE FROM examinations_entryline WHERE load_id = %(load)s AND entry_id IN (SELECT id FROM undone_rows)"""
    )
    session.run(
        """CREATE TEMPORARY TABLE undone_numbers ON COMMIT DROP AS
           SELECT number FROM examinations_entry WHERE id IN (SELECT id FROM undone_rows)
           UNION SELECT was ->> 'number' FROM undone_was"""
    )
    undoing.put_back(session, "examinations_entry")
    if not session.owner:
        undoing.refuse_where_moved(
            session,
            """SELECT e.identifier_id, e.account_id, e.filer_id, e.number AS entry_number
               FROM examinations_entry e JOIN undone_was u ON u.id = e.id WHERE e.source = 'cbp'""",
        )
    session.run(
        f"""INSERT INTO examinations_entryline (id, {earlier.OF_LINE}) SELECT row, {earlier.OF_LINE}
            FROM examinations_earlierentryline WHERE replaced_by_id = %(load)s"""
    )
    before = "(SELECT * FROM examinations_entry WHERE id IN (SELECT id FROM undone_was)) e"
    summaries.add(session, before)
    summaries.bring_up_to_date(session)
    summaries.relate(session, before)
    if session.owner:
        return  # on what an account uploads itself hangs nothing of CBP's
    _relate_as_before(session)
    _unlink(session)
    linking.follow_entries(session, "SELECT number FROM undone_numbers")


def _refuse_where_examined_since(session: Session) -> None:
    """An examination that came after the load found its owner by the load's entry: it would have none."""
    since = session.rows(
        """SELECT 1 FROM examinations_examination x JOIN undone_rows u ON u.id = x.entry_id
           JOIN examinations_load l ON l.id = x.load_id WHERE l.finished_at > %(version_at)s
             AND NOT EXISTS (SELECT 1 FROM undone_was w WHERE (w.id, w.account_id) = (u.id, x.account_id))
           UNION ALL
           SELECT 1 FROM examinations_supersededrow s JOIN examinations_examination x ON x.key = s.key
           WHERE s.load_id = %(load)s AND s.why = 'linked' AND x.load_id::text <> s.was ->> 'load_id' LIMIT 1"""
    )
    if since:
        raise undoing.CannotUndo("A later file of examinations names entries of this load: undo that one first.")


def _relate_as_before(session: Session) -> None:
    """Who filed for whom, and when first and last, from the entries that stand."""
    session.run(
        """DELETE FROM accounts_filingrelation r USING pairs p
           WHERE (r.importer_id, r.broker_id) = (p.account_id, p.filer_id)"""
    )
    session.run(
        """INSERT INTO accounts_filingrelation (importer_id, broker_id, first_filed, last_filed)
           SELECT e.account_id, e.filer_id, min(e.entry_date), max(e.entry_date)
           FROM examinations_entry e JOIN pairs p ON (p.account_id, p.filer_id) = (e.account_id, e.filer_id)
           WHERE e.source = 'cbp' GROUP BY e.account_id, e.filer_id
           ON CONFLICT (importer_id, broker_id) DO UPDATE
           SET first_filed = excluded.first_filed, last_filed = excluded.last_filed"""
    )


def _unlink(session: Session) -> None:
    """Examinations that the load linked or moved wait, or belong, as before."""
    session.run(
        """CREATE TEMPORARY TABLE unlinked ON COMMIT DROP AS
           SELECT x.id, x.account_id AS from_account, r.account_id, r.filer_id, r.identifier_id, r.entry_id, r.entry_number
           FROM examinations_supersededrow s
           JOIN examinations_examination x ON x.key = s.key,
                jsonb_populate_record(NULL::examinations_examination, s.was) r
           WHERE s.load_id = %(load)s AND s."table" = 'examinations_examination' AND s.why = 'linked'"""
    )
    session.run(
        """UPDATE examinations_examination x SET account_id = u.account_id, filer_id = u.filer_id,
             identifier_id = u.identifier_id, entry_id = u.entry_id FROM unlinked u WHERE u.id = x.id"""
    )
    for part in ("discrepancy", "selection", "draw", "cost"):
        session.run(
            f"""UPDATE examinations_{part} p SET account_id = u.account_id FROM unlinked u
                WHERE p.examination_id = u.id AND p.account_id <> u.account_id"""
        )
    undoing.refuse_where_moved(session, "SELECT identifier_id, account_id, filer_id, entry_number FROM unlinked")
    sides = session.rows("SELECT from_account FROM unlinked UNION SELECT account_id FROM unlinked")
    examination_months.recompute(session, sorted({pk for (pk,) in sides}, key=str))
