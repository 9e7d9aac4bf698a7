"""The dates that bind one entry: until when it may be corrected, when it liquidates, until when to protest.

Pure: an entry's own fields and a day in, dates out; no statement. `examinations/closing/` says the same in SQL, for
lists.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from examinations import clocks
from examinations.models import Entry

#: Types whose duty may change by an AD/CVD order: their liquidation is suspended, and no date is known (domain 3.2).
ADCVD_TYPES = ("03", "07", "34", "38")
SUSPENDED, EXTENDED, LIQUIDATED = "SUSPEN", "EXTEN", "LIQUIDATED"


class Standing(StrEnum):
    """How far an entry is on its way to liquidation."""

    LIQUIDATED = "Liquidated"
    SCHEDULED = "Liquidation scheduled"
    EXPECTED = "Liquidation expected"
    OVERDUE = "No liquidation on file"
    SUSPENDED = "Liquidation suspended"
    EXTENDED = "Liquidation extended"


@dataclass(frozen=True)
class EntryDates:
    """The dates of one entry on one day; None where there is none.

    liquidation: the real day once liquidated, the scheduled one where the file names it, else by the usual cycle.
    correction_by: None once liquidated. protest_by: None before. reconciliation_by: as the file names it.
    preference_claim_by: a project default, not confirmed by a source.
    """

    as_of: datetime.date
    standing: Standing
    summary_by: datetime.date
    liquidation: datetime.date | None
    correction_by: datetime.date | None
    protest_by: datetime.date | None
    preference_claim_by: datetime.date
    reconciliation_by: datetime.date | None

    @property
    def may_correct(self) -> bool:
        """Whether a post-summary correction is still possible on that day, the last one included."""
        return self.correction_by is not None and self.as_of <= self.correction_by

    @property
    def may_protest(self) -> bool:
        """Whether a protest is still possible on that day, the last one included."""
        return self.protest_by is not None and self.as_of <= self.protest_by

    @property
    def may_claim_preference(self) -> bool:
        """Whether a preference may still be claimed after import, by the year of 19 USC 1520(d)."""
        return self.as_of <= self.preference_claim_by


def standing_of(entry: Entry, as_of: datetime.date) -> Standing:
    """How far an entry is. The day in the file goes before its words, a word before what is merely usual."""
    if entry.liquidation_date is not None:
        return Standing.LIQUIDATED if entry.liquidation_date <= as_of else Standing.SCHEDULED
    said, status = entry.extension_status.upper(), entry.liquidation_status.upper()
    if status == LIQUIDATED:
        return Standing.LIQUIDATED
    if SUSPENDED in said or SUSPENDED in status:
        return Standing.SUSPENDED
    if EXTENDED in said or EXTENDED in status:
        return Standing.EXTENDED
    if entry.entry_type in ADCVD_TYPES:
        return Standing.SUSPENDED
    return Standing.EXPECTED if clocks.expected_liquidation(entry.entry_date) >= as_of else Standing.OVERDUE


def dates_of(entry: Entry, as_of: datetime.date) -> EntryDates:
    """All dates that bind an entry, as they stand on a day (domain 3.2)."""
    standing = standing_of(entry, as_of)
    liquidation = entry.liquidation_date
    if standing in (Standing.EXPECTED, Standing.OVERDUE):
        liquidation = clocks.expected_liquidation(entry.entry_date)
    liquidated = standing == Standing.LIQUIDATED
    return EntryDates(
        as_of=as_of,
        standing=standing,
        summary_by=clocks.entry_summary_by(entry.entry_date),
        liquidation=liquidation,
        correction_by=None if liquidated else clocks.correction_by(entry.entry_date, liquidation),
        protest_by=clocks.protest_by(liquidation) if liquidated and liquidation else None,
        preference_claim_by=clocks.preference_claim_by(entry.entry_date),
        reconciliation_by=entry.reconciliation_due,
    )
