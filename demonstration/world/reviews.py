"""Reviews of entry summary lines (ESR): drawn at random with a known probability, targeted, or following
up."""

from dataclasses import dataclass

import numpy as np

from demonstration.world.catalogue import Catalogue
from demonstration.world.companies import IMPORTER_PLACE, Importers
from demonstration.world.draws import log_normal
from demonstration.world.duties import Calendar
from demonstration.world.entries import Entries
from demonstration.world.lines import Lines
from demonstration.world.places import PORTS
from demonstration.world.problems import Planted, first_of_month, until_of
from demonstration.world.results import KINDS, Finding, find, gravities, minor_rate

#: Share of lines drawn at random (in life about a tenth of a percent), and how much likelier dear lines are
#: drawn.
RANDOM_SHARE, DEAR_TIMES, DEAR_CENTS = 0.008, 2.5, 2_500_000
TARGETED_SHARE = 0.0115
#: The account of the importer sign-in is measured more closely.
CLOSER = 1.6
FOLLOW_UP, FOLLOW_UP_CLOSER, FOLLOW_UP_AFTER = (
    0.10,
    0.25,
    75,
)  # shares of a planted cell's lines, days after it began


@dataclass(frozen=True)
class Reviews:
    """One array row for each review; days count from the calendar's start, -1 none."""

    line: np.ndarray
    reason: np.ndarray  # 0 random, 1 targeted, 2 follow-up
    probability: np.ndarray  # 0 where not drawn
    selected: np.ndarray
    examined: np.ndarray
    finding: Finding


def planted_of(
    lines: Lines,
    entries: Entries,
    goods: Catalogue,
    mids: list[str],
    found: dict[str, str],
    planted: list[Planted],
    calendar: Calendar,
) -> np.ndarray:
    """For each line the place in `planted` of the problem that it falls under, -1 for none."""
    which = np.full(len(lines), -1)
    for at, problem in enumerate(planted):
        since = calendar.day(first_of_month(calendar.as_of(), problem.months_ago))
        met = entries.day[lines.entry] >= since
        if problem.places:
            met &= np.isin(entries.importer, problem.places)[lines.entry]
        if problem.key in found:
            met &= lines.supplier == mids.index(found[problem.key])
        if problem.heading:
            met &= goods.heading[lines.product] == problem.heading
        if problem.port:
            met &= entries.port[lines.entry] == PORTS.index(problem.port)
        if problem.kind == "SPI_CLAIM":
            met &= lines.spi > 0
        which = np.where(met & (which < 0), at, which)
    return which


def going_on(
    lines: Lines, entries: Entries, which: np.ndarray, planted: list[Planted], calendar: Calendar
) -> np.ndarray:
    """The same, -1 where the problem is over by the line's entry date: what follows it up goes on."""
    days = [until_of(problem, calendar.as_of()) for problem in planted]
    ends = np.array([calendar.day(day) if day else calendar.days + 1 for day in days])
    return np.where((which >= 0) & (entries.day[lines.entry] < ends[which]), which, -1)


def major_chance(
    lines: Lines, entries: Entries, who: Importers, which: np.ndarray, planted: list[Planted]
) -> np.ndarray:
    """True chance of a major discrepancy of each line."""
    rates = np.array([problem.rate for problem in planted])
    return np.asarray(np.where(which >= 0, rates[which], who.major_rate[entries.importer[lines.entry]]))


def random_probability(lines: Lines, entries: Entries) -> np.ndarray:
    """Probability with which each line is drawn at random: by value, and closer for one account; six
    decimals."""
    dear = lines.cents >= DEAR_CENTS
    share = float(dear.mean())
    low = RANDOM_SHARE / (1 + (DEAR_TIMES - 1) * share)
    probability = np.where(dear, low * DEAR_TIMES, low)
    probability = np.where((entries.importer == IMPORTER_PLACE)[lines.entry], probability * CLOSER, probability)
    return np.rint(probability * 1e6) / 1e6


def _reasons(
    rng: np.random.Generator,
    lines: Lines,
    entries: Entries,
    which: np.ndarray,
    planted: list[Planted],
    probability: np.ndarray,
    calendar: Calendar,
) -> tuple[np.ndarray, np.ndarray]:
    """Reason of each line's review, -1 for none, and the probability of a draw."""
    random = rng.random(len(lines)) < probability
    days = calendar.as_of()
    begins = np.array([calendar.day(first_of_month(days, p.months_ago)) + FOLLOW_UP_AFTER for p in planted])
    cell = (which >= 0) & np.array([bool(p.places) for p in planted])[which]
    cell &= entries.day[lines.entry] >= begins[which]
    closer = (entries.importer == IMPORTER_PLACE)[lines.entry]
    following = np.where(closer, FOLLOW_UP_CLOSER, FOLLOW_UP)
    follow = cell & (rng.random(len(lines)) < following)
    target = rng.random(len(lines)) < TARGETED_SHARE * np.where(which >= 0, 3.0, 0.93)
    reason = np.where(random, 0, np.where(follow, 2, np.where(target, 1, -1)))
    return reason, np.where(random, probability, np.where(follow, following, 0.0))


def invent(
    rng: np.random.Generator,
    lines: Lines,
    entries: Entries,
    who: Importers,
    which: np.ndarray,
    planted: list[Planted],
    calendar: Calendar,
    newest: int,
) -> Reviews:
    """All reviews of lines selected by the newest day."""
    reason, probability = _reasons(rng, lines, entries, which, planted, random_probability(lines, entries), calendar)
    which = going_on(lines, entries, which, planted, calendar)
    line = np.flatnonzero((reason >= 0) & (entries.summary >= 0)[lines.entry])
    selected = entries.summary[lines.entry[line]] + 2 + np.minimum(rng.exponential(12, len(line)), 60).astype(np.int64)
    selected = calendar.workday(selected)
    line, selected = line[selected <= newest], selected[selected <= newest]
    n = len(line)
    examined = calendar.workday(selected + 1 + np.minimum(log_normal(rng, 17, 42, n), 150).astype(np.int64))
    major = major_chance(lines, entries, who, which, planted)[line]
    minor = minor_rate(major)
    targeted = reason[line] == 1
    major = np.where(targeted, np.minimum(major * np.where(which[line] >= 0, 1.8, 2.6), 0.7), major)
    gravity = gravities(rng, major, np.where(targeted, minor * 1.3, minor))
    kinds = np.array([KINDS.index(problem.kind) for problem in planted])
    forced = np.where(which[line] >= 0, kinds[which[line]], -1)
    finding = find(rng, gravity, forced, lines.cents[line], lines.duty()[line])
    examined = np.where(examined <= newest, examined, -1)
    return Reviews(line, reason[line], probability[line], selected, examined, finding)
