"""Entries that are stored already: compared with what the file says, replaced and withdrawn, kept in history."""

from examinations.loading.entries import summaries
from examinations.loading.entries.columns import ENTRY_OWN, HEADER, LINE_COLUMNS, ROW, TOTALS, totals
from examinations.loading.session import Session

# OFFSET 0 keeps a lookup one by its index for each entry. A block's entries are few and lie together; the planner, who
# knows little of temporary tables, would read the stored table from its beginning for every block.

#: What is written anew in a row that changed, and compared to tell whether it did.
WRITTEN = ("account_id", "filer_id", "source", *ROW)


def make_tables(session: Session) -> None:
    """Tables `compared`, rows that differ from what is stored, and `changed`, the entries whose version is a new one."""
    own = ", ".join(f"l.{name}" for name in LINE_COLUMNS)
    session.run(
        f"""CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
            SELECT l.id, ''::text AS fate, NULL::jsonb AS was, l.account_id AS account_before, l.filer_id AS filer_before, {own}
            FROM examinations_entryline l LIMIT 0"""
    )
    session.run("CREATE TEMPORARY TABLE changed (id bigint, header boolean) ON COMMIT DROP")


def write(session: Session, ready: str, parameters: dict[str, object]) -> None:
    """Write what differs of the stored entries of `entries_in`. ready: a query of their rows in the file, as e."""
    replaced, added, withdrawn = _write_rows(session, ready, parameters)
    headers = _find_changed(session)
    if session.partial or session.rows("SELECT 1 FROM entries_in WHERE spoiled LIMIT 1"):
        _sum_again(session)
    _write_entries(session)
    _confirm_unchanged(session)
    also = 0
    if headers:
        also = _count(
            session,
            """SELECT coalesce(sum(e.rows), 0) - (SELECT count(*) FROM compared c JOIN changed h ON h.id = c.entry_id
                 WHERE h.header AND c.fate <> 'missing') FROM entries_in e JOIN changed h ON h.id = e.id WHERE h.header""",
        )
    whole = _count(session, "SELECT sum(rows) FROM entries_in WHERE stored")
    session.loaded += replaced + added + also
    session.unchanged += whole - replaced - added - also
    session.withdrawn += withdrawn


def _count(session: Session, query: str) -> int:
    return int(str(session.rows(query)[0][0]))


def _write_rows(session: Session, ready: str, parameters: dict[str, object]) -> tuple[int, int, int]:
    """Write the rows that differ. Returns how many were replaced, added and withdrawn."""
    old, new = (", ".join(f"{side}.{name}" for name in WRITTEN) for side in ("l", "r"))
    key = ("entry_id", "line", "ordinal")
    rest = ", ".join(f"r.{name}" for name in LINE_COLUMNS if name not in key)
    session.run(
        f"""INSERT INTO compared
            SELECT id, fate, CASE WHEN id IS NOT NULL THEN to_jsonb(l) END, l.account_id, l.filer_id, entry_id, line, ordinal, {rest}
            FROM ({ready} WHERE e.stored) r FULL JOIN (
              SELECT l.* FROM entries_in e CROSS JOIN LATERAL (
                SELECT * FROM examinations_entryline l WHERE l.entry_id = e.id OFFSET 0) l WHERE e.stored
            ) l USING (entry_id, line, ordinal) CROSS JOIN LATERAL (
              SELECT CASE WHEN r.source IS NULL THEN 'missing' WHEN l.id IS NULL THEN 'added'
                          WHEN ({old}) IS DISTINCT FROM ({new}) THEN 'replaced' END AS fate) f
            WHERE fate IS NOT NULL""",
        **parameters,
    )
    session.run(
        """DELETE FROM compared c USING entries_in e
           WHERE c.fate = 'missing' AND e.id = c.entry_id AND (%(partial)s OR e.spoiled)"""
    )
    many = {
        str(fate): int(str(rows)) for fate, rows in session.rows("SELECT fate, count(*) FROM compared GROUP BY fate")
    }
    if not many:
        return 0, 0, 0
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, c.account_before, c.filer_before, 'examinations_entryline',
                  e.number || '/' || c.line || '/' || c.ordinal,
                  CASE c.fate WHEN 'missing' THEN 'withdrawn' ELSE 'replaced' END, c.was, now()
           FROM compared c JOIN entries_in e ON e.id = c.entry_id WHERE c.id IS NOT NULL"""
    )
    if "missing" in many:
        session.run("DELETE FROM examinations_entryline l USING compared c WHERE l.id = c.id AND c.fate = 'missing'")
    if "replaced" in many:
        settings = ", ".join(f"{name} = c.{name}" for name in (*WRITTEN, "load_id"))
        session.run(
            f"UPDATE examinations_entryline l SET {settings} FROM compared c WHERE l.id = c.id AND c.fate = 'replaced'"
        )
    if "added" in many:
        columns = ", ".join(LINE_COLUMNS)
        session.run(
            f"INSERT INTO examinations_entryline ({columns}) SELECT {columns} FROM compared WHERE fate = 'added'"
        )
    return many.get("replaced", 0), many.get("added", 0), many.get("missing", 0)


def _find_changed(session: Session) -> int:
    """Into `changed`: the entries whose own columns or whose rows changed. Returns of how many their own did."""
    old, new = (", ".join(f"{side}.{name}" for name in (*ENTRY_OWN, *HEADER)) for side in ("o", "e"))
    session.run(
        f"""INSERT INTO changed
            SELECT id, header FROM (
              SELECT e.id, ({old}) IS DISTINCT FROM ({new}) AS header FROM entries_in e
              CROSS JOIN LATERAL (SELECT * FROM examinations_entry o WHERE o.id = e.id OFFSET 0) o WHERE e.stored) h
            WHERE header OR id IN (SELECT entry_id FROM compared)"""
    )
    session.run("ANALYZE changed")
    return _count(session, "SELECT count(*) FROM changed WHERE header")


def _sum_again(session: Session) -> None:
    """Where rows may stand that the file lacks, the sums are those of all rows that stand."""
    settings = ", ".join(f"{name} = t.{name}" for name in TOTALS)
    session.run(
        f"""UPDATE entries_in e SET {settings} FROM (
              SELECT l.entry_id, {totals("l.")} FROM examinations_entryline l
              JOIN entries_in i ON i.id = l.entry_id JOIN changed h ON h.id = i.id
              WHERE %(partial)s OR i.spoiled GROUP BY l.entry_id) t
            WHERE t.entry_id = e.id"""
    )


def _write_entries(session: Session) -> None:
    """Entries that changed get a new version; the old one is kept. Their months get the difference."""
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, o.account_id, o.filer_id, 'examinations_entry', o.number, 'replaced', to_jsonb(o), now()
           FROM changed c CROSS JOIN LATERAL (SELECT * FROM examinations_entry o WHERE o.id = c.id OFFSET 0) o"""
    )
    summaries.take_away(
        session,
        "(SELECT o.* FROM changed c CROSS JOIN LATERAL (SELECT * FROM examinations_entry o WHERE o.id = c.id OFFSET 0) o) e",
    )
    settings = ", ".join(f"{name} = e.{name}" for name in (*ENTRY_OWN, *HEADER, *TOTALS))
    session.run(
        f"""UPDATE examinations_entry o SET {settings}, version_at = %(version_at)s, load_id = %(load)s
            FROM entries_in e JOIN changed c ON c.id = e.id WHERE o.id = e.id"""
    )
    summaries.add(session, "(SELECT i.*, %(source)s AS source FROM entries_in i JOIN changed c ON c.id = i.id) e")


def _confirm_unchanged(session: Session) -> None:
    """Entries that the file only repeats were said as of now; as of when before is kept, to undo it by."""
    unchanged = """SELECT id FROM entries_in WHERE stored AND version_before < %(version_at)s
                   AND id NOT IN (SELECT id FROM changed)"""
    session.run(
        f"""INSERT INTO examinations_seenagain (load_id, "table", version_at, ids)
            SELECT %(load)s, 'examinations_entry', version_before, array_agg(id) FROM entries_in
            WHERE id IN ({unchanged}) GROUP BY version_before"""
    )
    session.run(f"UPDATE examinations_entry SET version_at = %(version_at)s WHERE id IN ({unchanged})")
