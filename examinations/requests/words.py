"""What the portal says of one request: a word and a shape, what is asked, what to do next. Pure: values in, words out."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from examinations.calendar import ONE_DAY
from examinations.models.examination import DiscrepancyType
from examinations.models.request import CustomsRequest, Form, State
from examinations.models.request_records import Outcome
from look.charts import ClockStrip, Day
from look.formats import day, plural, weekday

#: Days of the strip: the last fortnight of the period, where a day is wide enough to read.
STRIP_DAYS = 14

#: What CBP does, to follow the word "CBP".
DEEDS = {
    Form.INFORMATION: "asks for information about",
    Form.PROPOSED: "proposes to change",
    Form.TAKEN: "has changed",
    Form.MARKING: "wants the goods marked or returned of",
}
#: What the account has to do, as the head of a row.
TO_DO = {
    Form.INFORMATION: "Answer CBP’s request for information (CF-28)",
    Form.PROPOSED: "Object to CBP’s proposed action (CF-29), or let it stand",
    Form.TAKEN: "CBP has taken action (CF-29)",
    Form.MARKING: "Mark the goods or return them to CBP (CF-4647)",
}
ENDED = {
    Outcome.NO_CHANGE: ("none", "No change"),
    Outcome.CHANGE: ("letter", "Entry changed"),
    Outcome.WITHDRAWN: ("none", "Withdrawn"),
}
KEEP = "Keep the papers five years from entry (19 CFR 163.4)."
CONTEST = (
    "To contest it: a post-summary correction before the entry liquidates, a protest within 180 days after"
    " (19 CFR 174.12(e))."
)


@dataclass(frozen=True)
class Standing:
    """mark: of the design language. word: where the request stands. note: the days left or past, where it waits."""

    mark: str
    word: str
    note: str = ""


def standing_of(request: CustomsRequest, as_of: datetime.date) -> Standing:
    """Where a request stands by what CBP says."""
    if request.form == Form.TAKEN:
        return Standing("letter", "Action taken")
    if request.state == State.CLOSED:
        return Standing(*ENDED[Outcome(request.outcome)])
    if request.state == State.WITH_CBP:
        return Standing("low", "Answered", "CBP decides")
    assert request.last_day
    return Standing("waiting", "To answer", left_of(request.last_day, as_of))


def lines_of(numbers: Iterable[int | None]) -> str:
    """Line 1, or lines 1 and 3; the whole entry where no line is named."""
    lines = sorted({line for line in numbers if line})
    return f"{'line' if len(lines) == 1 else 'lines'} {listed(lines)}" if lines else "the whole entry"


def subjects_of(codes: Iterable[str]) -> str:
    """Classification and value, or nothing."""
    return listed(dict.fromkeys(DiscrepancyType(code).label for code in codes if code))


def listed(things: Iterable[object]) -> str:
    """1, 2 and 3."""
    *some, last = [str(thing) for thing in things] or [""]
    return f"{', '.join(some)} and {last}" if some else last


def left_of(last: datetime.date, as_of: datetime.date) -> str:
    """14 days left, due today, or 3 days late."""
    days = (last - as_of).days
    if days > 0:
        return f"{plural(days, 'day')} left"
    return f"{plural(-days, 'day')} late" if days else "due today"


def clock_of(request: CustomsRequest, as_of: datetime.date) -> ClockStrip | None:
    """The last fortnight of the period as a strip of real days; None before it begins and where it is over."""
    last = request.last_day
    if request.state != State.TO_ANSWER or last is None or not last - STRIP_DAYS * ONE_DAY < as_of <= last:
        return None
    first = max(request.issued, last - (STRIP_DAYS - 1) * ONE_DAY)
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    label = f"Issued {weekday(request.issued)}. Today is {weekday(as_of)}. The last day to answer is {weekday(last)}."
    kinds = {last: "last", as_of: "today"} if as_of != last else {last: "last"}
    strip = [Day(at, kinds.get(at, "begun" if at < as_of else "open")) for at in days]
    return ClockStrip(label, strip, begun="past", last="last day to answer")


def next_steps(
    request: CustomsRequest,
    as_of: datetime.date,
    *,
    liquidated: datetime.date | None = None,
    said_on: datetime.date | None = None,
) -> list[str]:
    """What to do now, in sentences. liquidated: the day on which the entry was liquidated, where it was. said_on: the
    day on which the account says that it answered."""
    if request.form == Form.TAKEN or request.outcome == Outcome.CHANGE:
        return _after_a_change(request, as_of, liquidated)
    if request.state == State.CLOSED:
        ended = "CBP took it back" if request.outcome == Outcome.WITHDRAWN else "CBP left the entry as it was filed"
        return [f"{ended}: nothing is to be done.", KEEP]
    if request.state == State.WITH_CBP:
        return [
            f"CBP has the answer since {day(request.answered, as_of)} and decides; nothing is to be done now.",
            KEEP,
        ]
    if said_on:
        return [
            f"By the account’s own note the answer went out on {day(said_on, as_of)}: keep the proof that it was sent.",
            "Until CBP’s data show it the days run on; if they still do not in two weeks, ask CBP whether it arrived.",
        ]
    last = request.last_day
    assert last
    return _to_answer(request, last, late=last < as_of, by=day(last, as_of))


def _to_answer(request: CustomsRequest, last: datetime.date, *, late: bool, by: str) -> list[str]:
    if request.form == Form.MARKING:
        steps = [f"Mark the goods as the form says and certify it, or return them to CBP’s custody, by {by}."]
        passed = (
            "That day is past: CBP may claim liquidated damages under the bond. Call the port that issued the form."
        )
        return [passed, *steps[1:]] if late else steps
    if request.form == Form.PROPOSED:
        if late:
            return [f"The time to object ended on {by}: CBP does what it proposed.", CONTEST]
        return [
            f"If you disagree, send CBP your reasons and your papers by {by}.",
            "If you agree, nothing need be sent: CBP then changes the entry.",
        ]
    if late:
        return [
            f"The time to answer ended on {by}. Answer at once: without one CBP decides on what it has, and a CF-29 follows.",
        ]
    return [
        f"Send CBP what it asks for by {by}, with the number of the request.",
        f"If you need more time, ask CBP for it before {by}; the account manager records what it grants.",
    ]


def _after_a_change(request: CustomsRequest, as_of: datetime.date, liquidated: datetime.date | None) -> list[str]:
    steps = []
    if liquidated and liquidated <= as_of:
        steps.append(f"The entry liquidated on {day(liquidated, as_of)}: a protest is possible within 180 days after"
                     " (19 CFR 174.12(e)).")  # fmt: skip
    else:
        steps.append(CONTEST)
    steps.append("See whether other entries have the same mistake, and correct them before CBP asks about those.")
    return [*steps, KEEP]
