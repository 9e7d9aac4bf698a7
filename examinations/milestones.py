"""An examination's history on one line, and the clock that runs on it. Pure: dates in, words out."""

import datetime
from dataclasses import dataclass

from examinations import clocks
from examinations.calendar import ONE_DAY, SATURDAY, holiday_name, is_working_day
from examinations.models import Entry, Examination
from examinations.models.examination import Disposition, ExaminationType
from look.charts import ClockStrip, Day
from look.formats import day, entry_number, plural, weekday

LONGEST_STRIP = 14


@dataclass(frozen=True)
class Step:
    """One milestone. state: done, now or ahead."""

    when: str
    title: str
    note: str = ""
    state: str = "done"


def steps_of(examination: Examination, entry: Entry | None, as_of: datetime.date) -> list[Step]:
    """What happened in order of days, where it stands, and what comes."""
    done: list[tuple[datetime.date, str, str]] = []
    if entry:
        done.append((entry.entry_date, "Entry filed", entry_number(entry.number)))
    review = examination.type == ExaminationType.ESR
    chosen = "Chosen for a review of its papers" if review else f"Selected: {examination.get_type_display().lower()}"
    done.append((examination.selected, chosen, "" if review else "Days held count from here"))
    for at, title, note in (
        (examination.notified, "Notice of it was given", ""),
        (examination.presented, "Presented", "In a condition to be viewed; CBP’s five business days run from here"),
        (examination.examined, "Reviewed" if review else "Examined", ""),
        (examination.released, "Released", ""),
    ):
        if at:
            done.append((at, title, note))
    steps = [Step(day(at, as_of), title, note) for at, title, note in sorted(done, key=lambda one: one[0])]
    return steps + _from_now(examination, as_of)


def _from_now(examination: Examination, as_of: datetime.date) -> list[Step]:
    if not examination.holds_goods:
        if examination.disposition == Disposition.PENDING:
            return [Step("Now", "Result pending", state="now")]
        closed = examination.closed
        return [Step(day(closed, as_of), f"Result: {examination.get_disposition_display().lower()}")] if closed else []
    held = plural(clocks.days_held(examination.selected, None, as_of), "day")
    steps = [Step("Now", f"Held for {held}", state="now")]
    decide_by = clocks.release_or_detain_by(examination.presented)
    if decide_by is None:
        steps.append(Step("Next", "Presentation", "Five business days to release or detain run from then", "ahead"))
    elif decide_by >= as_of:
        steps.append(
            Step(f"by {day(decide_by, as_of)}", "Release or detention", clocks.RELEASE_OR_DETAIN_RULE, "ahead")
        )
    else:
        steps.append(_after_five_days(examination, as_of))
    return steps


def _after_five_days(examination: Examination, as_of: datetime.date) -> Step:
    """No decision is a detention; from presentation on CBP has 30 days in all, another agency its own law."""
    decide_by = clocks.admissible_by(examination.presented)
    assert decide_by is not None
    if examination.type == ExaminationType.PGA:
        return Step("Next", "Decision of the other agency", "Its own law sets the clock", "ahead")
    if decide_by >= as_of:
        return Step(f"by {day(decide_by, as_of)}", "Decision on admission", clocks.ADMISSIBILITY_RULE, "ahead")
    note = f"Undecided goods count as excluded, which may be protested ({clocks.ADMISSIBILITY_RULE})"
    return Step(day(decide_by, as_of), "30 days from presentation were over", note)


def clock_of(examination: Examination, as_of: datetime.date) -> ClockStrip | None:
    """The five business days as a strip of real days; None where the clock is not known or long over."""
    presented, last = examination.presented, clocks.release_or_detain_by(examination.presented)
    if not examination.holds_goods or presented is None or last is None or as_of > last:
        return None
    days = []
    at = presented
    while at <= last and len(days) < LONGEST_STRIP:
        days.append(_day(at, presented, last, as_of))
        at += ONE_DAY
    label = f"Presented {weekday(presented)}. Today is {weekday(as_of)}. CBP must release or detain by {weekday(last)}."
    return ClockStrip(label, days)


def _day(at: datetime.date, presented: datetime.date, last: datetime.date, as_of: datetime.date) -> Day:
    if at == last:
        return Day(at, "last")
    if not is_working_day(at) and at != presented:
        return Day(at, "off", "weekend" if at.weekday() >= SATURDAY else holiday_name(at))
    if at == as_of:
        return Day(at, "today")
    return Day(at, "begun" if at < as_of else "open")
