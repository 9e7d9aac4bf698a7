"""Do the intervals hold where reviewers examined whole entries, whose lines err together? Populations with known truth.

A part of this is told by python -m benchmarks.measurement; tests/compliance/measurement/test_clusters.py asserts it. The
opponent counts every examined line of a whole entry as if it had been drawn by itself.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.measurement.rates import estimates

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

ENTRIES, DRAWN, CONFIDENCE = 6_000, (300, 200, 120), 0.95
#: Lines an entry, on average; correlation of the lines of one entry; share of entries that are examined whole.
SIZES, CORRELATIONS, WHOLE, RATES = (3, 12), (0.1, 0.5), (0.3, 1.0), (0.02, 0.08)
#: Lines by stratum, and how much worse each is: the lines of one entry lie in several.
SHARES, WORSE = np.array([0.7, 0.2, 0.1]), np.array([0.8, 1.3, 1.8])


@dataclass(frozen=True)
class Lines:
    """A population: of each line its stratum, whether its entry is examined whole, lines of the entry, wrong ones, itself."""

    stratum: Counts
    whole: npt.NDArray[np.bool_]
    lines: Counts
    wrong_lines: Counts
    wrong: npt.NDArray[np.bool_]

    @property
    def truth(self) -> float:
        return float(self.wrong.mean())


def population(random: np.random.Generator, size: int, correlation: float, whole: float, rate: float) -> Lines:
    """Entries of geometric size; each has a rate of its own (beta), so that its lines err together."""
    lines = random.geometric(1 / size, ENTRIES)
    strength = 1 / correlation - 1
    own = random.beta(rate * strength, (1 - rate) * strength, ENTRIES)
    entry = np.repeat(np.arange(ENTRIES), lines)
    stratum = random.choice(len(SHARES), len(entry), p=SHARES)
    wrong = random.random(len(entry)) < np.minimum(own[entry] * WORSE[stratum], 1)
    wrong_lines = np.bincount(entry, wrong, ENTRIES).astype(np.int64)
    examined_whole = random.random(ENTRIES) < whole
    return Lines(stratum, examined_whole[entry], lines[entry], wrong_lines[entry], wrong)


def coverage(samples: int, seed: int) -> dict[str, dict[str, float]]:
    """By design: shares of samples whose interval holds the truth (displayed, bound, every line by itself), and the bias."""
    random = np.random.default_rng(seed)
    found = {}
    for size, correlation, whole, rate in itertools.product(SIZES, CORRELATIONS, WHOLE, RATES):
        world = population(random, size, correlation, whole, rate)
        name = f"{size} lines an entry, correlation {correlation}, {whole:.0%} whole, {rate:.0%}"
        found[name] = _covered(random, world, samples)
    return found


def _covered(random: np.random.Generator, world: Lines, samples: int) -> dict[str, float]:
    there = np.array([(world.stratum == one).sum() for one in range(len(DRAWN))])
    drawn = np.array(DRAWN)
    sums = {name: np.zeros((samples, len(drawn))) for name in ("found", "squares", "examined", "wrong")}
    for stratum in range(len(drawn)):
        # What a drawn line can bring: lines examined and those of them wrong; how many lines of the population bring it.
        inside = world.stratum == stratum
        brings = np.stack(
            [
                np.where(world.whole, world.lines, 1)[inside],
                np.where(world.whole, world.wrong_lines, world.wrong)[inside],
            ]
        )
        kinds, many = np.unique(brings, axis=1, return_counts=True)
        got = random.multivariate_hypergeometric(many, drawn[stratum], size=samples, method="marginals")
        share = kinds[1] / kinds[0]
        for name, value in (("found", share), ("squares", share**2), ("examined", kinds[0]), ("wrong", kinds[1])):
            sums[name][:, stratum] = got @ value
    ours = estimates(there.astype(float), drawn.astype(float), sums["found"], CONFIDENCE, sums["squares"])
    alone = [
        estimates(np.maximum(there, n).astype(float), n, x[None, :], CONFIDENCE)
        for n, x in zip(sums["examined"], sums["wrong"], strict=True)
    ]

    def held(low: Numbers, high: Numbers) -> float:
        return float(((low <= world.truth) & (world.truth <= high)).mean())

    return {
        "displayed": held(ours["low"], ours["high"]),
        "bound": held(ours["bound_low"], ours["bound_high"]),
        "every line by itself": held(
            np.array([float(one["low"][0]) for one in alone]), np.array([float(one["high"][0]) for one in alone])
        ),
        "bias": float(ours["rate"].mean() / world.truth - 1),
    }
