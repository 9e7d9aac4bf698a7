"""What can be said of an entry's rows only together."""

from examinations.loading.session import Session

#: Columns on which all rows of an entry must agree: our field, and the header to name.
AGREED = {
    "importer": "Importer Number",
    "port": "Port of Entry Code",
    "entry_type": "Entry Type Code",
    "entry_date": "Entry Date",
    "summary_date": "Entry Summary Date",
}


def refuse_repeated_rows(session: Session) -> None:
    """The same tariff row twice: identical ones count once, different ones cannot be told right from wrong."""
    session.run(
        """CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS
           SELECT entry_number, line, ordinal, min(row) AS first_row FROM staged
           GROUP BY entry_number, line, ordinal HAVING count(*) > 1"""
    )
    if not session.rows("SELECT 1 FROM repeated LIMIT 1"):
        return
    content = ", ".join(sorted(session.table.present))
    session.run(
        f"""CREATE TEMPORARY TABLE at_odds ON COMMIT DROP AS
            SELECT entry_number, line, ordinal FROM staged JOIN repeated USING (entry_number, line, ordinal)
            GROUP BY entry_number, line, ordinal HAVING count(DISTINCT ({content})) > 1"""
    )
    session.reject(
        "Tariff Ordinal Number",
        "the same tariff row stands twice in this file with different contents (line %s)",
        "SELECT row, line::text AS said FROM staged JOIN at_odds USING (entry_number, line, ordinal)",
    )
    session.unchanged += session.run(
        """DELETE FROM staged s USING repeated r
           WHERE s.entry_number = r.entry_number AND s.line = r.line AND s.ordinal = r.ordinal AND s.row > r.first_row"""
    )


def refuse_entries_at_odds(session: Session) -> None:
    """Rows of one entry that disagree are rejected together, naming the column. Reads what versions.group made."""
    odd = {name: f"count(DISTINCT {name}) > 1" for name in AGREED}
    odd["summary_date"] = "min(earliest_summary) IS DISTINCT FROM max(summary_date)"
    session.run(
        f"""CREATE TEMPORARY TABLE disagreeing ON COMMIT DROP AS
            SELECT number AS entry_number, {", ".join(f"{sql} AS odd_{name}" for name, sql in odd.items())}
            FROM grouped WHERE number IN (
              SELECT number FROM grouped GROUP BY number HAVING count(*) > 1 OR {odd["summary_date"]})
            GROUP BY number"""
    )
    if not session.rows("SELECT 1 FROM disagreeing LIMIT 1"):
        return
    for name, header in AGREED.items():
        session.reject(
            header,
            f"rows of entry %s disagree on {header}; none of them is used",
            f"SELECT row, entry_number AS said FROM staged JOIN disagreeing USING (entry_number) WHERE odd_{name}",
        )
    session.run("DELETE FROM grouped g USING disagreeing d WHERE d.entry_number = g.number")


def refuse_stale_versions(session: Session) -> None:
    """A version older than the stored one would undo a correction."""
    stale = session.run(
        """CREATE TEMPORARY TABLE stale ON COMMIT DROP AS
           SELECT g.number AS entry_number FROM grouped g JOIN examinations_entry e ON e.number = g.number
           WHERE e.version_at > %(version_at)s AND e.source = %(source)s
             AND (%(owner)s::uuid IS NULL OR e.account_id = %(owner)s)"""
    )
    if not stale:
        return
    session.reject(
        "Entry Summary Number",
        "stale: a version of entry %s is stored that is newer than this file",
        "SELECT row, entry_number AS said FROM staged JOIN stale USING (entry_number)",
    )
    session.run("DELETE FROM grouped g USING stale s WHERE s.entry_number = g.number")
