"""Every day that the law sets for goods that were chosen for an examination: who must act by then, and by which rule.

Pure: rows in, days out. An examination's own page and the calendar of all dates both read it from here, so that neither
names a day that the other leaves out.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from examinations import clocks
from examinations.holding import OTHER_AGENCY, Holding, Stage, agency_of_file, by_another_agency, excluded_on
from examinations.models import Detention, Examination
from examinations.models.examination import OPEN_DISPOSITIONS, Disposition, ExaminationType
from look.formats import long_day

FDA = "FDA"


class Kind(StrEnum):
    """What must be done by the day, or what ends on it."""

    RELEASE = "release"
    DECISION = "admission"
    NOTICE = "detention-notice"
    PROOF = "proof"
    PROTEST = "exclusion"
    CONDITIONAL = "conditional"
    ORIGIN = "origin"


#: What the account itself must do by the day, or loses.
OF_ACCOUNT = (Kind.PROOF, Kind.PROTEST)


@dataclass(frozen=True)
class Deadline:
    """One day. title: in few words, as the page of the examination says it. note: from when it is counted, and what
    follows. rule: its section."""

    kind: Kind
    day: datetime.date
    title: str
    note: str
    rule: str

    @property
    def of_account(self) -> bool:
        return self.kind in OF_ACCOUNT


def deadlines_of(
    examination: Examination, holding: Holding | None, detention: Detention | None, *, textiles: bool | None = None
) -> Iterator[Deadline]:
    """The days of one examination's goods, those past too.

    holding: where the goods stand (examinations/holding.py). detention: what staff recorded. textiles: whether any of
    the goods are of chapters 50 to 63, None where their lines are not known.
    """
    if holding:
        yield from _of_held(holding, clocks.admissible_by(examination.presented))
    yield from _of_protest(examination, holding, detention)
    released = conditionally_released(examination, detention)
    if released:
        yield from _of_condition(examination, detention, released, textiles)


def _of_held(holding: Holding, final: datetime.date | None) -> Iterator[Deadline]:
    if holding.by and holding.stage == Stage.DECIDING:
        note, rule = "Five business days from presentation", clocks.RELEASE_OR_DETAIN_RULE
        yield Deadline(Kind.RELEASE, holding.by, "Release or detention", note, rule)
    if final and holding.stage in (Stage.DECIDING, Stage.DETAINED, Stage.EXCLUDED):
        note = "30 days from presentation; with none, the goods count as excluded and you may protest"
        yield Deadline(Kind.DECISION, final, "Final decision", note, clocks.ADMISSIBILITY_RULE)
    if holding.notice_by:
        note = "It says why and what would help"
        yield Deadline(Kind.NOTICE, holding.notice_by, "Notice of detention", note, clocks.NOTICE_RULE)
    if holding.by and holding.stage in (Stage.PROVING, Stage.PROOF_OVER):
        note = "Three months from importation"
        yield Deadline(Kind.PROOF, holding.by, "Proof that the goods may come in", note, clocks.PROOF_RULE)


# ---- protests --------------------------------------------------------------------------------------------------


def _of_protest(examination: Examination, holding: Holding | None, detention: Detention | None) -> Iterator[Deadline]:
    """The last day to protest an exclusion or a refusal: 180 days from it (19 CFR 174.12(e)).

    CBP's file says that goods are refused, and not since when. Where staff recorded no exclusion either, the day is
    counted from the earliest on which they can have been: a later one could come too late.
    """
    refused = examination.disposition == Disposition.REFUSED
    on = holding.excluded if holding else None
    if detention and refused:
        on = excluded_on(examination, detention)
    if on:
        yield _protest(on, "Last day to protest", f"180 days from the exclusion of {long_day(on)}")
    elif refused:
        on = earliest_refusal(examination, detention)
        note = f"180 days from {long_day(on)}, the earliest day that counts: the data do not name the day of refusal"
        yield _protest(on, "Last day to protest, to be safe", note)


def _protest(on: datetime.date, title: str, note: str) -> Deadline:
    return Deadline(Kind.PROTEST, clocks.protest_by(on), title, note, clocks.PROTEST_RULE)


def earliest_refusal(examination: Examination, detention: Detention | None) -> datetime.date:
    """The earliest day from which the time to protest a refusal can run: goods are refused after the last step that is
    known of them, and count as excluded after thirty days without a decision, where CBP's law binds them."""
    steps = (examination.selected, examination.notified, examination.presented, examination.examined)
    last = max(step for step in steps if step)
    over = None if by_another_agency(examination, detention) else clocks.admissible_by(examination.presented)
    return min(last, over) if over else last


def may_still_protest(examination: Examination, as_of: datetime.date) -> bool:
    """Whether the time to protest a refusal may run beyond the day that is safe.

    With neither a day of examination nor of release the result is known since the day of the file that told it first:
    the refusal was no later.
    """
    told_by_file = examination.closed if not (examination.examined or examination.released) else None
    return told_by_file is None or as_of <= clocks.protest_by(told_by_file)


# ---- conditional releases --------------------------------------------------------------------------------------


def conditionally_released(examination: Examination, detention: Detention | None) -> datetime.date | None:
    """The day on which goods were released on condition; None where they were not, or the result is known.

    By the file: released with the result pending. By staff, before the file shows it: the day of their decision.
    """
    if examination.type == ExaminationType.ESR or examination.disposition not in OPEN_DISPOSITIONS:
        return None
    recorded = detention.outcome if detention else ""
    if recorded == Detention.Outcome.CONDITIONAL and detention:
        return examination.released or detention.outcome_date
    pending = examination.disposition == Disposition.PENDING
    return examination.released if pending and not recorded else None


def agency_of_release(examination: Examination, detention: Detention | None) -> str:
    """Which other agency's law ends a conditional release; empty where it is CBP's."""
    if not by_another_agency(examination, detention):
        return ""
    by_staff = detention.decided_by if detention else ""
    return agency_of_file(examination) or by_staff or OTHER_AGENCY


def _of_condition(
    examination: Examination, detention: Detention | None, released: datetime.date, textiles: bool | None
) -> Iterator[Deadline]:
    """30 days in general, 180 for the origin of textiles; for FDA's goods its own word may come first, and of another
    agency's no day is known (domain 3.2)."""
    agency, rule, title = (
        agency_of_release(examination, detention),
        clocks.CONDITIONAL_RULE,
        "End of the conditional release",
    )
    last = clocks.conditional_until(released)
    if agency.upper() == FDA:
        note = "Or earlier, on the day on which FDA refuses the goods or says that they may proceed"
        yield Deadline(Kind.CONDITIONAL, last, title, note, rule)
    elif not agency:
        note = "Until then CBP may demand the goods back"
        note += "; textiles over their origin for 180 days" if textiles is None else ""
        yield Deadline(Kind.CONDITIONAL, last, title, note, rule)
        if textiles:
            note = "180 days for textiles: until then CBP may demand them back over their origin"
            yield Deadline(Kind.ORIGIN, clocks.textiles_until(released), f"{title}, for origin", note, rule)
