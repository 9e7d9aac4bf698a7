"""What a study says, in words. Pure."""

from dataclasses import dataclass

from compliance.effect import studying
from compliance.effect.arms import Estimate
from compliance.effect.studying import ENOUGH_FOUND, Said
from look.formats import count, percent, plural, rate_points

#: Short, for the chart; and what it does.
METHODS = {
    studying.ADJUSTED: (
        "Adjusted",
        "for everything that decided selection, the Center among it, as the round froze it",
    ),
    studying.MATCHED: ("Most alike", "beside the five most like each account that entered"),
    studying.LOTTERY: ("By lot", "where a recorded lot decided who entered"),
    studying.PLACEBO: ("Check", "the same in a year before the round: it should show nothing"),
}


@dataclass(frozen=True)
class Line:
    """One method as the table shows it."""

    method: str
    name: str
    what: str
    said: Said

    @property
    def estimate(self) -> Estimate | None:
        return self.said.estimate

    @property
    def difference(self) -> str:
        """−1.7; a dash where there is none."""
        return rate_points(self.said.estimate.difference) if self.said.estimate else "–"

    @property
    def interval(self) -> str:
        found = self.said.estimate
        return f"{rate_points(found.low)} to {rate_points(found.high)}" if found else ""

    @property
    def why_not(self) -> str:
        return why_not(self.said)


def lines(said: dict[str, Said]) -> list[Line]:
    """All methods, the order of the table."""
    return [Line(name, *METHODS[name], said[name]) for name in METHODS]


def why_not(said: Said) -> str:
    """Why a method says nothing; empty where it says something."""
    entered, others = said.entered.found, said.others.found
    return {
        "": "",
        studying.NO_LOTTERY: "No lot decided in this round.",
        studying.NO_YEAR: "No random review is known of the year before those that the score looked at.",
        studying.FEW: f"Random reviews found {plural(entered, 'discrepancy', 'discrepancies')} where accounts entered and "
        f"{count(others)} where they did not; {ENOUGH_FOUND} are needed on either side.",
        studying.APART: f"Only {percent(said.overlap, 0)} of the reviews at accounts that entered are at accounts with one like "
        "them, of the same Center, on the other side; half are needed.",
        studying.UNSOLVED: "What was found fits no finite answer: one side is without finds, or an input tells all.",
    }[said.why_not]


def finding(said: Said, doubted: bool) -> str:
    """The finding in a few words, for the title of a chart and the first page of headquarters."""
    if said.estimate is None:
        return "the data cannot tell yet"
    if doubted:
        return "the comparison is not fair"
    if not said.estimate.shows:
        return "no effect is shown"
    many = rate_points(said.estimate.difference).lstrip("+−")
    return f"{many} {'fewer' if said.estimate.difference < 0 else 'more'} of 100 lines are in error"


#: How often, of a hundred programs that do nothing, a 95 % interval excludes zero at least once in so many looks at equal
#: steps (Armitage, McPherson and Rowe 1969, normal data).
FALSE_ALARMS = ((1, 5), (2, 8), (5, 14), (10, 19), (20, 25), (50, 32), (100, 37))


def looked(times: int) -> str:
    """What to make of a study that is computed again and again. times: how often it was."""
    looks, alarms = max((one for one in FALSE_ALARMS if one[0] <= max(times, 1)), default=FALSE_ALARMS[0])
    said = (
        f"This study was computed {plural(times, 'time')} so far, and is again each night. An interval is made for one look: "
        "who looks again and again and stops at the first difference finds one too often."
    )
    if looks > 1:
        said += (
            f" Where nothing happened at all, {looks} looks find a difference at least once in {alarms} programs of a hundred, "
            "not in 5."
        )
    return said + " The figure to report is that of the last day, when the next round is closed."
