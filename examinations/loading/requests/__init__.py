"""Requests (CF-28, CF-29, CF-4647): the rows of one number become its version; waiting for its entry if need be."""

from examinations.loading.kinds import Kind, register
from examinations.loading.reading import Naming
from examinations.loading.reading.columns import REQUESTS
from examinations.loading.requests import checks, undoing, versions
from examinations.loading.session import Session

TYPES = {"line": "smallint", "issued": "date", "answered": "date"}


def bring_in(session: Session) -> None:
    """Check what is staged, then write new versions of requests and of what they ask about."""
    session.stage()
    session.progress("Checking", 0)
    checks.fill_blanks(session)
    checks.refuse(session)
    checks.count_repeated_rows_once(session)
    session.progress("Writing", 0)
    versions.gather(session)
    session.say_spoiled("request", "requests", "(SELECT spoiled FROM requests_in WHERE stored) q")
    versions.write(session)


FILLS = ("examinations_request", "examinations_requestline")

register(Kind("requests", REQUESTS, "number", TYPES, bring_in, FILLS, undoing.undo, Naming(("number",))))
