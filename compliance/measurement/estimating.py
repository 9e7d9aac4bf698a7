"""From examined lines to rates and money, overall and by part. Pure: takes counts and reviews, knows no database."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from compliance.measurement.major import Thresholds
from compliance.measurement.rates import Found, RateEstimate, clustered_rate
from compliance.measurement.results import Review
from compliance.measurement.totals import TotalEstimate, revenue_gap

#: Below so many findings a sum of money is shown with their count, and without an interval (domain 4.3).
ENOUGH_FINDINGS = 30


@dataclass(frozen=True)
class Rated:
    """Drawn lines examined and those whose review found an error, by the letter of the law and by the rules of what is major.

    with_entry: of the examined, those whose entry was examined whole; the review is that of the entry. The rates are None
    until every stratum that is needed has an examined line.
    """

    examined: int
    wrong: int
    majors: int
    letter: RateEstimate | None
    major: RateEstimate | None
    with_entry: int = 0


@dataclass(frozen=True)
class Money:
    """What the population is short of, in dollars, by so many findings.

    interval: None below ENOUGH_FINDINGS, and where one examined line stands for many and has no neighbour.
    """

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
    of = _by_stratum(reviews)
    cells = [(lines, of[stratum]) for stratum, lines in population.items()]
    return _rated(cells, rules, ready=bool(cells) and all(examined for _, examined in cells))


def rated_part(population: Mapping[int, int], reviews: Iterable[Review], rules: Thresholds) -> Rated:
    """The rates of a part of the population: its lines by stratum, and the reviews of these lines.

    A stratum of which none of the part's lines was examined joins the next that has one: a part is often small.
    """
    cells = _cells_of_part(population, reviews)
    return _rated(cells, rules, ready=bool(cells))


def _cells_of_part(population: Mapping[int, int], reviews: Iterable[Review]) -> list[tuple[int, list[Review]]]:
    of = _by_stratum(reviews)
    cells: list[tuple[int, list[Review]]] = []
    waiting = 0
    for stratum, lines in population.items():
        if of[stratum]:
            cells.append((lines + waiting, of[stratum]))
            waiting = 0
        else:
            waiting += lines
    if cells and waiting:
        lines, examined = cells[-1]
        cells[-1] = (lines + waiting, examined)
    return cells


def _by_stratum(reviews: Iterable[Review]) -> dict[int, list[Review]]:
    found: dict[int, list[Review]] = defaultdict(list)
    for one in reviews:
        found[one.stratum].append(one)
    return found


def _rated(cells: Sequence[tuple[int, list[Review]]], rules: Thresholds, *, ready: bool) -> Rated:
    wrong = [(lines, [one.wrong_share for one in examined]) for lines, examined in cells]
    major = [(lines, [one.major_share(rules) for one in examined]) for lines, examined in cells]
    return Rated(
        sum(len(shares) for _, shares in wrong),
        sum(share > 0 for _, shares in wrong for share in shares),
        sum(share > 0 for _, shares in major for share in shares),
        _rate(wrong) if ready else None,
        _rate(major) if ready else None,
        sum(one.with_entry for _, examined in cells for one in examined),
    )


def _rate(cells: Sequence[tuple[int, list[float]]]) -> RateEstimate:
    return clustered_rate(
        [
            Found(lines, len(shares), math.fsum(shares), math.fsum(share**2 for share in shares))
            for lines, shares in cells
        ]
    )


def gap_of(population: Mapping[int, int], reviews: Sequence[Review]) -> Gap | None:
    """The revenue gap of the population; None until every stratum has an examined line."""
    of = _by_stratum(reviews)
    if any(not of[stratum] for stratum in population):
        return None
    return _gap([(lines, of[stratum]) for stratum, lines in population.items()])


def gap_of_part(population: Mapping[int, int], reviews: Iterable[Review]) -> Gap | None:
    """The revenue gap of a part of the population, whose strata join as in `rated_part`; None without an examined line."""
    return _gap(_cells_of_part(population, reviews))


def _gap(cells: Sequence[tuple[int, list[Review]]]) -> Gap | None:
    amounts = [(lines, [float(one.revenue_a_line) for one in examined]) for lines, examined in cells]
    if not amounts:
        return None
    return Gap(
        _money(amounts, lambda amount: max(amount, 0.0)),
        _money(amounts, lambda amount: min(amount, 0.0)),
        _money(amounts, lambda amount: amount),
    )


def _money(cells: Sequence[tuple[int, list[float]]], of: Callable[[float], float]) -> Money:
    """cells: lines of the population, and dollars of each examined one."""
    taken = [(lines, [of(amount) for amount in amounts]) for lines, amounts in cells]
    findings = sum(1 for _, values in taken for value in values if value)
    total: TotalEstimate = revenue_gap([(lines, len(values), *_mean_and_sd(values)) for lines, values in taken])
    told = findings >= ENOUGH_FINDINGS and math.isfinite(total.standard_error)
    return Money(findings, total.total, (total.low, total.high) if told else None)


def _mean_and_sd(values: list[float]) -> tuple[float, float]:
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def bounds_without_assumption(
    strata: Iterable[tuple[int, int, int, float]],
) -> tuple[float, float]:
    """The rate if every drawn line that nobody examined were right, and if all were wrong.

    strata: (lines, drawn, examined, wrong) of each; wrong as a sum of shares, as in rates.Found. The truth of the sample
    lies between, whatever was left out.
    """
    cells = list(strata)
    lines = sum(population for population, *_ in cells)
    low = math.fsum(population * wrong / drawn for population, drawn, _, wrong in cells)
    high = math.fsum(population * (wrong + drawn - examined) / drawn for population, drawn, examined, wrong in cells)
    return low / lines, high / lines
