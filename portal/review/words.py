"""The review in sentences: what stands out, and what to speak about. Pure: facts in, words out."""

from dataclasses import dataclass
from typing import Any

from compliance.bonds.words import stands
from compliance.plans.models import Action
from look.formats import count, day, halves, long_day, money, number_word, percent, plural, points, short_money
from portal.review.facts import Review


@dataclass(frozen=True)
class Point:
    """One row of the summary: what it is about, what is so, and whether somebody has to act."""

    about: str
    said: str
    act: bool = False


def lead_of(given: Review) -> str:
    """The year in one sentence."""
    filed = "filed" if given.account.kind == "broker" else "entered"
    act = sum(one.act for one in summary_of(given))
    to_do = (
        "nothing asks for a decision"
        if not act
        else f"{number_word(act)} {'thing asks' if act == 1 else 'things ask'} for a decision"
    )
    return (
        f"{given.account.name} {filed} {plural(given.sheet.entries, 'entry', 'entries')} worth"
        f" {short_money(given.sheet.value)} in twelve months; {to_do}."
    )


def summary_of(given: Review) -> list[Point]:
    """The first page: one row a subject, in the order of the document."""
    return [
        _examined(given), _found(given), _rate(given), _trends(given), _plans(given), _bond(given), _controls(given),
        _programs(given), _notices(given), _open(given),
    ]  # fmt: skip


def _examined(given: Review) -> Point:
    now, before = given.now, given.before
    if not now.entries:
        return Point("Examinations", "No entry is on file for these twelve months.")
    share = now.examined / now.entries
    said = f"CBP looked at {count(now.examined)} of {plural(now.entries, 'entry', 'entries')} ({percent(share)})"
    if before.entries:
        said += f"; the year before at {percent(before.examined / before.entries)}"
    if now.ended and now.half_within is not None:
        days = "day" if now.half_within == 1 else "days"
        said += f". Half of the examinations that ended took {halves(now.half_within)} {days} or less"
    return Point("Examinations", said + ".")


def _found(given: Review) -> Point:
    now = given.now
    if not now.found:
        return Point("What was found", "No closed examination or review had a discrepancy.")
    found = plural(now.found, "closed examination or review", "closed examinations and reviews")
    if not now.owed and not now.overpaid:
        return Point("What was found", f"{found} had a discrepancy; none of them moved duty.")
    return Point(
        "What was found",
        f"{found} had a discrepancy; {money(now.owed)} more owed and {money(abs(now.overpaid))} overpaid were found.",
    )


def _rate(given: Review) -> Point:
    own = given.rate
    if own is None:
        return Point("Lines in error", "Not estimated yet: too little was picked at random.")
    return Point(
        "Lines in error",
        f"About {percent(own.rate)} of lines, between {percent(own.low)} and {percent(own.high)};"
        f" {count(own.discrepancies)} of {plural(own.reviews, 'line')} reviewed at random had an error.",
        act=own.low > own.group_mean,
    )


def _trends(given: Review) -> Point:
    n = given.trends_standing
    if not n:
        return Point("Trends", "No problem stands out in the examinations.")
    more = f" {number_word(n - 1).capitalize()} more {'stands' if n == 2 else 'stand'} below." if n > 1 else ""
    return Point("Trends", given.trends[0].said.sentence + more, act=True)


def _late_actions(given: Review) -> list[Action]:
    return [one for one in given.actions if one.due < given.as_of]


def _plans(given: Review) -> Point:
    if not given.plans:
        return Point("Plans", "No improvement plan is open.")
    late = len(_late_actions(given))
    n = len(given.actions)
    said = f"{plural(len(given.plans), 'plan')} open; {plural(n, 'action')} to be done"
    return Point("Plans", f"{said}, {number_word(late)} of them late." if late else f"{said}, none late.", act=late > 0)


def _bond(given: Review) -> Point:
    bond = given.sheet.bond
    if bond is None:
        return Point("Bond", "No continuous bond of the account’s own is on file.")
    said = f"{percent(bond.use, 0)} of {money(bond.bond.amount)} is used by CBP’s published formula"
    by_letter = bool(bond.review and bond.review.by_letter)
    if bond.short and not by_letter and not bond.delinquent:
        return Point("Bond", f"{said}; it asks for {money(bond.required)}, {money(bond.gap)} more.", act=True)
    return Point("Bond", f"{said}; {stands(bond, given.as_of)}.", act=by_letter or bond.delinquent is not None)


def _controls(given: Review) -> Point:
    one, controls = given.newest_assessment, given.controls
    if one is None or controls is None:
        return Point("Internal controls", "No self-assessment is handed in yet.", act=True)
    state = "as reviewed" if one.state == one.State.REVIEWED else "as stated, not reviewed yet"
    said = f"{points(one.score)} of 100 in {one.year}, {state}"
    if controls.weak:
        names = " and ".join(part.label.lower() for part in controls.weak)
        return Point("Internal controls", f"{said}; weak in {names}.", act=True)
    return Point("Internal controls", f"{said}; no component is weak.")


def _programs(given: Review) -> Point:
    joined = [one.label for one in given.programs.joined]
    said = f"Member of {', '.join(joined)}" if joined else "Member of no program"
    letter = given.programs.next_letter
    if letter:
        late = letter.is_late(given.as_of)
        said += f"; the annual letter {'was' if late else 'is'} due on {long_day(letter.due)}"
        return Point("Programs", said + ".", act=late)
    return Point("Programs", said + ".")


def _notices(given: Review) -> Point:
    n = len(given.notices)
    if not n:
        return Point("Changes ahead", "The account was told of no change that is ahead.")
    first = given.notices[0]
    return Point(
        "Changes ahead",
        f"{plural(n, 'change')} ahead; the first on {day(first.effective_date)}: {first.title.rstrip('.')}.",
    )


def _open(given: Review) -> Point:
    asked, questions = len(given.requests), len(given.questions)
    if not asked and not questions:
        return Point("Questions", "CBP waits for no answer, and the account for none.")
    parts = []
    if asked:
        parts.append(f"CBP waits for {plural(asked, 'answer')}, the first by {long_day(given.requests[0].answer_by)}")  # type: ignore[attr-defined]
    if questions:
        parts.append(f"the account waits for {plural(questions, 'answer')} about results")
    said = "; ".join(parts)
    return Point("Questions", f"{said[0].upper()}{said[1:]}.", act=bool(asked))


def agenda_of(given: Review) -> list[str]:
    """What to speak about: each a question that somebody at the table can answer."""
    found = [f"{one.said.sentence} What is the cause, and who mends it by when?" for one in given.trends[:3]]
    found += [
        f"“{one.what}” was due on {long_day(one.due)} from {one.owner.name}: what keeps it?"
        for one in _late_actions(given)[:3]
    ]
    bond = given.sheet.bond
    if bond is not None and bond.delinquent:
        found.append("When are the overdue bills paid or protested, so that CBP no longer determines the bond by hand?")
    elif bond is not None and bond.short:
        found.append(f"When is the bond replaced by one of {money(bond.required)}?")
    if given.newest_assessment is None:
        found.append("Who answers the self-assessment of internal controls, and by when?")
    elif given.controls:
        found += [f"{one.question.text} {one.question.action}" for one in given.controls.suggested[:3]]
    isa = next((one for one in given.programs.standings if one.program == "ISA"), None)
    if isa is not None and isa.state == "outside" and len(isa.missing) <= 3:
        missing = "; ".join(one.says for one in isa.missing) or "nothing that the portal’s data show"
        found.append(f"Does the account want to join {isa.label}? Missing: {missing}.")
    if given.requests:
        late = sum(one.answer_by < given.as_of for one in given.requests)  # type: ignore[attr-defined]
        asked = f"{plural(late, 'answer')} to CBP {'is' if late == 1 else 'are'} late: what" if late else "What"
        found.append(f"{asked} do the answers that CBP waits for still need?")
    if not given.sheet.night:
        found.append("Whom may CBP call about a hold at night?")
    return found


def compared_of(given: Review) -> list[tuple[str, str, str]]:
    """Figure, last twelve whole months, the twelve before: as words of the table."""
    rows: list[tuple[str, Any]] = [
        ("Entries", lambda one: count(one.entries)),
        ("Entries examined", lambda one: count(one.examined)),
        ("Cargo examinations selected", lambda one: count(one.selected)),
        ("Half of them ended within, days", lambda one: halves(one.half_within)),
        ("Closed with a discrepancy", lambda one: count(one.found)),
        ("Found owed, $", lambda one: count(one.owed)),
        ("Found overpaid, $", lambda one: count(abs(one.overpaid))),
        ("Duty, fees and tax deposited, $", lambda one: count(one.duty)),
    ]
    return [(name, said(given.now), said(given.before)) for name, said in rows]
