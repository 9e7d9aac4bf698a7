"""What must hold of an examination's rows."""

from examinations.loading import owners
from examinations.loading.session import Session

#: Columns on which the rows of one examination agree; what was found, and how grave, may differ.
AGREED = {
    "importer": "Importer Number",
    "entry_number": "Entry Summary Number",
    "line": "Entry Summary Line Number",
    "mode": "Mode of Transportation Code",
    "hold": "Hold Type Code",
    "type": "Examination Type Code",
    "agency": "Agency Code",
    "reason": "Selection Reason Code",
    "probability": "Selection Probability",
    "port": "Port Code",
    "selected": "Selected Date",
    "notified": "Notified Date",
    "presented": "Presented Date",
    "examined": "Examined Date",
    "released": "Released Date",
    "cost": "Examination Cost Amount",
}
STEPS = (
    ("selected", "released", "Released Date", "released before it was selected"),
    ("selected", "examined", "Examined Date", "examined before it was selected"),
    ("examined", "released", "Released Date", "released before it was examined"),
)


def fill_blanks(session: Session) -> None:
    """A blank reason is UNKNOWN, a blank disposition PENDING."""
    session.run("UPDATE staged SET reason = 'UNKNOWN' WHERE reason = ''")
    session.run("UPDATE staged SET disposition = 'PENDING' WHERE disposition = ''")


def refuse_impossible_rows(session: Session) -> None:
    """Of nothing, or with a probability that was not drawn, or going back in time."""
    session.reject(
        "Entry Summary Number",
        "the row names neither an entry nor a bill of lading nor a container",
        "SELECT row, '' AS said FROM staged WHERE entry_number = '' AND bill = '' AND container = ''",
    )
    session.reject(
        "Selection Probability",
        "a probability stands only with RANDOM or FOLLOWUP, not with %s",
        "SELECT row, reason AS said FROM staged WHERE probability IS NOT NULL AND reason NOT IN ('RANDOM', 'FOLLOWUP')",
    )
    session.reject(
        "Entry Summary Line Number",
        "a line stands only with an entry",
        "SELECT row, '' AS said FROM staged WHERE line IS NOT NULL AND entry_number = ''",
    )
    for before, after, column, what in STEPS:
        session.reject(
            column,
            f"the examination is {what} (%s)",
            f"SELECT row, {after}::text AS said FROM staged WHERE {after} < {before}",
        )


def find_owners(session: Session) -> None:
    """Give each row its entry where that is loaded, else its importer's account; neither is a reject."""
    owners.hold(session, "SELECT e.identifier_id FROM examinations_entry e JOIN staged s ON s.entry_number = e.number")
    session.reject(
        "Importer Number",
        "entry %s is not loaded, and the row has no importer number to wait under",
        """SELECT row, coalesce(nullif(s.entry_number, ''), '(none)') AS said FROM staged s
           WHERE importer = '' AND NOT EXISTS (
             SELECT 1 FROM examinations_entry e WHERE e.number = s.entry_number AND e.source = 'cbp')""",
    )
    session.reject(
        "Importer Number",
        "entry %s is of another importer number",
        """SELECT row, s.entry_number AS said FROM staged s
           JOIN examinations_entry e ON e.number = s.entry_number AND e.source = 'cbp'
           JOIN accounts_identifier i ON i.id = e.identifier_id WHERE s.importer <> '' AND i.key <> s.importer""",
    )
    session.run(
        """CREATE TEMPORARY TABLE importers ON COMMIT DROP AS
           SELECT importer AS key, min(importer_shown) AS shown, ''::text AS name FROM staged s
           WHERE importer <> '' GROUP BY importer"""
    )
    owners.say_made(session, owners.complete(session, "importers", "importer"), "importer")


def refuse_rows_at_odds(session: Session) -> None:
    """Several rows of one examination differ in what was found, in nothing else."""
    odd = {name: f"count(DISTINCT {name}) + bool_or({name} IS NULL)::int > 1" for name in AGREED}
    disagreeing = session.run(
        f"""CREATE TEMPORARY TABLE disagreeing ON COMMIT DROP AS
            SELECT name, {", ".join(f"{sql} AS odd_{column}" for column, sql in odd.items())} FROM staged
            WHERE name IN (SELECT name FROM staged GROUP BY name HAVING count(*) > 1)
            GROUP BY name HAVING {" OR ".join(odd.values())}"""
    )
    for column, header in AGREED.items() if disagreeing else ():
        session.reject(
            header,
            f"rows of examination %s disagree on {header}; none of them is used",
            f"""SELECT row, coalesce(nullif(number, ''), name) AS said FROM staged JOIN disagreeing USING (name)
                WHERE odd_{column}""",
        )
    session.reject(
        "Examination Number",
        "stale: a version of examination %s is stored that is newer than this file",
        """SELECT s.row, coalesce(nullif(s.number, ''), s.name) AS said FROM staged s
           JOIN examinations_examination x ON x.key = s.name WHERE x.version_at > %(version_at)s""",
    )
