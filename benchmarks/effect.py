"""Does the study of a round find what is there, and nothing where nothing is? Simulated programs with known truth.

python -m benchmarks.effect [--programs 500] [--seed 1]

Each program selects 300 of 5,000 accounts by duty, observed rate and severity, so that accounts with bad luck last year
are among them. Each of ten pools has a list and room of its own, and a rate of errors of its own of which the expected
rate knows nothing. Then random reviews go on for a year, with no effect, or with 30 % fewer errors at those selected. The
opponents are what is usually computed: selected accounts before and after, and selected beside everybody else; and our
own regression without the pools. The tests assert ours.
"""

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from benchmarks import scratch
from compliance.effect.arms import Arms, Estimate, Numbers, Which
from compliance.effect.lottery import drawn
from compliance.effect.matching import matched
from compliance.effect.pools import arms_within
from compliance.effect.regression import adjusted

ACCOUNTS, TIMES = 5_000, 3
#: Room by pool, and by how much its accounts are worse than others, in log odds. Pools have as many accounts each, so
#: that the lists of those with more room go farther down.
ROOM = (105, 81, 51, 30, 18, 9, 3, 1, 1, 1)
WORSE = (0.5, 0.25, 0.0, -0.2, -0.4, -0.6, 0.4, -0.4, 0.3, -0.2)
PLACES = sum(ROOM)
Places = npt.NDArray[np.int64]
#: Share of errors that the program takes away where it has an effect.
REDUCTION = 0.3
INPUTS = ("expected rate", "reviews before", "found before", "duty", "severity")
#: Of so many programs the share without an effect where one is claimed is asked to be what the interval promises.
ASKED = 500
#: Of the places, so many are filled by lot among three times as many around the threshold.
BY_LOT = 100


@dataclass(frozen=True)
class Program:
    """One simulated program: the accounts around the threshold, their reviews before and after, and the truth.

    arms: reviews after the round. before: of the year that selection went by. earlier: of the year before that, which
    it did not see. probability: of entering by lot, 0 or 1 where no lot decided. everybody: all accounts after the
    round, for an opponent. truth: what the program did to the rate of those it took in; by_lot: of those a lot took in.
    """

    arms: Arms
    before: Arms
    earlier: Arms
    probability: Numbers
    everybody: Arms
    truth: float
    truth_by_lot: float


def program(
    random: np.random.Generator, *, reduction: float = 0.0, by_lot: int = 0, strength: float = 50, years: int = 1
) -> Program:
    """Simulate one.

    reduction: share of errors taken away. by_lot: places that a lot fills. strength: reviews that the expected rate takes
    its prior for; with 50 it leans on few reviews as much as it should, with 20 far too much. years: since the round.
    """
    # Magnitudes: 4 % of random reviews find something; accounts differ by trade (which the prior knows), by their pool
    # and by themselves; the large are reviewed more often.
    trade, own, size = random.normal(0, 0.5, ACCOUNTS), random.normal(0, 0.6, ACCOUNTS), random.normal(0, 1, ACCOUNTS)
    pool = random.integers(0, len(ROOM), ACCOUNTS)
    rate, prior = expit(logit(0.04) + trade + own + np.array(WORSE)[pool]), expit(logit(0.045) + trade)
    duty, severity = np.exp(1.3 * size + random.normal(0, 0.5, ACCOUNTS)), np.exp(random.normal(0, 0.4, ACCOUNTS))
    pace = 6 * np.exp(0.7 * size)
    earlier, before, after = (random.poisson(pace * long).astype(float) for long in (1, 1, years))
    found_earlier, found_before = (_found(random, reviews, rate) for reviews in (earlier, before))
    expected = (prior * strength + found_before) / (strength + before)
    rank = np.argsort(-np.log(duty * expected * severity))
    entered, probability, near = _select(random, [rank[pool[rank] == one] for one in range(len(ROOM))], by_lot)
    now = np.where(entered, rate * (1 - reduction), rate)
    found = _found(random, after, now)
    columns = (logit(expected), np.log1p(before), np.log1p(found_before), np.log(duty), np.log(severity))
    inputs = np.column_stack(columns)

    def of(reviews: Numbers, finds: Numbers, which: Which) -> Arms:
        return arms_within(pool[which], entered[which], reviews[which], finds[which], inputs[which], INPUTS)

    def done(which: Which) -> float:
        return float(after[which] @ (now - rate)[which] / max(after[which].sum(), 1))

    return Program(
        of(after, found, near),
        of(before, found_before, near),
        of(earlier, found_earlier, near),
        probability[near],
        of(after, found, np.ones(ACCOUNTS, bool)),
        done(entered),
        done(entered & (probability < 1)),
    )


def _found(random: np.random.Generator, reviews: Numbers, rate: Numbers) -> Numbers:
    return random.binomial(reviews.astype(np.int64), rate).astype(float)


def _select(random: np.random.Generator, ranks: list[Places], by_lot: int) -> tuple[Which, Numbers, Which]:
    """Who enters, with what probability, and who is near: by rank in each pool, and its last places by lot among three
    times as many. by_lot: of all places; each pool gives the same share of its own."""
    probability, entered, near = np.zeros(ACCOUNTS), np.zeros(ACCOUNTS, bool), np.zeros(ACCOUNTS, bool)
    for room, rank in zip(ROOM, ranks, strict=True):
        lots = round(room * by_lot / PLACES)
        sure, drawn = rank[: room - lots], rank[room - lots : room + 2 * lots]
        probability[sure], entered[sure], near[rank[: room * TIMES]] = 1, True, True
        if lots:
            probability[drawn] = lots / len(drawn)
            entered[random.choice(drawn, lots, replace=False)] = True
    return entered, probability, near


def before_and_after(one: Program) -> Estimate:
    """An opponent: the selected alone, after less before."""
    selected = one.arms.entered
    after, found = one.arms.reviews[selected], one.arms.found[selected]
    then, found_then = one.before.reviews[selected], one.before.found[selected]
    now, before = found.sum() / after.sum(), found_then.sum() / then.sum()
    left = (found - after * now) / after.sum() - (found_then - then * before) / then.sum()
    return Estimate(now, before, now - before, float(np.sqrt(left @ left)))


def without_pools(one: Program) -> Estimate:
    """An opponent: the regression on the accounts' own inputs alone."""
    arms = one.arms
    return adjusted(dataclasses.replace(arms, inputs=arms.inputs[:, : len(INPUTS)], names=INPUTS))


def beside_everybody(one: Program) -> Estimate:
    """An opponent: after the round, the selected beside all others."""
    arms = one.everybody
    return drawn(arms, np.full(len(arms.entered), 0.5))


def by_lot(one: Program) -> Estimate:
    """Of those whom a lot decided."""
    which = (one.probability > 0) & (one.probability < 1)
    return drawn(one.arms.only(which), one.probability[which])


#: What each method says of a program, and the truth that it is after.
Method = tuple[Callable[[Program], Estimate], Callable[[Program], float]]
OURS: dict[str, Method] = {
    "adjusted": (lambda one: adjusted(one.arms), lambda one: one.truth),
    "matched": (lambda one: matched(one.arms), lambda one: one.truth),
    "placebo": (lambda one: adjusted(one.earlier), lambda one: 0.0),
}
OPPONENTS: dict[str, Method] = {
    "before and after": (before_and_after, lambda one: one.truth),
    "beside everybody": (beside_everybody, lambda one: one.truth),
    "without pools": (without_pools, lambda one: one.truth),
}
LOTTERY: dict[str, Method] = {"lottery": (by_lot, lambda one: one.truth_by_lot)}


@dataclass(frozen=True)
class Record:
    """What a method said of many programs of known truth.

    shows: share of intervals without zero; fewer: of those, share that say fewer errors. covers: share with the truth.
    bias: mean error; error: mean of the standard errors that it gave.
    """

    shows: float
    fewer: float
    covers: float
    bias: float
    error: float


def records(methods: dict[str, Method], programs: int, seed: int, **world: float) -> dict[str, Record]:
    """The record of each method over so many programs of one world."""
    random = np.random.default_rng(seed)
    said: dict[str, list[tuple[float, float, float, float, float]]] = {name: [] for name in methods}
    for _ in range(programs):
        one = program(random, **world)  # type: ignore[arg-type]
        for name, (method, truth) in methods.items():
            found = method(one)
            said[name].append((found.low, found.high, found.difference, found.standard_error, truth(one)))
    return {name: _record(np.array(found).T) for name, found in said.items()}


def _record(found: Numbers) -> Record:
    low, high, at, error, truth = found
    return Record(
        float(((low > 0) | (high < 0)).mean()),
        float((high < 0).mean()),
        float(((low <= truth) & (truth <= high)).mean()),
        float((at - truth).mean()),
        float(error.mean()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    programs, seed = arguments.programs, arguments.seed
    all_of_them = OURS | OPPONENTS
    none = records(all_of_them, programs, seed)
    some = records(all_of_them, programs, seed + 1, reduction=REDUCTION)
    none |= records(LOTTERY, programs, seed + 2, by_lot=BY_LOT)
    some |= records(LOTTERY, programs, seed + 3, by_lot=BY_LOT, reduction=REDUCTION)
    leaning = records({"adjusted": OURS["adjusted"]}, programs, seed + 4, strength=20)["adjusted"]
    longer = records({"adjusted": OURS["adjusted"]}, programs, seed + 5, reduction=REDUCTION, years=2)["adjusted"]
    rows = [
        (
            name,
            f"no effect: {one.shows:6.1%} claim one, bias {one.bias / one.error:+.2f} standard errors;  "
            f"30 % fewer errors: {some[name].fewer:6.1%} say fewer, {some[name].covers:6.1%} cover the truth",
        )
        for name, one in none.items()
        if name != "placebo"
    ]
    placebo = none["placebo"]
    rows.append(("placebo", f"an earlier year: {placebo.shows:6.1%} claim an effect"))
    off = f"no effect: {leaning.shows:6.1%} claim one, bias {leaning.bias / leaning.error:+.2f} standard errors"
    rows.append(("adjusted, rates that lean", off))
    rows.append(("adjusted, two years", f"30 % fewer errors: {longer.fewer:6.1%} say fewer"))
    scratch.tell(
        "effect",
        100 * (1 - none["adjusted"].shows),
        100 * (1 - none["before and after"].shows),
        f"% of {programs} programs without effect of which none is claimed",
        rows,
        false=none["adjusted"].shows,
        bias_in_errors=none["adjusted"].bias / none["adjusted"].error,
        power=some["adjusted"].fewer,
        power_two_years=longer.fewer,
        false_matched=none["matched"].shows,
        false_lottery=none["lottery"].shows,
        power_lottery=some["lottery"].fewer,
        false_without_pools=none["without pools"].shows,
        bias_without_pools=none["without pools"].bias / none["without pools"].error,
    )
    ours = none["adjusted"]
    if programs >= ASKED and not (0.02 <= ours.shows <= 0.08 and abs(ours.bias) < ours.error / 4):
        raise SystemExit(
            "Where nothing was done, an effect is claimed in 2 to 8 % of programs, with a bias under 1/4 error."
        )


if __name__ == "__main__":
    main()
