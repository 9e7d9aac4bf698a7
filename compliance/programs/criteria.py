"""Whether an account could take part in a program, criterion by criterion. Pure: facts in, answers out.

CBP decides who takes part; this says what its data show. Where the portal's data cannot tell, the account manager confirms.
Sources: domain.md, ISA / CTPAT Trade Compliance. ACE and CTPAT criteria are common knowledge of the field and not quoted as rules.
"""

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from dateutil.relativedelta import relativedelta

from compliance.programs.obligations import REVIEWED_WITHIN_MONTHS, TESTED_WITHIN_MONTHS
from look.formats import long_day, plural

ACE, CTPAT, ISA = "ACE", "CTPAT", "ISA"
HANDBOOK, PRACTICE, OWN = "ISA handbook", "common practice; CBP decides", "project default"


@dataclass(frozen=True)
class Facts:
    """What is known of an account on a day. tier: of CTPAT. weak: components of the self-assessment below its limit.

    trail, mending: the level of the two answers, 0 to 3; None without a reviewed one. entries12: in twelve whole months.
    """

    importer: bool
    active: bool
    numbers: int
    administrators: int
    entries12: int
    bonded: bool
    overdue: int
    ctpat: bool
    tier: int | None
    reviewed_on: datetime.date | None = None
    weak: Collection[str] = ()
    trail: int | None = None
    mending: int | None = None
    tested_on: datetime.date | None = None
    as_of: datetime.date = field(default_factory=datetime.date.today)


@dataclass(frozen=True)
class Criterion:
    """met: None where the portal's data cannot tell. says: what the data show. missing: what to do where it is not met."""

    code: str
    name: str
    met: bool | None
    says: str
    missing: str
    source: str
    confirmed: str = ""


def _yes(met: bool, yes: str, no: str) -> tuple[bool, str]:
    return met, yes if met else no


def _numbers(given: Facts) -> Criterion:
    what = "importer number" if given.importer else "filer code"
    said = _yes(given.numbers > 0, f"{plural(given.numbers, what)} on file", f"no {what} is on file")
    return Criterion("number", f"Has an {what}" if given.importer else f"Has a {what}", *said,
                     "Have CBP record the number of the account.", PRACTICE)  # fmt: skip


def _administrator(given: Facts) -> Criterion:
    said = _yes(
        given.administrators > 0,
        f"{plural(given.administrators, 'administrator')} of the account",
        "nobody administers it",
    )
    return Criterion("administrator", "Somebody administers the account", *said,
                     "Name an administrator under People.", PRACTICE)  # fmt: skip


def _trade(given: Facts) -> Criterion:
    said = _yes(
        given.active and given.entries12 > 0,
        f"{plural(given.entries12, 'entry', 'entries')} in twelve months",
        "no entry in twelve months" if given.active else "the account is not active",
    )
    return Criterion("trade", "Is in trade", *said, "Apply when entries are made again.", PRACTICE)


def _bond(given: Facts) -> Criterion:
    said = _yes(given.bonded, "a continuous bond is in force", "no continuous bond is in force")
    return Criterion("bond", "Has a continuous bond", *said, "Have the surety file a continuous bond.", PRACTICE)


def _answers(given: Facts) -> Criterion:
    said = _yes(
        given.overdue == 0,
        "no answer to CBP is overdue",
        f"{plural(given.overdue, 'answer')} to CBP {'is' if given.overdue == 1 else 'are'} overdue",
    )
    return Criterion("answers", "Answers CBP in time", *said, "Answer what is overdue under Requests.", OWN)


def _unknown(code: str, name: str, missing: str, source: str) -> Callable[[Facts], Criterion]:
    def ask(given: Facts) -> Criterion:
        return Criterion(code, name, None, "the portal’s data cannot tell", missing, source)

    return ask


def _member(given: Facts) -> Criterion:
    said = _yes(given.ctpat, "is a member of CTPAT", "is no member of CTPAT")
    return Criterion("ctpat", "Is a member of CTPAT", *said, "Join CTPAT first.", HANDBOOK)


def _tier(given: Facts) -> Criterion:
    known = given.ctpat and given.tier is not None
    met = (given.tier or 0) >= 2 if known else (None if given.ctpat else False)
    says = f"tier {given.tier}" if known else "its tier is not on file" if given.ctpat else "no tier without membership"
    return Criterion("tier", "Is in tier II or III of CTPAT", met, says,
                     "Tier II comes with a validation by CBP.", "CTPAT Trade Compliance since March 2020")  # fmt: skip


def _importer(given: Facts) -> Criterion:
    said = _yes(given.importer, "the account is an importer", "the account is a broker")
    return Criterion("importer", "Is an importer", *said, "The program is for importers.", HANDBOOK)


def _controls(given: Facts) -> Criterion:
    name, missing = "Keeps a system of internal control", "Make the self-assessment under Internal controls."
    if given.reviewed_on is None:
        return Criterion("controls", name, False, "no self-assessment is reviewed", missing, HANDBOOK)
    if given.reviewed_on < given.as_of - relativedelta(months=REVIEWED_WITHIN_MONTHS):
        says = f"the last one was reviewed on {long_day(given.reviewed_on)}, more than two years ago"
        return Criterion("controls", name, False, says, missing, HANDBOOK)
    if given.weak:
        says = f"weak in {' and '.join(sorted(one.lower() for one in given.weak))}"
        return Criterion("controls", name, False, says, "Mend what Internal controls names first.", HANDBOOK)
    says = f"no component is weak, reviewed on {long_day(given.reviewed_on)}"
    return Criterion("controls", name, True, says, missing, HANDBOOK)


def _tests(given: Facts) -> Criterion:
    since = given.as_of - relativedelta(months=TESTED_WITHIN_MONTHS)
    recent = given.tested_on is not None and given.tested_on >= since
    says = (
        f"last tested on {long_day(given.tested_on)}{'' if recent else ', more than a year ago'}"
        if given.tested_on
        else "no test is recorded"
    )
    return Criterion("tests", "Tests its own entries periodically", recent, says,
                     "Test a sample by risk, keep the results three years, and record it here.", HANDBOOK)  # fmt: skip


def _level(code: str, name: str, of: Callable[[Facts], int | None], missing: str) -> Callable[[Facts], Criterion]:
    def ask(given: Facts) -> Criterion:
        level = of(given)
        if level is None:
            return Criterion(code, name, None, "no reviewed self-assessment says so", missing, HANDBOOK)
        says = (
            "written down, by the reviewed self-assessment" if level >= 2 else "not written down, by the reviewed one"
        )
        return Criterion(code, name, level >= 2, says, missing, HANDBOOK)

    return ask


PROGRAMS: dict[str, tuple[Callable[[Facts], Criterion], ...]] = {
    ACE: (_numbers, _administrator),
    CTPAT: (
        _numbers, _trade, _bond, _answers,
        _unknown("officer", "Has named who answers for security", "Name the person in CTPAT’s own portal.", PRACTICE),
        _unknown("profile", "Has filed a security profile", "File the profile in CTPAT’s own portal.", PRACTICE),
    ),
    ISA: (
        _importer, _member, _tier, _answers, _controls, _tests,
        _level("trail", "Keeps a trail from the books to the entry", lambda given: given.trail,
               "Tie payment, order and entry together by number."),
        _level("mending", "Mends and discloses errors", lambda given: given.mending,
               "Look for cause and like errors, and correct or disclose them."),
        _unknown("memorandum", "Has signed the memorandum", "Sign it with CBP.", HANDBOOK),
        _unknown("questionnaire", "Has completed the questionnaire", "Complete it with the account manager.", HANDBOOK),
    ),
}  # fmt: skip
#: What only a person can say, by program.
TO_CONFIRM = {
    ACE: (),
    CTPAT: ("officer", "profile"),
    ISA: ("memorandum", "questionnaire"),
}


def criteria_of(program: str, given: Facts) -> list[Criterion]:
    """The criteria of a program in their order, as the data answer them."""
    return [ask(given) for ask in PROGRAMS[program]]
