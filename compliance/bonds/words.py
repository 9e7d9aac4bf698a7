"""What is said of a bond, in sentences: values in, words out."""

import datetime
from decimal import Decimal

from compliance.bonds.models import BondReview, WhatIf
from compliance.bonds.outlook import Outlook
from compliance.bonds.standing import Standing
from compliance.bonds.states import State
from examinations.nomenclature import country
from look.formats import difference, long_day, money, percent, plural

MONTH = "%B %Y"


def month(day: datetime.date | None) -> str:
    """March 2027; "beyond twelve months" where there is none."""
    return f"{day:{MONTH}}" if day else "beyond the twelve months"


def manual(required: Decimal) -> str:
    """Bills are overdue: CBP determines the amount, and the basic one is no more than the least (domain 1.2)."""
    return f"the amount is for manual determination by CBP, at least {money(required)} by the basic formula"


def ask_for(amount: Decimal, *, least: bool, before: str = "") -> str:
    """What to ask the surety for, in one sentence; where CBP determines the amount, what it is at least. before: such as " now"."""
    if least:
        return (
            f"Bills are overdue: CBP determines the amount; by the basic formula it would be at least {money(amount)}."
        )
    return f"Ask the surety for {money(amount)}{before}."


def one_line(review: BondReview, day: datetime.date) -> str:
    """The state of a bond in one line, for first pages and lists; without whose it is."""
    state, late = review.state, review.delinquent_since is not None
    if said := _by_state(review, day):
        return f"{said}; bills are overdue, so {manual(review.required)}" if late and state != State.REPLACED else said
    if late:
        return f"bills are overdue since {long_day(review.delinquent_since)}: {manual(review.required)}"
    if state == State.DEFICIENT:
        return f"too small by CBP’s published formula: it asks for {money(review.required)}"
    used = f"{percent(review.use, 0)} used"
    if review.short_half and review.ask_for:
        return f"{used}; by CBP’s published formula {money(review.ask_for)} is needed from about {month(review.short_half)}"
    return f"{used}, {'nearly all of it' if state == State.WATCH else 'enough today'}"


def _by_state(review: BondReview, day: datetime.date) -> str:
    """What a letter brought, or the end of the bond; empty where the formula alone says how it stands."""
    state, left = review.state, review.days_left(day)
    if state == State.NOTIFIED and left is not None and review.remedy_by:
        return (
            f"CBP’s letter of {long_day(review.letter_on)} gives until {long_day(review.remedy_by)}, {left_words(left)}"
        )
    if state == State.TERMINATION_FILED and left is not None and review.in_force_by:
        return f"the old bond is ending; the new one must be in force by {long_day(review.in_force_by)}, {left_words(left)}"
    if state in (State.INSUFFICIENT, State.IMMEDIATE):
        return "insufficient: no new entry may use it until a new bond is in force"
    if state == State.ENDED:
        return "ended, and no other continuous import bond in force covers all that it covered"
    return "replaced by a new bond" if state == State.REPLACED else ""


def with_what_is_announced(review: BondReview, amount: Decimal, day: datetime.date, *, whose: str = "Your") -> str:
    """What the year ahead means for a bond of so many dollars, in one sentence to its own people; empty before anything
    is known of it. A letter of CBP comes first: what is enough by the formula is not enough by it. whose: whose bond it is, as
    its reader is told."""
    bond, all_else = f"{whose} bond of {money(amount)}", "with this and all else that is announced"
    if review.by_letter:
        out = review.state in (State.INSUFFICIENT, State.IMMEDIATE)
        said = f"{bond} is {'' if out else 'too small: '}{one_line(review, day)}."
        if review.ask_for is None or review.delinquent_since:
            return said
        return f"{said} The new one needs {money(review.ask_for)} by CBP’s published formula, {all_else}."
    if review.ahead_on is None or review.passes is None:
        return ""
    if review.delinquent_since:
        least = max(review.required, review.ask_for or review.required)
        return (
            f"{bond}: bills are overdue, so the amount is for manual determination by CBP; by the basic formula it would be at"
            f" least {money(least)}, {all_else}."
        )
    if review.required > amount:
        return f"{bond} is too small already by CBP’s published formula: it asks for {money(review.required)}."
    if review.short_half and review.ask_for:
        return (
            f"{bond} would be short by about {month(review.short_half)}, {all_else}; by CBP’s published formula"
            f" {money(review.ask_for)} is needed."
        )
    return f"{bond} is enough for the twelve months ahead in {percent(1 - review.passes, 0)} of the likely ways, {all_else}."


def stands(bond: Standing, day: datetime.date) -> str:
    """How a bond stands, in a clause: what a letter of CBP says first, then whether CBP determines the amount, then the formula."""
    review = bond.review
    if review and review.by_letter:
        return one_line(review, day)
    if bond.delinquent:
        return f"bills are overdue, so {manual(bond.required)}"
    if bond.short:
        return f"by CBP’s published formula it is {money(bond.gap)} too small"
    return "by CBP’s published formula it is enough today"


def left_words(left: int) -> str:
    """In 12 days; today; 3 days ago."""
    if left == 0:
        return "today"
    return f"in {plural(left, 'day')}" if left > 0 else f"{plural(-left, 'day')} ago"


def supposed(asked: WhatIf) -> str:
    """What a question supposes, in one sentence."""
    said = []
    for one in asked.changes:
        goods = one["prefix"] or "everything"
        origin = f" from {country(one['origin'])}" if one["origin"] else ""
        points = Decimal(one["points"])
        first = datetime.date.fromisoformat(one["first"])
        said.append(f"{goods}{origin} {'+' if points >= 0 else '−'}{abs(points):f} points from {long_day(first)}")
    if asked.growth:
        said.append(f"imports {'grow' if asked.growth > 0 else 'fall'} by {abs(asked.growth.normalize()):f} %")
    if asked.without_announced:
        said.append("nothing of what is announced comes")
    sentence = "; ".join(said)
    return sentence[:1].upper() + sentence[1:]


def answer(asked: WhatIf, outlook: Outlook, added: float, amount: Decimal, *, least: Decimal | None = None) -> str:
    """The figures of a question, as they are sent to the account's manager. added, amount: dollars. least: what the basic
    formula asks for today, dollars, where CBP determines the amount; None where it does not."""
    asking = f"Amount to ask for by CBP’s published formula: {money(outlook.ask_for)}"
    if least is not None:
        asking = (
            f"The amount is for manual determination by CBP; at least, by the basic formula: {money(least)} today,"
            f" {money(outlook.ask_for)} for the year supposed"
        )
    short = f"by about {month(outlook.half)}" if outlook.half else "not within twelve months"
    return (
        f"Supposed: {supposed(asked)}.\n"
        f"Duty a year: {difference(added)} dollars.\n"
        f"The bond of {money(amount)} becomes too small {short}; {percent(outlook.passes, 0)} of the paths pass it within"
        f" twelve months.\n"
        f"{asking}."
    )
