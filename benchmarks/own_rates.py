"""Do the intervals of accounts' own rates hold beside the regression, and what do fifty thousand cost?

python -m benchmarks.own_rates [--worlds 40] [--accounts 50000] [--seed 1]

Invented worlds of which the truth is known: a median of one random review an account, a third without any, rates by
chapter, origin and size, targeted examinations that hit the worse ones more often. The opponent is the usual way: one beta
fitted to all accounts by an optimiser, then a loop over accounts with scipy.stats (domain 4.4), timed on a part of them.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit

from benchmarks import scratch
from compliance.measurement.own_rates.fitting import fit_to, rates_by
from compliance.measurement.own_rates.known import Known, Mix

Numbers = npt.NDArray[np.float64]
Goods: TypeAlias = Callable[[np.random.Generator, int], tuple[Mix, Numbers]]

MEAN = 0.04
CHAPTERS, ORIGINS, CENTERS = 60, 30, 10
#: How far chapters, and origins, differ in log odds.
EFFECT = 0.5
BANDS = ((0, 0), (1, 2), (3, 9), (10, 29), (30, 1_000_000))
BAND_NAMES = ("0 reviews", "1-2", "3-9", "10-29", "30 and more")
#: Precision of the beta around what is expected of each account; None: log-normal around it; 0: accounts do not differ.
KINDS: dict[str, float | None] = {"M 20": 20.0, "M 200": 200.0, "log-normal": None, "no difference": 0.0}


@dataclass(frozen=True)
class World:
    """What is known of accounts, and their true rates."""

    known: Known
    truth: Numbers


def world_of(chance: np.random.Generator, accounts: int, kind: str, goods_of: Goods | None = None) -> World:
    """Invent accounts. kind: a key of KINDS. goods_of: what they import and how it moves their log odds; None: chapters."""
    size = chance.normal(0, 1.6, accounts)
    lines = np.maximum(1, np.exp(5 + 0.8 * size + chance.normal(0, 0.6, accounts)).astype(int)).astype(float)
    often = 0.9 * np.exp(0.35 + 0.9 * (np.log(lines) - np.log(lines).mean()) + chance.normal(0, 0.8, accounts))
    reviews = np.minimum(chance.poisson(often), 800)
    chapters, by_goods = goods_of(chance, accounts) if goods_of else _mix(chance, accounts, CHAPTERS)
    origins, by_origin = _mix(chance, accounts, ORIGINS)
    truth = _rates(chance, by_goods + by_origin + 0.1 * size, kind)
    targeted = chance.poisson(
        np.exp(0.5 + 0.7 * size + 0.4 * np.log(truth / MEAN + 0.2) + chance.normal(0, 0.5, accounts))
    )
    hit = expit(logit(np.clip(truth, 1e-5, 0.99)) + chance.normal(1, 0.7, accounts))
    share = np.array([0.2, 0.17, 0.15, 0.1, 0.1, 0.08, 0.07, 0.06, 0.04, 0.03])
    known = Known(
        ids=[f"{number:x}" for number in range(accounts)],
        broker=np.zeros(accounts, bool),
        center=np.array([f"{1 + place:03}" for place in chance.choice(CENTERS, accounts, p=share)]),
        reviews=reviews,
        wrong=chance.binomial(reviews, truth),
        other=targeted,
        other_wrong=chance.binomial(targeted, hit),
        lines=lines,
        value=np.exp(14 + size),
        chapters=chapters,
        origins=origins,
    )
    return World(known, truth)


def _mix(chance: np.random.Generator, accounts: int, codes: int) -> tuple[Mix, Numbers]:
    """Up to three codes an account, commoner ones more often; and what they do to its log odds."""
    common = chance.dirichlet(np.full(codes, 0.5))
    shares = np.zeros((accounts, codes))
    for heavy in (1.0, 0.5, 0.5):
        picked = chance.choice(codes, accounts, p=common)
        shares[np.arange(accounts), picked] += heavy * chance.gamma(1, 1, accounts)
    shares /= shares.sum(axis=1, keepdims=True)
    row, column = np.nonzero(shares)
    mix = Mix(row, np.array([f"{code:02}" for code in column]), shares[row, column])
    return mix, shares @ chance.normal(0, EFFECT, codes)


def _rates(chance: np.random.Generator, effect: Numbers, kind: str) -> Numbers:
    precision = KINDS[kind]
    if precision == 0:
        return np.full(len(effect), MEAN)
    level = float(logit(MEAN))
    for _ in range(30):
        rate = expit(level + effect)
        level -= float((rate.mean() - MEAN) / (rate * (1 - rate)).mean())
    expected = expit(level + effect)
    if precision is None:
        return np.minimum(0.95, expected * np.exp(chance.normal(-0.32, 0.8, len(effect))))
    return chance.beta(precision * expected, precision * (1 - expected))


def coverage(kind: str, accounts: int, worlds: int, seed: int) -> dict[str, float]:
    """The share of accounts whose interval holds the truth: over all, and by band of random reviews."""
    return {name: share for name, (share, _) in with_error(kind, accounts, worlds, seed).items()}


def with_error(kind: str, accounts: int, worlds: int, seed: int) -> dict[str, tuple[float, float]]:
    """The same, each with its standard error: over worlds, for the accounts of one share a fit."""
    chance = np.random.default_rng(seed)
    inside, counted = np.zeros((worlds, len(BANDS))), np.zeros((worlds, len(BANDS)))
    for number in range(worlds):
        world = world_of(chance, accounts, kind)
        found = rates_by(fit_to(world.known), world.known).posterior
        holds = (found.low <= world.truth) & (world.truth <= found.high)
        for place, (least, most) in enumerate(BANDS):
            band = (world.known.reviews >= least) & (world.known.reviews <= most)
            inside[number, place], counted[number, place] = holds[band].sum(), band.sum()
    columns = [(inside.sum(axis=1), counted.sum(axis=1)), *zip(inside.T, counted.T, strict=True)]
    return {name: _share(*pair) for name, pair in zip(("all", *BAND_NAMES), columns, strict=True)}


def _share(inside: Numbers, counted: Numbers) -> tuple[float, float]:
    share = inside.sum() / counted.sum()
    return float(share), float(np.sqrt(((inside - share * counted) ** 2).sum()) / counted.sum())


def said_to_differ(kind: str, accounts: int, worlds: int, seed: int) -> float:
    """The share of worlds of one group in which accounts are said to differ."""
    chance = np.random.default_rng(seed)
    said = [fit_to(world_of(chance, accounts, kind).known).groups["all"].differs for _ in range(worlds)]
    return float(np.mean(said))


# ---- the opponent ------------------------------------------------------------------------------------------------


def plug_in(known: Known) -> tuple[float, float]:
    """Beta(a, b) of all accounts by maximum likelihood."""

    def loss(logs: Numbers) -> float:
        a, b = np.exp(logs)
        return -float((betaln(known.wrong + a, known.reviews - known.wrong + b) - betaln(a, b)).sum())

    a, b = np.exp(minimize(loss, np.log([1.0, 20.0]), method="Nelder-Mead").x)
    return float(a), float(b)


def in_a_loop(known: Known, a: float, b: float, most: int) -> list[tuple[float, float, float]]:
    """Mean and interval of the first accounts, one after the other."""
    found = []
    for x, n in zip(known.wrong[:most].tolist(), known.reviews[:most].tolist(), strict=True):
        posterior = scipy.stats.beta(a + x, b + n - x)
        found.append((posterior.mean(), posterior.ppf(0.025), posterior.ppf(0.975)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rows = []
    lowest = in_a_band = 1.0
    for accounts, worlds in ((100, 2 * arguments.worlds), (1_000, arguments.worlds)):
        for kind in KINDS:
            found = with_error(kind, accounts, worlds, arguments.seed)
            lowest = min(lowest, found["all"][0])
            in_a_band = min(in_a_band, *(found[name][0] for name in BAND_NAMES))
            said = "  ".join(f"{name} {share:.3f} ± {error:.3f}" for name, (share, error) in found.items())
            rows.append((f"{kind}, {worlds} worlds of {accounts:,}", said))
    for kind in KINDS:
        share = said_to_differ(kind, 100, 2 * arguments.worlds, arguments.seed)
        rows.append((f"{kind}, 100 accounts", f"said to differ in {share:.1%} of worlds"))
    known = world_of(np.random.default_rng(arguments.seed), arguments.accounts, "M 20").known
    start = time.perf_counter()
    fit = fit_to(known)
    fitted = time.perf_counter() - start
    rates_by(fit, known)
    ours = time.perf_counter() - start
    some = min(1_000, arguments.accounts)
    start = time.perf_counter()
    in_a_loop(known, *plug_in(known), some)
    theirs = (time.perf_counter() - start) * arguments.accounts / some
    rows.append(
        (f"{arguments.accounts:,} accounts", f"{ours:.2f} s, of it the fit {fitted:.2f} s; the loop {theirs:.1f} s")
    )
    count = arguments.accounts
    more = {"lowest_coverage": lowest, "lowest_in_a_band": in_a_band, "seconds": ours}
    scratch.tell("own_rates", count / ours, count / theirs, "accounts a second", rows, **more)


if __name__ == "__main__":
    main()
