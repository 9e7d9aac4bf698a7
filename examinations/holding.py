"""Goods that wait: which law's clock runs for them, until when, and what is due. Pure: values in, values out.

domain 3.2 with "More clocks". Goods that CBP holds have 19 CFR 151.16, those under the Uyghur Forced Labor Prevention
Act too; a withhold release order has three months (19 CFR 12.43); another agency its own law (151.16(a)); for
intellectual property no source at hand names a date, and none is invented.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from examinations import clocks
from examinations.models import Detention, Examination
from examinations.models.examination import Disposition, ExaminationType, HoldType

#: Detentions under 19 CFR 151.16, with its thirty days.
OF_CBP = (Detention.Kind.CBP, Detention.Kind.UFLPA)
#: How it is called where nobody named it.
OTHER_AGENCY = "the other agency"


class Stage(StrEnum):
    """What runs for goods that wait."""

    NOT_PRESENTED = "not presented"
    DECIDING = "five business days"
    DETAINED = "thirty days"
    EXCLUDED = "thirty days over"
    PROVING = "three months"
    PROOF_OVER = "three months over"
    AGENCY = "another agency's law"
    UNDATED = "no date known"
    DECIDED = "decided"


@dataclass(frozen=True)
class Holding:
    """Where held goods stand on a day.

    by: the last day of what runs or ran, None where no date is known. rule: its section. lapsed: they count as detained
    only because no decision came. notice_by: when the notice of detention is due; None once it was given, and where
    this law knows none. decider: who decides. detained: kept, beyond being looked at. kind, outcome: as recorded.
    excluded: the day from which an exclusion may be protested, None where there is none.
    """

    stage: Stage
    by: datetime.date | None
    rule: str
    decider: str = "CBP"
    detained: bool = True
    lapsed: bool = False
    notice_by: datetime.date | None = None
    kind: str = ""
    outcome: str = ""
    excluded: datetime.date | None = None

    @property
    def next_day(self) -> datetime.date | None:
        """The last day of the clock that runs now; None where none runs, or its days are over."""
        return self.by if self.stage in (Stage.DECIDING, Stage.DETAINED, Stage.PROVING) else None

    @property
    def protest_by(self) -> datetime.date | None:
        """The last day to protest an exclusion, decided or come from silence (19 CFR 151.16(f), 174.12(e))."""
        return clocks.protest_by(self.excluded) if self.excluded else None

    @property
    def cbp_decides_by(self) -> datetime.date | None:
        """The day by which CBP must decide; None where it is not CBP's clock, or over."""
        return self.by if self.stage in (Stage.DECIDING, Stage.DETAINED) else None


def is_another_agencys(examination: Examination) -> bool:
    """Whether another agency's law holds the goods: 151.16 does not apply to these (19 CFR 151.16(a)).

    A file leaves the agency blank for CBP.
    """
    other = examination.agency.strip().upper() not in ("", "CBP")
    return other or examination.type == ExaminationType.PGA or examination.hold == HoldType.PGA


def holding_of(examination: Examination, detention: Detention | None, as_of: datetime.date) -> Holding | None:
    """Where the goods of an examination stand; None where none wait.

    detention: what staff recorded, which says more than the file: its kind decides which clock runs.
    """
    if not examination.holds_goods:
        return None
    if detention is None:
        if is_another_agencys(examination):
            decider = decider_of(examination, None)
            told = examination.disposition == Disposition.DETAINED
            return Holding(Stage.AGENCY, None, clocks.OTHER_AGENCY_RULE, decider, detained=told)
        return _of_cbp(examination, None, as_of)
    if detention.outcome:
        on, excluded = detention.outcome_date, excluded_on(examination, detention)
        decider, kind, outcome = decider_of(examination, detention), detention.kind, detention.outcome
        return Holding(Stage.DECIDED, on, "", decider, kind=kind, outcome=outcome, excluded=excluded)
    if detention.kind in OF_CBP:
        return _of_cbp(examination, detention, as_of)
    if detention.kind == Detention.Kind.WRO:
        return _of_order(examination, detention, as_of)
    decider = decider_of(examination, detention)
    if detention.kind == Detention.Kind.AGENCY:
        return Holding(Stage.AGENCY, None, clocks.OTHER_AGENCY_RULE, decider, kind=detention.kind)
    return Holding(Stage.UNDATED, None, "", decider, kind=detention.kind)


def excluded_on(examination: Examination, detention: Detention) -> datetime.date | None:
    """The day from which an exclusion that staff recorded may be protested; None where another outcome is recorded.

    The day of the decision, or the earlier one on which thirty days without any made the goods excluded (19 CFR
    151.16(e), (f)): a day of protest counted from the later one could come too late.
    """
    on: datetime.date | None = detention.outcome_date
    if detention.outcome != Detention.Outcome.EXCLUDED or on is None:
        return None
    over = clocks.admissible_by(examination.presented) if detention.kind in OF_CBP else None
    return min(on, over) if over else on


def by_another_agency(examination: Examination, detention: Detention | None) -> bool:
    """Whether another agency's law decides: what staff recorded of a detention says more than the file."""
    return detention.kind == Detention.Kind.AGENCY if detention else is_another_agencys(examination)


def agency_of_file(examination: Examination) -> str:
    """The other agency that the file names; empty where it names none, or CBP."""
    told: str = examination.agency.strip()
    return "" if told.upper() == "CBP" else told


def decider_of(examination: Examination, detention: Detention | None) -> str:
    """Who decides, as the notice names it; else the agency whose law holds the goods."""
    named: str = detention.decided_by if detention else ""
    if named:
        return named
    return (agency_of_file(examination) or OTHER_AGENCY) if by_another_agency(examination, detention) else "CBP"


def _of_cbp(examination: Examination, detention: Detention | None, as_of: datetime.date) -> Holding:
    """19 CFR 151.16: five business days from presentation to release or detain, thirty calendar days to decide."""
    first, last = clocks.release_or_detain_by(examination.presented), clocks.admissible_by(examination.presented)
    told = detention is not None or examination.disposition == Disposition.DETAINED
    kind = detention.kind if detention else ""
    decider = decider_of(examination, detention)
    if first is None or last is None:
        if told:
            return Holding(Stage.UNDATED, None, clocks.ADMISSIBILITY_RULE, decider, kind=kind)
        return Holding(Stage.NOT_PRESENTED, None, clocks.RELEASE_OR_DETAIN_RULE, decider, detained=False)
    if not told and as_of <= first:
        return Holding(Stage.DECIDING, first, clocks.RELEASE_OR_DETAIN_RULE, decider, detained=False)
    given = detention is not None and detention.notice_date is not None
    stage = Stage.DETAINED if as_of <= last else Stage.EXCLUDED
    notice_by = None if given else clocks.notice_of_detention_by(first)
    excluded = last if stage == Stage.EXCLUDED else None
    rule = clocks.ADMISSIBILITY_RULE
    return Holding(stage, last, rule, decider, True, not told, notice_by, kind, excluded=excluded)


def _of_order(examination: Examination, detention: Detention, as_of: datetime.date) -> Holding:
    """19 CFR 12.43: three months from importation to prove that the goods may come in."""
    last, decider = clocks.proof_by(detention.imported), decider_of(examination, detention)
    if last is None:
        return Holding(Stage.UNDATED, None, clocks.PROOF_RULE, decider, kind=detention.kind)
    stage = Stage.PROVING if as_of <= last else Stage.PROOF_OVER
    return Holding(stage, last, clocks.PROOF_RULE, decider, kind=detention.kind)
