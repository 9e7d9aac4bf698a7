"""Would headings tell more of an account's own rate than chapters do, and at what price?

python -m benchmarks.headings [--worlds 6] [--accounts 5000] [--seed 1]

Invented worlds of which the truth is known, as benchmarks/own_rates.py invents them, with 1,200 headings of 60 chapters: what
goods do to the rate is the chapter's doing, half of it the heading's, or all of it. The same accounts are rated by three designs:
chapters alone; the headings of which reviews are many enough, and the chapter of all other lines; both at once, each heading
beside its chapter.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from benchmarks.own_rates import BAND_NAMES, BANDS, CHAPTERS, EFFECT, Goods, Numbers, world_of
from compliance.measurement.own_rates import design
from compliance.measurement.own_rates.fitting import fit_to, rates_by
from compliance.measurement.own_rates.known import Known, Mix

HEADINGS = 1_200
#: A heading has a column from so many reviews on (by share of lines): fewer move a coefficient under this ridge hardly at all.
ENOUGH_REVIEWS = 100
#: Share of the variance between goods that lies between headings of one chapter.
SPLITS = {"chapters": 0.0, "half": 0.5, "headings": 1.0}
DESIGNS = (
    "chapters",
    "headings, else chapters",
    "headings beside chapters",
    "the same, headings held four times as tight",
)


def goods_with(share: float) -> Goods:
    """Up to three headings an account, often of one chapter. share: of the variance that is the heading's."""

    def goods(chance: np.random.Generator, accounts: int) -> tuple[Mix, Numbers]:
        chapter = np.sort(chance.integers(0, CHAPTERS, HEADINGS))
        common = chance.dirichlet(np.full(HEADINGS, 0.3))
        shares = np.zeros((accounts, HEADINGS))
        first = chance.choice(HEADINGS, accounts, p=common)
        for heavy in (1.0, 0.5, 0.5):
            picked = first if heavy == 1.0 else chance.choice(HEADINGS, accounts, p=common)
            shares[np.arange(accounts), picked] += heavy * chance.gamma(1, 1, accounts)
        shares /= shares.sum(axis=1, keepdims=True)
        effect = np.sqrt(1 - share) * chance.normal(0, EFFECT, CHAPTERS)[chapter]
        effect += np.sqrt(share) * chance.normal(0, EFFECT, HEADINGS)
        row, column = np.nonzero(shares)
        names = np.array([f"{of:02}{number % 100:02}{number:04}" for number, of in enumerate(chapter)])
        return Mix(row, names[column], shares[row, column]), shares @ effect

    return goods


def designed(known: Known, how: str) -> Known:
    """The same accounts, their goods by one of DESIGNS."""
    goods = known.chapters
    names, place = np.unique(goods.code, return_inverse=True)
    reviews = np.bincount(place, weights=goods.share * known.reviews[goods.row])
    many = (reviews >= ENOUGH_REVIEWS)[place]
    chapters = np.array([name[:2] for name in names])[place]
    if how == DESIGNS[0]:
        return replace(known, chapters=Mix(goods.row, chapters, goods.share))
    if how == DESIGNS[1]:
        return replace(known, chapters=Mix(goods.row, np.where(many, goods.code, chapters), goods.share))
    # Half the share is four times the penalty.
    tight = 0.5 if how == DESIGNS[3] else 1.0
    parts = ((goods.row, chapters, goods.share), (goods.row[many], goods.code[many], tight * goods.share[many]))
    return replace(known, chapters=Mix(*(np.concatenate(one) for one in zip(*parts, strict=True))))


@contextmanager
def as_many_columns_as_asked() -> Iterator[None]:
    before, design.MOST_CHAPTERS = design.MOST_CHAPTERS, HEADINGS
    try:
        yield
    finally:
        design.MOST_CHAPTERS = before


def compared(kind: str, share: float, accounts: int, worlds: int, seed: int) -> dict[str, dict[str, float]]:
    """For each design: coverage over all and by band, mean width, mean squared error, columns, processor seconds."""
    chance = np.random.default_rng(seed)
    sums = {how: np.zeros(4 + 2 * len(BANDS) + 2) for how in DESIGNS}
    for _ in range(worlds):
        world = world_of(chance, accounts, kind, goods_with(share))
        for how in DESIGNS:
            with as_many_columns_as_asked():
                known = designed(world.known, how)
                start = time.process_time()
                fit = fit_to(known)
                fitted = time.process_time()
                found = rates_by(fit, known).posterior
                rated = time.process_time()
            holds = (found.low <= world.truth) & (world.truth <= found.high)
            bands = [(known.reviews >= least) & (known.reviews <= most) for least, most in BANDS]
            sums[how] += [
                *(fit.design.columns, (found.high - found.low).mean(), ((found.mean - world.truth) ** 2).mean()),
                holds.mean(),
                *(holds[band].sum() for band in bands),
                *(band.sum() for band in bands),
                *(fitted - start, rated - fitted),
            ]
    return {how: _told(one / worlds) for how, one in sums.items()}


def _told(mean: Numbers) -> dict[str, float]:
    bands = len(BANDS)
    found = dict(zip(("columns", "width", "squared error", "all"), mean[:4].tolist(), strict=True))
    found |= dict(zip(BAND_NAMES, (mean[4 : 4 + bands] / mean[4 + bands : 4 + 2 * bands]).tolist(), strict=True))
    return found | {"fit": float(mean[-2]), "rate": float(mean[-1])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=6)
    parser.add_argument("--accounts", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="M 20")
    arguments = parser.parse_args()
    for name, share in SPLITS.items():
        found = compared(arguments.kind, share, arguments.accounts, arguments.worlds, arguments.seed)
        usual = found[DESIGNS[0]]["squared error"]
        for how, one in found.items():
            said = f"error {one['squared error'] / usual:.3f}  " + "  ".join(
                f"{key} {value:.4f}" for key, value in one.items() if key != "squared error"
            )
            print(f"{arguments.kind}, {arguments.accounts:,}, {name:9} {how:44} {said}", flush=True)


if __name__ == "__main__":
    main()
