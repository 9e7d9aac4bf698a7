"""Examinations: the rows of one become its version, with what was found; waiting for its entry where that has not come."""

from examinations.loading.examinations import checks, naming, undoing, versions
from examinations.loading.kinds import Kind, register
from examinations.loading.reading import Naming
from examinations.loading.reading.columns import EXAMINATIONS
from examinations.loading.session import Session

MONEY, DAY = "numeric(18,2)", "date"
TYPES = {
    "line": "smallint",
    "probability": "numeric(10,9)",
    "selected": DAY,
    "notified": DAY,
    "presented": DAY,
    "examined": DAY,
    "released": DAY,
    "declared": MONEY,
    "found": MONEY,
    "revenue_difference": MONEY,
    "cost": MONEY,
}


def bring_in(session: Session) -> None:
    """Check what is staged, then write examinations, their parts and the months they count in."""
    session.stage()
    session.progress("Checking", 0)
    checks.fill_blanks(session)
    checks.refuse_impossible_rows(session)
    checks.find_owners(session)
    checks.refuse_rows_at_odds(session)
    session.progress("Writing", 0)
    versions.gather(session)
    session.say_spoiled("examination", "examinations", "(SELECT spoiled FROM examinations_in WHERE stored) x")
    versions.write(session)


FILLS = ("examinations_examination", "examinations_selection", "examinations_discrepancy")
NAMING = Naming(naming.FIELDS, naming.names)

register(Kind("examinations", EXAMINATIONS, "type", TYPES, bring_in, FILLS, undoing.undo, NAMING))
