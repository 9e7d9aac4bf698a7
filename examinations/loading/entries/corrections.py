"""Entries that are stored already: compared with what the file says, replaced and withdrawn, kept in history."""

from examinations.loading.entries import earlier, summaries
from examinations.loading.entries.columns import ENTRY_OWN, HEADER, LINE_COLUMNS, NOTED, ROW, TOTALS, totals
from examinations.loading.session import Session

# OFFSET 0 keeps a lookup one by its index for each entry. A block's entries are few and lie together; the planner, who
# knows little of temporary tables, would read the stored table from its beginning for every block.

#: What is written anew in a row that changed, and compared to tell whether it did.
WRITTEN = ("account_id", "filer_id", "source", *ROW)
KEY = ("entry_id", "line", "ordinal")


def make_tables(session: Session) -> None:
    """Table `compared`: rows that differ from what is stored, as they will be, and those that the file lacks."""
    own = ", ".join(f"l.{name}" for name in LINE_COLUMNS)
    session.run(
        f"""CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
            SELECT l.id, ''::text AS fate, {own} FROM examinations_entryline l LIMIT 0"""
    )


def write(session: Session, ready: str, parameters: dict[str, object]) -> None:
    """Write what differs of the stored entries of `entries_in`. ready: a query of their rows in the file, as e."""
    _compare(session, ready, parameters)
    replaced, added, withdrawn, whole, spoiled = _numbers(
        session,
        """SELECT count(*) FILTER (WHERE fate = 'replaced'), count(*) FILTER (WHERE fate = 'added'),
             count(*) FILTER (WHERE fate = 'missing'), (SELECT sum(rows) FROM entries_in WHERE stored),
             (SELECT count(*) FROM entries_in WHERE stored AND spoiled) FROM compared""",
    )
    if withdrawn:
        _withdraw(session)
    if replaced:
        _replace(session)
    if added:
        columns = ", ".join(LINE_COLUMNS)
        session.run(
            f"INSERT INTO examinations_entryline ({columns}) SELECT {columns} FROM compared WHERE fate = 'added'"
        )
    if session.partial or spoiled:
        _sum_again(session)
    also = _write_entries(session)
    _confirm_unchanged(session)
    session.loaded += replaced + added + also
    session.replaced += replaced + also
    session.unchanged += whole - replaced - added - also
    session.withdrawn += withdrawn


def _numbers(session: Session, query: str) -> list[int]:
    return [int(str(number)) for number in session.rows(query)[0]]


# ---- rows -------------------------------------------------------------------------------------------------


def _compare(session: Session, ready: str, parameters: dict[str, object]) -> None:
    """Into `compared`: what is to be replaced, added and withdrawn."""
    old, new = (", ".join(f"{side}.{name}" for name in WRITTEN) for side in ("l", "r"))
    rest = ", ".join(f"r.{name}" for name in LINE_COLUMNS if name not in KEY)
    session.run(
        f"""INSERT INTO compared SELECT id, fate, {", ".join(KEY)}, {rest}
            FROM ({ready} WHERE e.stored) r FULL JOIN (
              SELECT l.*, e.spoiled FROM entries_in e CROSS JOIN LATERAL (
                SELECT * FROM examinations_entryline l WHERE l.entry_id = e.id OFFSET 0) l WHERE e.stored
            ) l USING ({", ".join(KEY)}) CROSS JOIN LATERAL (
              SELECT CASE WHEN r.source IS NULL THEN CASE WHEN NOT (%(partial)s OR l.spoiled) THEN 'missing' END
                          WHEN l.id IS NULL THEN 'added'
                          WHEN ({old}) IS DISTINCT FROM ({new}) THEN 'replaced' END AS fate) f
            WHERE fate IS NOT NULL""",
        **parameters,
    )


def _kept(why: str) -> str:
    """SQL: into history what `gone` holds of rows as they were."""
    return f"""{earlier.KEEP_LINES} SELECT g.id, %(load)s, '{why}', now(), e.number, {earlier.of("g", earlier.LINE_COLUMNS)}
               FROM gone g JOIN entries_in e ON e.id = g.entry_id"""


def _withdraw(session: Session) -> None:
    session.run(
        f"""WITH gone AS (
              DELETE FROM examinations_entryline l USING compared c WHERE l.id = c.id AND c.fate = 'missing'
              RETURNING l.*)
            {_kept("withdrawn")}"""
    )


def _replace(session: Session) -> None:
    settings = ", ".join(f"{name} = c.{name}" for name in (*WRITTEN, "load_id"))
    session.run(
        f"""WITH gone AS (
              UPDATE examinations_entryline l SET {settings} FROM compared c WHERE l.id = c.id AND c.fate = 'replaced'
              RETURNING old.*)
            {_kept("replaced")}"""
    )


# ---- entries ----------------------------------------------------------------------------------------------


def _sum_again(session: Session) -> None:
    """Where rows may stand that the file lacks, the sums are those of all rows that stand."""
    settings = ", ".join(f"{name} = t.{name}" for name in TOTALS)
    session.run(
        f"""UPDATE entries_in e SET {settings} FROM (
              SELECT l.entry_id, {totals("l.")} FROM entries_in i CROSS JOIN LATERAL (
                SELECT * FROM examinations_entryline l WHERE l.entry_id = i.id OFFSET 0) l
              WHERE i.stored AND (%(partial)s OR i.spoiled) GROUP BY l.entry_id) t
            WHERE t.entry_id = e.id"""
    )


def _write_entries(session: Session) -> int:
    """Entries of which a row or an own column changed get a new version; the old one is kept. Their months get the difference.

    Returns how many of the file's rows are new only in what their entry says.
    """
    own = (*ENTRY_OWN, *HEADER)
    apart = f"({', '.join(f'o.{name}' for name in own)}) IS DISTINCT FROM ({', '.join(f'e.{name}' for name in own)})"
    settings = ", ".join(f"{name} = e.{name}" for name in (*own, *TOTALS))
    before = ", ".join(f"old.{name} AS old_{name}" for name in earlier.ENTRY_COLUMNS)
    kept = ", ".join(f"old_{name}" for name in earlier.ENTRY_COLUMNS)
    after = ", ".join(f"new.{name}" for name in summaries.OF_ENTRY)
    was = ", ".join(f"old_{name} AS {name}" for name in summaries.OF_ENTRY)
    difference = summaries.adding(
        f"{summaries.contributions(-1, f'(SELECT {was} FROM done) b')} UNION ALL {summaries.contributions(1, 'done')}"
    )
    (also,) = _numbers(
        session,
        f"""WITH done AS (
              UPDATE examinations_entry o SET {settings}, version_at = %(version_at)s, load_id = %(load)s
              FROM (SELECT *, id IN (SELECT entry_id FROM compared) AS touched FROM entries_in WHERE stored OFFSET 0) e
              WHERE o.id = e.id AND (e.touched OR {apart})
              RETURNING e.id, e.number, e.rows, {apart.replace("o.", "old.")} AS header, {before},
                {after}),
            kept AS ({earlier.KEEP_ENTRIES} SELECT id, %(load)s, 'replaced', now(), {kept} FROM done),
            summed AS ({difference}),
            noted AS (INSERT INTO changed_in SELECT {NOTED} FROM done)
            SELECT coalesce(sum(rows), 0) - (
              SELECT count(*) FROM compared c JOIN done d ON d.id = c.entry_id WHERE d.header AND c.fate <> 'missing')
            FROM done WHERE header""",
    )
    return also


def _confirm_unchanged(session: Session) -> None:
    """Entries that the file only repeats were said as of now; as of when before is kept, to undo it by."""
    session.run(
        """WITH seen AS (
             UPDATE examinations_entry o SET version_at = %(version_at)s FROM entries_in e
             WHERE o.id = e.id AND e.stored AND e.version_before < %(version_at)s AND o.load_id <> %(load)s
             RETURNING o.id, old.version_at)
           INSERT INTO examinations_seenagain (load_id, "table", version_at, ids)
           SELECT %(load)s, 'examinations_entry', version_at, array_agg(id) FROM seen GROUP BY version_at"""
    )
