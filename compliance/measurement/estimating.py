"""From examined lines to rates and money, overall and by part. Pure: takes counts and reviews, knows no database."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from compliance.measurement.major import Thresholds
from compliance.measurement.rates import RateEstimate, stratified_rate
from compliance.measurement.results import Review
from compliance.measurement.totals import TotalEstimate, revenue_gap

#: Below so many findings a sum of money is shown with their count, and without an interval (domain 4.3).
ENOUGH_FINDINGS = 30


@dataclass(frozen=True)
class Rated:
    """Lines examined and those of them in error, against the letter of the law and by the rules of what is major.

    The rates are None until every stratum that is needed has an examined line.
    """

    examined: int
    wrong: int
    majors: int
    letter: RateEstimate | None
    major: RateEstimate | None


@dataclass(frozen=True)
class Money:
    """What the population is short of, in dollars, by so many findings. interval: None below ENOUGH_FINDINGS."""

    findings: int
    total: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Gap:
    """Underpaid and overpaid, each for itself and net: the one must not hide the other."""

    under: Money
    over: Money
    net: Money


def rated(population: Mapping[int, int], reviews: Iterable[Review], rules: Thresholds) -> Rated:
    """The rates of a whole plan. population: lines by stratum."""
    counts = _counts(reviews, rules)
    cells = [(lines, *counts[stratum]) for stratum, lines in population.items()]
    return _rated(cells, ready=bool(cells) and all(drawn for _, drawn, _, _ in cells))


def rated_part(population: Mapping[int, int], reviews: Iterable[Review], rules: Thresholds) -> Rated:
    """The rates of a part of the population: its lines by stratum, and the reviews of these lines.

    A stratum of which none of the part's lines was examined joins the next that has one: a part is often small.
    """
    counts = _counts(reviews, rules)
    cells: list[tuple[int, int, int, int]] = []
    waiting = 0
    for stratum, lines in population.items():
        if counts[stratum][0]:
            cells.append((lines + waiting, *counts[stratum]))
            waiting = 0
        else:
            waiting += lines
    if cells and waiting:
        lines, drawn, wrong, major = cells[-1]
        cells[-1] = (lines + waiting, drawn, wrong, major)
    return _rated(cells, ready=bool(cells))


def _counts(reviews: Iterable[Review], rules: Thresholds) -> dict[int, tuple[int, int, int]]:
    found: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for one in reviews:
        examined, wrong, major = found[one.stratum]
        found[one.stratum] = (examined + 1, wrong + one.wrong, major + one.major(rules))
    return found


def _rated(cells: Sequence[tuple[int, int, int, int]], *, ready: bool) -> Rated:
    return Rated(
        sum(drawn for _, drawn, _, _ in cells),
        sum(wrong for _, _, wrong, _ in cells),
        sum(major for _, _, _, major in cells),
        stratified_rate([(lines, drawn, wrong) for lines, drawn, wrong, _ in cells]) if ready else None,
        stratified_rate([(lines, drawn, major) for lines, drawn, _, major in cells]) if ready else None,
    )


def gap_of(population: Mapping[int, int], reviews: Sequence[Review]) -> Gap | None:
    """The revenue gap of the population; None until every stratum has an examined line."""
    amounts: dict[int, list[float]] = defaultdict(list)
    for one in reviews:
        amounts[one.stratum].append(float(one.revenue))
    if not population or any(not amounts[stratum] for stratum in population):
        return None
    return Gap(
        _money(population, amounts, lambda amount: max(amount, 0.0)),
        _money(population, amounts, lambda amount: min(amount, 0.0)),
        _money(population, amounts, lambda amount: amount),
    )


def _money(population: Mapping[int, int], amounts: Mapping[int, list[float]], of: Callable[[float], float]) -> Money:
    taken = {stratum: [of(amount) for amount in amounts[stratum]] for stratum in population}
    findings = sum(1 for values in taken.values() for value in values if value)
    total: TotalEstimate = revenue_gap(
        [(lines, len(taken[stratum]), *_mean_and_sd(taken[stratum])) for stratum, lines in population.items()]
    )
    return Money(findings, total.total, (total.low, total.high) if findings >= ENOUGH_FINDINGS else None)


def _mean_and_sd(values: list[float]) -> tuple[float, float]:
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def bounds_without_assumption(
    strata: Iterable[tuple[int, int, int, int]],
) -> tuple[float, float]:
    """The rate if every drawn line that nobody examined were right, and if all were wrong.

    strata: (lines, drawn, examined, wrong) of each. The truth of the sample lies between, whatever was left out.
    """
    cells = list(strata)
    lines = sum(population for population, *_ in cells)
    low = math.fsum(population * wrong / drawn for population, drawn, _, wrong in cells)
    high = math.fsum(population * (wrong + drawn - examined) / drawn for population, drawn, examined, wrong in cells)
    return low / lines, high / lines
