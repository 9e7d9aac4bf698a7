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
    whole, added_to = session.counts(
        "SELECT sum(rows), count(*) FILTER (WHERE %(partial)s OR spoiled) FROM entries_in WHERE stored"
    )
    rows = f"{ready} WHERE e.stored"
    _compare(
        session, _among_what_stands(rows) if added_to else f"SELECT *, false AS lacked FROM ({rows}) f", parameters
    )
    replaced, added, withdrawn, followed = session.counts(
        """SELECT count(*) FILTER (WHERE fate = 'replaced'), count(*) FILTER (WHERE fate = 'added'),
             count(*) FILTER (WHERE fate = 'missing'), count(*) FILTER (WHERE fate = 'followed') FROM compared""",
    )
    if withdrawn:
        _withdraw(session)
    if replaced or followed:
        _replace(session)
    if added:
        columns = ", ".join(LINE_COLUMNS)
        session.run(
            f"INSERT INTO examinations_entryline ({columns}) SELECT {columns} FROM compared WHERE fate = 'added'"
        )
    if added_to:
        _sum_again(session)
    also = _write_entries(session)
    _confirm_unchanged(session)
    session.loaded += replaced + added + also
    session.replaced += replaced + also
    session.unchanged += whole - replaced - added - also
    session.withdrawn += withdrawn
    session.run("TRUNCATE compared")


# ---- rows -------------------------------------------------------------------------------------------------


def _among_what_stands(rows: str) -> str:
    """SQL: the rows of the file and, of entries of which it may lack some, the stored ones that it lacks (`lacked`): whose
    they are and which row stands for a line is told of all of them together."""
    of_entry = {name: f"e.{name}" for name in ("account_id", "filer_id", "entry_date", "port")}
    of_entry |= {"source": "%(source)s", "load_id": "%(load)s::uuid"}
    stored = ", ".join(of_entry.get(name, f"l.{name}") for name in LINE_COLUMNS)
    stands = """CASE WHEN %(partial)s OR e.spoiled
                THEN row_number() OVER (PARTITION BY a.entry_id, a.line ORDER BY (a.hts >= '98'), a.ordinal) = 1
                ELSE a.stands_for_line END"""
    all_of = ", ".join(f"{stands} AS {name}" if name == "stands_for_line" else f"a.{name}" for name in LINE_COLUMNS)
    return f"""
        WITH file AS MATERIALIZED ({rows})
        SELECT {all_of}, a.lacked FROM (
          SELECT {", ".join(LINE_COLUMNS)}, false AS lacked FROM file UNION ALL
          SELECT {stored}, true FROM entries_in e CROSS JOIN LATERAL (
            SELECT * FROM examinations_entryline l WHERE l.entry_id = e.id OFFSET 0) l
          WHERE e.stored AND (%(partial)s OR e.spoiled) AND NOT EXISTS (
            SELECT 1 FROM file f WHERE (f.entry_id, f.line, f.ordinal) = (l.entry_id, l.line, l.ordinal))
        ) a JOIN entries_in e ON e.id = a.entry_id"""


def _compare(session: Session, rows: str, parameters: dict[str, object]) -> None:
    """Into `compared`: what is to be replaced, added and withdrawn, and what the file lacks but that follows its entry."""
    old, new = (", ".join(f"{side}.{name}" for name in WRITTEN) for side in ("l", "r"))
    rest = ", ".join(f"r.{name}" for name in LINE_COLUMNS if name not in KEY)
    session.run(
        f"""INSERT INTO compared SELECT id, fate, {", ".join(KEY)}, {rest}
            FROM ({rows}) r FULL JOIN (
              SELECT l.* FROM entries_in e CROSS JOIN LATERAL (
                SELECT * FROM examinations_entryline l WHERE l.entry_id = e.id OFFSET 0) l WHERE e.stored
            ) l USING ({", ".join(KEY)}) CROSS JOIN LATERAL (
              SELECT CASE WHEN r.source IS NULL THEN 'missing'
                          WHEN l.id IS NULL THEN 'added'
                          WHEN ({old}) IS DISTINCT FROM ({new})
                          THEN CASE WHEN r.lacked THEN 'followed' ELSE 'replaced' END END AS fate) f
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
              UPDATE examinations_entryline l SET {settings} FROM compared c WHERE l.id = c.id AND c.fate IN ('replaced', 'followed')
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
    (also,) = session.counts(
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
              SELECT count(*) FROM compared c JOIN done d ON d.id = c.entry_id WHERE d.header AND c.fate IN ('replaced', 'added'))
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
