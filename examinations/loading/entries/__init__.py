"""Entries from ES-003: rows become versions of entries, with their summaries, in one transaction."""

from django.db import transaction

from examinations.loading.entries import checks, fees, numbering, own, parties, straight, summaries, undoing, versions
from examinations.loading.kinds import Kind, register
from examinations.loading.reading import Naming
from examinations.loading.reading.columns import ENTRIES
from examinations.loading.requests import linking
from examinations.loading.session import Session

MONEY, DAY = "numeric(18,2)", "date"
TYPES = {
    "line": "smallint",
    "ordinal": "smallint",
    "entry_date": DAY,
    "summary_date": DAY,
    "value": MONEY,
    "duty": MONEY,
    "mpf": MONEY,
    "hmf": MONEY,
    "tax": MONEY,
    "fees": MONEY,
    "quantity": "numeric(18,4)",
    "reconciliation_due": DAY,
    "corrected": "boolean DEFAULT false",
    "liquidation_date": DAY,
    "liquidated_duty": MONEY,
}


def bring_in(session: Session) -> None:
    """Check what the file holds, then write new versions, summaries and links.

    Entries whose rows stand together, as nearly all do, are made ready block by block. Where that was wrong (the rows
    of one lie apart after all, or the file is stale) what was written is taken back, and the file is read again for
    statements that see all of its rows, as those of an account's own file are.
    """
    if not session.owner:
        try:
            with transaction.atomic():
                session.make_tables()
                _make_tables(session)
                straight.bring_in(session)
                _bring_in_rest(session)
                return
        except versions.Disorderly:
            session.start_again()
    _make_tables(session)
    session.stage()
    _bring_in_rest(session)


def _make_tables(session: Session) -> None:
    straight.make_tables(session)
    versions.make_tables(session)
    summaries.make_tables(session)
    if not session.owner:
        parties.make_tables(session)


def _bring_in_rest(session: Session) -> None:
    """Everything of the file that is not in its tables yet. Raises versions.Disorderly."""
    session.progress("Checking", 0)
    numbering.number_the_rows(session)
    checks.refuse_repeated_rows(session)
    fees.estimate_missing(session)
    versions.group(session)
    checks.refuse_entries_at_odds(session)
    if session.owner:
        own.refuse_what_is_of_others(session)
        own.leave_to_cbp(session)
    checks.refuse_stale_versions(session)
    numbering.tell_places(session)
    if session.owner:
        own.find_parties(session)
    else:
        parties.find_or_make(session, "grouped")
        parties.note_names_of(session, "grouped")
        parties.say_made(session)
    session.progress("Writing", 0)
    versions.take_in(session, "grouped")
    session.say_spoiled("entry", "entries", "met")
    # Before statements over the whole file: autovacuum, which sees no row of an open transaction, may have called them few.
    session.refresh_statistics("examinations_entry", "examinations_entryline")
    summaries.bring_up_to_date(session)
    summaries.relate(session, "changed_in")
    versions.note_touched(session)
    if not session.owner:
        versions.link_waiting_examinations(session)
        linking.follow_entries(session, linking.LOADED)


FILLS = ("examinations_entry", "examinations_entryline", "examinations_entrymonth")
NAMING = Naming(("entry_number",), part="line", place="ordinal")

register(Kind("entries", ENTRIES, "entry_number", TYPES, bring_in, FILLS, undoing.undo, NAMING))
