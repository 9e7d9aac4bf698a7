"""An examination's history on one line, and the clock that runs on it. Rows in, words out; asks the database nothing."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from examinations import clocks
from examinations.calendar import ONE_DAY, SATURDAY, holiday_name, is_working_day
from examinations.deadlines import (
    FDA,
    Deadline,
    agency_of_release,
    conditionally_released,
    deadlines_of,
    earliest_refusal,
    may_still_protest,
)
from examinations.holding import Holding, Stage, excluded_on
from examinations.models import Detention, Entry, Examination
from examinations.models.examination import Disposition, ExaminationType
from look.charts import ClockStrip, Day
from look.formats import day, entry_number, plural, weekday

LONGEST_STRIP = 14
WEEK = datetime.timedelta(days=7)

#: A day, what happens or is due on it, and what to know about it.
Event = tuple[datetime.date, str, str]


@dataclass(frozen=True)
class Step:
    """One milestone. state: done, now or ahead."""

    when: str
    title: str
    note: str = ""
    state: str = "done"


def steps_of(
    examination: Examination,
    entry: Entry | None,
    as_of: datetime.date,
    holding: Holding | None = None,
    detention: Detention | None = None,
    waits_for: str = "",
    *,
    textiles: bool | None = None,
) -> list[Step]:
    """What happened in order of days, where it stands, and what must come, by when, under which section.

    holding: where goods that wait stand (examinations/holding.py). waits_for: what the account has still to send.
    textiles: whether the goods are (examinations/deadlines.py).
    """
    past = [*_history(examination, entry), *_decisions(examination, holding, detention, as_of)]
    done = [Step(day(at, as_of), title, note) for at, title, note in sorted(past, key=lambda one: one[0])]
    due = [*_of_entry(entry), *_of_goods(deadlines_of(examination, holding, detention, textiles=textiles))]
    ahead = [Step(f"by {day(at, as_of)}", title, note, "ahead") for at, title, note in sorted(due) if at >= as_of]
    undated = _without_a_day(examination, holding, detention, as_of)
    return [*done, *_now(examination, holding, as_of, waits_for), *ahead, *undated]


def _history(examination: Examination, entry: Entry | None) -> Iterator[Event]:
    """What the files tell."""
    if entry:
        yield entry.entry_date, "Entry filed", entry_number(entry.number)
        if entry.summary_date:
            yield entry.summary_date, "Entry summary filed", ""
    review = examination.type == ExaminationType.ESR
    chosen = "Chosen for a review of its papers" if review else f"Selected: {examination.get_type_display().lower()}"
    yield examination.selected, chosen, "" if review else "Days held count from here"
    for at, title, note in (
        (examination.notified, "Notice of it was given", ""),
        (examination.presented, "Presented", "In a condition to be viewed: the legal days run from here"),
        (examination.examined, "Reviewed" if review else "Examined", ""),
        (examination.released, "Released", ""),
    ):
        if at:
            yield at, title, note


def _decisions(
    examination: Examination, holding: Holding | None, detention: Detention | None, as_of: datetime.date
) -> Iterator[Event]:
    """What was decided, and what became law because nothing was."""
    lapse = clocks.release_or_detain_by(examination.presented)
    if holding and holding.lapsed and lapse:
        yield (
            lapse,
            "No decision in five business days",
            f"The goods count as detained, {clocks.RELEASE_OR_DETAIN_RULE}",
        )
    if holding and holding.notice_by and holding.notice_by < as_of:
        yield (
            holding.notice_by,
            "Notice of detention was due",
            f"With its reason, {clocks.NOTICE_RULE}; none is recorded",
        )
    if holding and holding.by and holding.stage == Stage.EXCLUDED:
        yield (
            holding.by,
            "30 days from presentation were over",
            f"Undecided goods count as excluded, {clocks.ADMISSIBILITY_RULE}",
        )
    if holding and holding.by and holding.stage == Stage.PROOF_OVER:
        yield holding.by, "Three months to prove admission were over", clocks.PROOF_RULE
    if detention and detention.notice_date:
        yield detention.notice_date, "Notice of detention", detention.get_kind_display()
    if detention and detention.outcome_date:
        yield detention.outcome_date, f"Decided: {detention.get_outcome_display().lower()}", ""


def _now(examination: Examination, holding: Holding | None, as_of: datetime.date, waits_for: str) -> list[Step]:
    if not examination.holds_goods:
        if examination.disposition == Disposition.PENDING:
            return [Step("Now", "Result pending", state="now")]
        closed = examination.closed
        return [Step(day(closed, as_of), f"Result: {examination.get_disposition_display().lower()}")] if closed else []
    held = plural(clocks.days_held(examination.selected, None, as_of), "day")
    verb = "Detained" if holding and holding.detained else "Held"
    if waits_for:
        return [Step("Now", f"{verb}, waiting for {waits_for}", f"Held for {held}", "now")]
    return [Step("Now", f"Detained; held for {held}" if verb == "Detained" else f"Held for {held}", state="now")]


def _of_entry(entry: Entry | None) -> Iterator[Event]:
    if entry and entry.summary_date is None:
        note = f"Ten working days from the entry, {clocks.ENTRY_SUMMARY_RULE}"
        yield clocks.entry_summary_by(entry.entry_date), "Entry summary and duty", note


def _of_goods(deadlines: Iterable[Deadline]) -> Iterator[Event]:
    for one in deadlines:
        yield one.day, one.title, f"{one.note}, {one.rule}"


def _without_a_day(
    examination: Examination, holding: Holding | None, detention: Detention | None, as_of: datetime.date
) -> list[Step]:
    """What comes next where no date is known, and why none is."""
    if examination.disposition == Disposition.SEIZED:
        return [Step("Next", "The case of seizure", "It has its own notices and days, 19 CFR part 162", "ahead")]
    return [
        *_protest_of_unknown_day(examination, detention, as_of),
        *_condition_of_agency(examination, detention),
        *(_of_held_without_a_day(holding) if holding else ()),
    ]


def _protest_of_unknown_day(
    examination: Examination, detention: Detention | None, as_of: datetime.date
) -> Iterator[Step]:
    """A refusal whose day no data name, when the day that is safe is over."""
    if examination.disposition != Disposition.REFUSED or (detention and excluded_on(examination, detention)):
        return
    over = clocks.protest_by(earliest_refusal(examination, detention)) < as_of
    if over and may_still_protest(examination, as_of):
        note = f"180 days from the refusal, {clocks.PROTEST_RULE}; its day is not in the data: its notice names it"
        yield Step("Next", "Last day to protest", note, "ahead")


def _condition_of_agency(examination: Examination, detention: Detention | None) -> Iterator[Step]:
    agency = agency_of_release(examination, detention)
    if agency and agency.upper() != FDA and conditionally_released(examination, detention):
        note = f"The law of {agency} sets it: no date is known here"
        yield Step("Next", "End of the conditional release", note, "ahead")


def _of_held_without_a_day(holding: Holding) -> list[Step]:
    if holding.stage == Stage.NOT_PRESENTED:
        note = f"Five business days to release or detain run from then, {clocks.RELEASE_OR_DETAIN_RULE}"
        return [Step("Next", "Presentation", note, "ahead")]
    if holding.stage == Stage.AGENCY:
        return [
            Step("Next", f"Decision of {holding.decider}", "Its own law sets the clock: no date is known here", "ahead")
        ]
    if holding.stage == Stage.UNDATED:
        return [Step("Next", f"Decision of {holding.decider}", why_undated(holding), "ahead")]
    if holding.stage == Stage.DECIDED:
        return [Step("Next", "The decision in CBP’s data", "The next file will show it", "ahead")]
    return []


def why_undated(holding: Holding) -> str:
    """Why no date can be named for goods that wait for a decision."""
    if holding.kind == Detention.Kind.IPR:
        return "For intellectual property our sources name no date"
    if holding.kind == Detention.Kind.WRO:
        return f"Three months from importation, {clocks.PROOF_RULE}; the day of importation is not recorded"
    return f"30 days from presentation, {clocks.ADMISSIBILITY_RULE}; the day of presentation is not in the data"


# ---- the clock as a strip ----------------------------------------------------------------------------------


def clock_of(
    examination: Examination, holding: Holding | None, detention: Detention | None, as_of: datetime.date
) -> ClockStrip | None:
    """The clock that runs as a strip: five business days, thirty days, or the weeks of three months.

    None where no clock runs, or its days are not known.
    """
    if holding is None or holding.by is None:
        return None
    if holding.stage == Stage.DECIDING and examination.presented:
        return _five_business_days(examination.presented, holding.by, as_of)
    if holding.stage == Stage.DETAINED and examination.presented:
        return _thirty_days(examination.presented, holding.by, as_of)
    if holding.stage == Stage.PROVING and detention and detention.imported:
        return _three_months(detention.imported, holding.by, as_of)
    return None


def _five_business_days(presented: datetime.date, last: datetime.date, as_of: datetime.date) -> ClockStrip:
    days = []
    at = presented
    while at <= last and len(days) < LONGEST_STRIP:
        days.append(_day(at, presented, last, as_of))
        at += ONE_DAY
    label = f"Presented {weekday(presented)}. Today is {weekday(as_of)}. CBP must release or detain by {weekday(last)}."
    return ClockStrip(label, days)


def _thirty_days(presented: datetime.date, last: datetime.date, as_of: datetime.date) -> ClockStrip:
    """Calendar days: weekends and holidays count."""
    count = (last - presented).days + 1
    days = [Day(at, _kind(at, last, as_of)) for at in (presented + n * ONE_DAY for n in range(count))]
    label = f"Presented {weekday(presented)}. Today is {weekday(as_of)}. CBP must decide by {weekday(last)}."
    return ClockStrip(label, days)


def _three_months(imported: datetime.date, last: datetime.date, as_of: datetime.date) -> ClockStrip:
    """In weeks from importation: ninety days would be too narrow to read."""
    weeks = []
    at = imported
    while at <= last:
        after = at + WEEK
        this = at <= as_of < after
        kind = "last" if after > last else "today" if this else "begun" if after <= as_of else "open"
        weeks.append(Day(last if kind == "last" else at, kind))
        at = after
    label = f"Imported {weekday(imported)}. Today is {weekday(as_of)}. The proof is due by {weekday(last)}."
    return ClockStrip(label, weeks, begun="weeks past", last="last day for the proof", weeks=True)


def _day(at: datetime.date, presented: datetime.date, last: datetime.date, as_of: datetime.date) -> Day:
    if at != last and at != presented and not is_working_day(at):
        return Day(at, "off", "weekend" if at.weekday() >= SATURDAY else holiday_name(at))
    return Day(at, _kind(at, last, as_of))


def _kind(at: datetime.date, last: datetime.date, as_of: datetime.date) -> str:
    if at == last:
        return "last"
    if at == as_of:
        return "today"
    return "begun" if at < as_of else "open"
