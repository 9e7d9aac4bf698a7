"""Entries from ES-003: rows become versions of entries, with their summaries, in one transaction."""

from examinations.loading.entries import checks, fees, own, parties, summaries, undoing, versions
from examinations.loading.kinds import Kind, register
from examinations.loading.reading.columns import ENTRIES
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
    """Check what is staged, then write new versions, summaries and links."""
    session.progress("Checking", 0)
    checks.number_the_rows(session)
    checks.refuse_repeated_rows(session)
    fees.estimate_missing(session)
    versions.group(session)
    checks.refuse_entries_at_odds(session)
    if session.owner:
        own.refuse_what_is_of_others(session)
        own.leave_to_cbp(session)
    checks.refuse_stale_versions(session)
    if session.owner:
        own.find_parties(session)
    else:
        parties.find_or_make(session)
    session.progress("Writing", 0)
    versions.gather(session)
    summaries.remember_before(session)
    if not session.owner:
        own.give_way_to_cbp(session)
    versions.write(session)
    summaries.bring_up_to_date(session)
    if not session.owner:
        versions.link_waiting_examinations(session)


FILLS = ("examinations_entry", "examinations_entryline", "examinations_entrymonth")

register(Kind("entries", ENTRIES, "entry_number", TYPES, bring_in, FILLS, undoing.undo))
