"""What a plan says of itself, in plain words. Pure."""

import datetime
from dataclasses import dataclass

from look.formats import long_day, none_or, number_word, percent, plural

#: On the first page of each plan.
WARNING = (
    "A plan is seen by CBP and is no prior disclosure (19 CFR 162.74). Revenue that is owed is never settled in a plan:"
    " it is disclosed and tendered apart, or corrected by the broker."
)


@dataclass(frozen=True)
class Proof:
    """How far a verification is. examined, found: drawn by lot since counting began. expected, least: more examinations
    that prove the cure, where the problem shows as seldom as hoped, and where it does not show at all. ended: a day."""

    counted_from: datetime.date
    today: datetime.date
    limit: float
    examined: int
    found: int
    expected: int
    least: int
    outcome: str = ""
    ended: datetime.date | None = None

    @property
    def counted(self) -> str:
        """ "Of 12 examinations drawn by lot since February 1, 2026, none found it"."""
        drawn = plural(self.examined, "examination")
        return f"Of {drawn} drawn by lot since {long_day(self.counted_from)}, {none_or(self.found)} found it"

    @property
    def sentence(self) -> str:
        if self.outcome == "cured":
            return f"{self.counted}: the problem is cured since {long_day(self.ended)}."
        if self.outcome == "not_cured":
            return f"{self.counted}: the problem is not cured."
        more = f"about {plural(self.expected, 'more examination')} drawn by lot will show whether it is cured"
        if not self.examined:
            starts = "Counting starts" if self.counted_from > self.today else "Counting started"
            return f"{starts} on {long_day(self.counted_from)}; {more.replace(' more ', ' ')}."
        return f"{self.counted}; {more}."

    @property
    def untold(self) -> str:
        """The same for who may not read which examinations were drawn by lot."""
        if self.outcome == "cured":
            return f"The problem is cured since {long_day(self.ended)}."
        if self.outcome == "not_cured":
            return "The problem is not cured."
        return "It cannot be told yet whether the problem is cured."

    @property
    def enough(self) -> str:
        if self.outcome or not self.least:
            return ""
        are = "are" if self.least != 1 else "is"
        return f"If none of them finds it, {number_word(self.least)} {are} enough."

    @property
    def meaning(self) -> str:
        """What "cured" means."""
        return (
            f"Cured means: fewer than {percent(self.limit)} of all such examinations would find it. A plan that misses that is"
            " called cured in at most one case of twenty."
        )


def lead(problems: int, actions: int, due: datetime.date | None, overdue: int) -> str:
    """ "One problem, two actions, the next due January 31, 2027"."""
    text = f"{number_word(problems).capitalize()} problem{'s' if problems != 1 else ''},"
    text += f" {number_word(actions)} action{'s' if actions != 1 else ''} open"
    if overdue:
        return f"{text}, {number_word(overdue)} overdue"
    return f"{text}, the next due {long_day(due)}" if due else text
