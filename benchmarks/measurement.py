"""Do the intervals of a stratified rate hold? A grid of designs with known truth, many samples of each.

python -m benchmarks.measurement [--samples 2000] [--seed 1]

The opponents are Wilson's and Clopper and Pearson's intervals on the effective sample size alone. The figures are
shares of samples whose interval covers the truth. The tests assert ours on the same grid.
"""

import argparse
import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks import clusters, scratch
from compliance.measurement.rates import estimates
from compliance.measurement.sizes import neyman

Numbers = npt.NDArray[np.float64]

LINES, DRAWN, FLOOR, CONFIDENCE = 200_000, 1_200, 30, 0.95
STRATA = (3, 6, 12)
RATES = (0.005, 0.02, 0.05, 0.2)
ALLOCATIONS = ("proportional", "Neyman with floor", "floor of 10", "equal")
EQUAL, UNEQUAL = "equal rates", "unequal rates"
#: name of an interval: the fields of the estimate that are its ends
INTERVALS = {
    "displayed": ("low", "high"),
    "bound": ("bound_low", "bound_high"),
    "Wilson on n_eff alone": ("wilson_low", "wilson_high"),
    "Clopper-Pearson on n_eff": ("exact_low", "exact_high"),
}


@dataclass(frozen=True)
class Design:
    """A population by stratum, how many lines of each are wrong, and how many are drawn."""

    name: str
    population: npt.NDArray[np.int64]
    wrong: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.int64]

    @property
    def truth(self) -> float:
        return float(self.wrong.sum() / self.population.sum())


def designs() -> list[Design]:
    """Every combination of count of strata, rate, allocation, and equal or unequal rates."""
    return [_design(*one) for one in itertools.product(STRATA, RATES, ALLOCATIONS, (EQUAL, UNEQUAL))]


def _design(strata: int, rate: float, allocation: str, spread: str) -> Design:
    # Each stratum is smaller than the one before, down to a tenth of the first: value bands are like that.
    size = np.geomspace(10, 1, strata)
    population = np.round(LINES * size / size.sum()).astype(np.int64)
    # The smaller, dearer strata are up to five times worse; the rate of all stays the one asked for.
    relative = np.ones(strata) if spread == EQUAL else np.geomspace(0.5, 2.5, strata)
    rates = rate * relative * population.sum() / (population * relative).sum()
    drawn = _drawn(allocation, population, rates)
    wrong = np.round(rates * population).astype(np.int64)
    return Design(f"{strata} strata, {rate:.1%}, {allocation}, {spread}", population, wrong, drawn)


def _drawn(allocation: str, population: npt.NDArray[np.int64], rates: Numbers) -> npt.NDArray[np.int64]:
    same = [(int(size), 0.5) for size in population]
    if allocation == "equal":
        return np.full(len(population), DRAWN // len(population))
    if allocation == "Neyman with floor":
        return np.array(neyman(DRAWN, list(zip(population.tolist(), rates.tolist(), strict=True)), FLOOR))
    if allocation == "floor of 10":
        # All but the largest stratum at the floor: the hardest for an interval.
        drawn = np.full(len(population), 10)
        drawn[0] = DRAWN // 2
        return drawn
    return np.array(neyman(DRAWN, same))


def coverage(samples: int, seed: int) -> dict[str, Numbers]:
    """For each interval the share of samples that cover the truth, one number a design."""
    random = np.random.default_rng(seed)
    covered: dict[str, list[float]] = {name: [] for name in INTERVALS}
    for design in designs():
        right = design.population - design.wrong
        found = random.hypergeometric(design.wrong, right, design.drawn, (samples, len(design.drawn)))
        made = estimates(design.population.astype(float), design.drawn.astype(float), found.astype(float), CONFIDENCE)
        for name, (low, high) in INTERVALS.items():
            inside = (made[low] <= design.truth) & (design.truth <= made[high])
            covered[name].append(float(inside.mean()))
    return {name: np.array(shares) for name, shares in covered.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found = coverage(arguments.samples, arguments.seed)
    rows = [
        (name, f"mean {shares.mean():.3f}  lowest {shares.min():.3f}  highest {shares.max():.3f}")
        for name, shares in found.items()
    ]
    worst = sorted(zip(found["displayed"], (one.name for one in designs()), strict=True))[:3]
    rows += [(f"displayed, hardest {place}", f"{share:.3f}  {name}") for place, (share, name) in enumerate(worst, 1)]
    whole = clusters.coverage(arguments.samples, arguments.seed).values()
    for name in ("displayed", "bound", "every line by itself"):
        shares = np.array([one[name] for one in whole])
        rows.append((f"whole entries examined: {name}", f"mean {shares.mean():.3f}  lowest {shares.min():.3f}"))
    lowest = {name: float(shares.min()) for name, shares in found.items()}
    scratch.tell(
        "measurement",
        100 * lowest["displayed"],
        100 * lowest["Wilson on n_eff alone"],
        f"% of samples covered in the worst of {len(designs())} designs",
        rows,
        displayed_mean=float(found["displayed"].mean()),
        displayed_lowest=lowest["displayed"],
        bound_lowest=lowest["bound"],
        wilson_lowest=lowest["Wilson on n_eff alone"],
        clopper_lowest=lowest["Clopper-Pearson on n_eff"],
    )


if __name__ == "__main__":
    main()
