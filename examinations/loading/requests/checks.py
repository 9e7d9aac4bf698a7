"""What must hold of a request's rows."""

from examinations.loading.session import Session

#: Columns on which the rows of one request agree; the line and what is asked of it may differ.
AGREED = {
    "form": "Form",
    "entry_number": "Entry Summary Number",
    "issued": "Issued Date",
    "answered": "Answered Date",
    "outcome": "Outcome Code",
    "review_team": "Review Team Number",
}


def fill_blanks(session: Session) -> None:
    """A blank outcome is OPEN."""
    session.run("UPDATE staged SET outcome = 'OPEN' WHERE outcome = ''")


def refuse(session: Session) -> None:
    """Going back in time, at odds with each other, or older than what is stored."""
    session.reject(
        "Answered Date",
        "the request was answered before it was issued (%s)",
        "SELECT row, answered::text AS said FROM staged WHERE answered < issued",
    )
    for name, header in AGREED.items():
        session.reject(
            header,
            f"rows of request %s disagree on {header}; none of them is used",
            f"""SELECT row, number AS said FROM staged WHERE number IN (
                  SELECT number FROM staged GROUP BY number
                  HAVING count(DISTINCT {name}) + bool_or({name} IS NULL)::int > 1)""",
        )
    session.reject(
        "Request Number",
        "stale: a version of request %s is stored that is newer than this file",
        """SELECT s.row, s.number AS said FROM staged s JOIN examinations_request q ON q.number = s.number
           WHERE q.version_at > %(version_at)s""",
    )


def count_repeated_rows_once(session: Session) -> None:
    """Rows agree but for line and subject: the same of both is the same row."""
    session.unchanged += session.run(
        """DELETE FROM staged s USING staged f WHERE f.number = s.number AND f.line IS NOT DISTINCT FROM s.line
           AND f.subject = s.subject AND f.row < s.row"""
    )
