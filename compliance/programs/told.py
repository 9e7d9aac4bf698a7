"""The programs of an account as its page and its review show them."""

import datetime
from dataclasses import dataclass, replace

from accounts.models import Account, Enrollment, Person
from compliance.programs.criteria import Criterion, criteria_of
from compliance.programs.facts import facts_of
from compliance.programs.models import Confirmation, Done, Step
from compliance.programs.obligations import Letter, kept_until, letters_of, next_open
from look.formats import long_day

MEMBER, OUTSIDE = "member", "outside"
TESTS_SHOWN = 12


@dataclass(frozen=True)
class Standing:
    """One program. state: member, outside, or the state of the newest step; words: the same in words."""

    program: str
    label: str
    state: str
    words: str
    criteria: list[Criterion]

    @property
    def missing(self) -> list[Criterion]:
        """What the data say is missing."""
        return [one for one in self.criteria if one.met is False]

    @property
    def unknown(self) -> list[Criterion]:
        return [one for one in self.criteria if one.met is None]

    @property
    def met(self) -> int:
        return sum(one.met is True for one in self.criteria)


@dataclass(frozen=True)
class Test:
    """A test with the last day on which its results must be at hand."""

    done: Done
    until: datetime.date
    over: bool


@dataclass(frozen=True)
class Programs:
    """standings: in the order of the programs. letters: of a member of ISA, the newest first."""

    standings: list[Standing]
    letters: list[Letter]
    tests: list[Test]

    @property
    def next_letter(self) -> Letter | None:
        return next_open(sorted(self.letters, key=lambda one: one.due))

    @property
    def joined(self) -> list[Standing]:
        return [one for one in self.standings if one.state == MEMBER]

    @property
    def open_letters(self) -> list[Letter]:
        return sorted((one for one in self.letters if one.sent is None), key=lambda one: one.due)


def programs_of(account: Account, person: Person, as_of: datetime.date) -> Programs:
    """What this person may see of the programs of an account on a day."""
    enrolled = {one.program: one for one in Enrollment.objects.filter(account=account)}
    given = facts_of(account, person, enrolled, as_of)
    steps: dict[str, Step] = {}
    for step in Step.objects.visible_to(person).filter(account=account, on__lte=as_of).order_by("on", "pk"):  # type: ignore[attr-defined]
        steps[step.program] = step
    confirmed = {
        (one.program, one.criterion): f"confirmed by {one.by.name} on {long_day(one.on)}"
        for one in Confirmation.objects.visible_to(person).filter(account=account).select_related("by")  # type: ignore[attr-defined]
    }
    standings = []
    for program, label in Enrollment.Program.choices:
        state, words = _stands(enrolled.get(program), steps.get(program), as_of)
        criteria = [_confirmed(one, confirmed.get((program, one.code), "")) for one in criteria_of(program, given)]
        standings.append(Standing(program, label, state, words, criteria))
    deeds = list(Done.objects.visible_to(person).filter(account=account).select_related("by"))  # type: ignore[attr-defined]
    isa = enrolled.get(Enrollment.Program.ISA)
    sent = {one.due: one.on for one in deeds if one.kind == Done.Kind.LETTER}
    letters = letters_of(isa.since, sent, as_of) if isa and isa.since and isa.since <= as_of else []
    tests = [Test(one, kept_until(one.on), kept_until(one.on) < as_of) for one in deeds if one.kind == Done.Kind.TEST]
    return Programs(standings, letters[::-1], tests[:TESTS_SHOWN])


def _confirmed(one: Criterion, words: str) -> Criterion:
    return replace(one, met=True, says=words, confirmed=words) if words else one


def _stands(held: Enrollment | None, step: Step | None, as_of: datetime.date) -> tuple[str, str]:
    """The state and its words: membership on file counts, unless a later step says that it is suspended."""
    suspended = step is not None and step.state == Step.State.SUSPENDED
    if held and not suspended:
        tier = f", tier {held.tier}" if held.tier else ""
        since = f" since {long_day(held.since)}" if held.since else ", since when is not on file"
        return MEMBER, f"member{tier}{since}"
    if step:
        return step.state, f"{step.get_state_display().lower()} on {long_day(step.on)}"
    return OUTSIDE, "not a member"
