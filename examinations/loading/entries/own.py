"""What an account uploads itself: rows of its own numbers only, beside CBP's and never before them.

Its rows carry the uploading account as account and as filer, whoever filed: they are nobody else's to see, make no
account and no relation between accounts, and their monthly sums stay apart from those of CBP.
"""

from examinations.loading.entries import earlier, summaries
from examinations.loading.session import Session


def refuse_what_is_of_others(session: Session) -> None:
    """An importer's own numbers, a broker's own filer codes; a row of neither is somebody else's."""
    session.run(
        """CREATE TEMPORARY TABLE own_numbers ON COMMIT DROP AS
           SELECT id AS identifier, kind, key FROM accounts_identifier WHERE account_id = %(owner)s FOR SHARE"""
    )
    kind = session.rows("SELECT kind FROM accounts_account WHERE id = %(owner)s")[0][0]
    column, what = (
        ("Entry Summary Number", "%s is not a filer code of your account")
        if kind == "broker"
        else ("Importer Number", "%s is not an importer number of your account")
    )
    said = "left(s.entry_number, 3)" if kind == "broker" else "s.importer_shown"
    session.reject(
        column,
        f"{what}: you can upload rows of your own numbers only",
        f"""SELECT s.row, {said} AS said FROM staged s WHERE NOT EXISTS (
              SELECT 1 FROM own_numbers o WHERE o.kind = 'importer' AND o.key = s.importer
                 OR o.kind = 'filer' AND o.key = left(s.entry_number, 3))""",
    )
    session.run("DELETE FROM grouped g WHERE NOT EXISTS (SELECT 1 FROM staged s WHERE s.entry_number = g.number)")


def leave_to_cbp(session: Session) -> None:
    """Rows of an entry of the account that CBP has loaded change nothing."""
    session.run(
        """CREATE TEMPORARY TABLE left_to_cbp ON COMMIT DROP AS
           SELECT g.number FROM grouped g JOIN examinations_entry e ON e.number = g.number AND e.source = 'cbp'
           WHERE %(owner)s IN (e.account_id, e.filer_id)"""
    )
    rows = session.run("DELETE FROM staged s USING left_to_cbp c WHERE c.number = s.entry_number")
    if rows:
        entries = session.run("DELETE FROM grouped g USING left_to_cbp c WHERE c.number = g.number")
        session.unchanged += rows
        noun = "entry is" if entries == 1 else "entries are"
        session.said.append(f"{entries:,} {noun} in CBP's data already: CBP's data stand.")


def find_parties(session: Session) -> None:
    """Tables `importers` and `filers` as the other loads have them, of the account alone."""
    session.run(
        """CREATE TEMPORARY TABLE importers ON COMMIT DROP AS
           SELECT g.importer AS key, %(owner)s::uuid AS account, coalesce(
             min(o.identifier), (SELECT min(c.identifier) FROM own_numbers c
                                 WHERE c.kind = 'filer' AND c.key = min(left(g.number, 3)))) AS identifier
           FROM grouped g LEFT JOIN own_numbers o ON o.kind = 'importer' AND o.key = g.importer GROUP BY g.importer"""
    )
    session.run(
        """CREATE TEMPORARY TABLE filers ON COMMIT DROP AS
           SELECT DISTINCT left(number, 3) AS key, %(owner)s::uuid AS account FROM grouped"""
    )
    # The number of a broker's client is kept as text beside the name: its identifier is another account's.
    session.run(
        """UPDATE grouped g SET importer_name = left(concat_ws(', ', nullif(g.importer_name, ''), g.importer_shown), 200)
           WHERE NOT EXISTS (SELECT 1 FROM own_numbers o WHERE o.kind = 'importer' AND o.key = g.importer)"""
    )


def give_way_to_cbp(session: Session) -> None:
    """What the importer or the filer of these entries uploaded itself goes whole, kept in history with this load."""
    if not session.once("SELECT 1 FROM examinations_entry WHERE source = 'own' LIMIT 1"):
        return
    session.run(
        """DROP TABLE IF EXISTS giving_way;
           CREATE TEMPORARY TABLE giving_way ON COMMIT DROP AS
           SELECT o.id, o.number FROM examinations_entry o JOIN entries_in e ON e.number = o.number
           WHERE o.source = 'own' AND o.account_id IN (e.account_id, e.filer_id)"""
    )
    entries = session.counts("SELECT count(*) FROM giving_way")[0]
    if not entries:
        return
    summaries.take_away(session, "(SELECT * FROM examinations_entry WHERE id IN (SELECT id FROM giving_way)) e")
    session.run(
        f"""{earlier.KEEP_LINES} SELECT l.id, %(load)s, 'replaced', now(), o.number, {earlier.of("l", earlier.LINE_COLUMNS)}
            FROM giving_way o JOIN examinations_entryline l ON l.entry_id = o.id"""
    )
    session.run(
        f"""{earlier.KEEP_ENTRIES} SELECT e.id, %(load)s, 'replaced', now(), {earlier.of("e", earlier.ENTRY_COLUMNS)}
            FROM giving_way o JOIN examinations_entry e ON e.id = o.id"""
    )
    session.run("DELETE FROM examinations_entryline l USING giving_way o WHERE l.entry_id = o.id")
    session.run("DELETE FROM examinations_entry e USING giving_way o WHERE e.id = o.id")
