"""Which row of its line a row is, where the file does not say: counted over all rows of the line, rejected ones too."""

from examinations.loading.session import Session

COLUMN = "Tariff Ordinal Number"
NUMBER = "Entry Summary Number"
#: Whether the eleven characters that a rejected row (r) has for its number are those of another entry than (s): more than
#: one is another, and it is not two neighbors that changed their places.
OF_ANOTHER = """(
  SELECT count(*) > 1 AND NOT (count(*) = 2 AND max(i) - min(i) = 1
    AND string_agg(substr(said, i, 1), '' ORDER BY i) = string_agg(substr(s.entry_number, i, 1), '' ORDER BY i DESC))
  FROM upper(regexp_replace(r.cells ->> %(place)s, '[- ]', '', 'g')) AS said, generate_series(1, 11) AS i
  WHERE length(said) = 11 AND substr(said, i, 1) <> substr(s.entry_number, i, 1))"""


def number_the_rows(session: Session) -> None:
    """Without an ordinal the order of rows within the line is the ordinal; a row whose order is not known is refused."""
    # Of a line of which every row is rejected the mended ones keep their order.
    alone = "" if "ordinal" in session.table.present else "UNION ALL SELECT 1 FROM rejected"
    if not session.rows(f"SELECT 1 FROM staged WHERE ordinal IS NULL {alone} LIMIT 1"):
        return
    where = ""
    if "ordinal" in session.table.present:
        where = "WHERE (entry_number, line) IN (SELECT entry_number, line FROM staged WHERE ordinal IS NULL)"
    session.run(
        f"""CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
            SELECT row, entry_number, line, row_number() OVER (PARTITION BY entry_number, line ORDER BY row) AS place,
                   count(*) OVER (PARTITION BY entry_number, line) AS rows
            FROM (SELECT row, entry_number, line FROM staged UNION ALL
                  SELECT row, key, part::smallint FROM rejected WHERE key <> '' AND part <> '') s {where}"""
    )
    session.run("ANALYZE numbered")
    session.run("UPDATE staged s SET ordinal = n.place FROM numbered n WHERE n.row = s.row")
    _refuse_what_follows_a_row_of_no_line(session)
    if session.in_parts:
        _refuse_one_of_several(session)


def _refuse_what_follows_a_row_of_no_line(session: Session) -> None:
    """A rejected row that does not say of which line it is may be one before these; so may one that does not say of which
    entry, or that took others in, where it stands before rows of one. But not one whose number no slip of a finger makes
    of that entry's: entries are filed one after the other, and a bad number of one is to cost the next nothing."""
    if not session.rows("SELECT 1 FROM rejected WHERE lost OR key <> '' AND part = '' LIMIT 1"):
        return
    # Asked once for each lost row, of which a file may be full.
    session.run("CREATE INDEX ON staged (row)")
    session.run(
        f"""CREATE TEMPORARY TABLE unplaced ON COMMIT DROP AS
           SELECT entry_number, min(row) AS row FROM (
             SELECT key AS entry_number, row FROM rejected WHERE NOT lost AND key <> '' AND part = ''
             UNION ALL
             SELECT s.entry_number, r.row FROM rejected r CROSS JOIN LATERAL (
               SELECT entry_number FROM staged WHERE row > r.row ORDER BY row LIMIT 1) s
             WHERE r.lost AND NOT (r.col = %(header)s AND {OF_ANOTHER})) u
           GROUP BY entry_number""",
        header=NUMBER,
        place=session.table.places["entry_number"],
    )
    session.run(
        """CREATE TEMPORARY TABLE doubtful ON COMMIT DROP AS
           SELECT n.row FROM numbered n JOIN unplaced u USING (entry_number) WHERE n.row > u.row"""
    )
    session.reject(
        COLUMN,
        "a rejected row of entry %s does not tell its line: without " + COLUMN + " nobody knows which row this is",
        "SELECT s.row, s.entry_number AS said FROM staged s JOIN doubtful d ON d.row = s.row",
    )
    session.run("DELETE FROM numbered n USING doubtful d WHERE d.row = n.row")


def _refuse_one_of_several(session: Session) -> None:
    """Where a file holds some rows of a stored line of several, their order tells nothing."""
    session.run(
        """CREATE TEMPORARY TABLE one_of_several ON COMMIT DROP AS
           SELECT n.row FROM numbered n JOIN examinations_entry e ON e.number = n.entry_number AND e.source = %(source)s
             AND (%(owner)s::uuid IS NULL OR e.account_id = %(owner)s)
           WHERE EXISTS (SELECT 1 FROM examinations_entryline l
                         WHERE l.entry_id = e.id AND l.line = n.line AND (n.rows > 1 OR l.ordinal > 1))"""
    )
    session.reject(
        COLUMN,
        "line %s has several rows: in a file of some of them " + COLUMN + " must say which one this is",
        "SELECT s.row, s.line::text AS said FROM staged s JOIN one_of_several o ON o.row = s.row",
    )
    session.run("DELETE FROM numbered n USING one_of_several o WHERE o.row = n.row")
    _refuse_what_may_be_one_more(session)


def _refuse_what_may_be_one_more(session: Session) -> None:
    """A row of another HTS number than the one stored for its line may be a second row of it, rejected when that came in."""
    session.run(
        """CREATE TEMPORARY TABLE one_more ON COMMIT DROP AS
           SELECT n.row FROM numbered n JOIN staged s ON s.row = n.row
             JOIN examinations_entry e ON e.number = n.entry_number AND e.source = %(source)s
               AND (%(owner)s::uuid IS NULL OR e.account_id = %(owner)s)
           WHERE EXISTS (SELECT 1 FROM examinations_entryline l
                         WHERE l.entry_id = e.id AND l.line = n.line AND l.hts <> s.hts)"""
    )
    session.reject(
        COLUMN,
        "line %s is on file with another HTS number: without " + COLUMN + " nobody knows whether this is one more row",
        "SELECT s.row, s.line::text AS said FROM staged s JOIN one_more o ON o.row = s.row",
    )
    session.run("DELETE FROM numbered n USING one_more o WHERE o.row = n.row")


def tell_places(session: Session) -> None:
    """Give rejected rows of lines of several rows their place, by which they are known when they come again alone."""
    if session.rows("SELECT 1 WHERE to_regclass('pg_temp.numbered') IS NOT NULL"):
        session.run("UPDATE rejected r SET place = n.place FROM numbered n WHERE n.row = r.row AND n.rows > 1")
