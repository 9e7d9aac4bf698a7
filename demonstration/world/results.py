"""What examinations find: kind of discrepancy, gravity, amounts. Grave is what the default rule set calls
major."""

from dataclasses import dataclass

import numpy as np

from demonstration.world.draws import log_normal

KINDS = ("VALUE", "CLASS", "ORIGIN", "MARKING", "QTY", "IPR", "ADCVD", "PGA", "SPI_CLAIM", "DESC",
          "MISSING_DOC",
         "FORCED_LABOR")  # fmt: skip
MAJOR_SHARES = {"CLASS": 34, "VALUE": 18, "ORIGIN": 10, "SPI_CLAIM": 10, "QTY": 7, "ADCVD": 10, "IPR": 5,
          "PGA": 9,
                "FORCED_LABOR": 1.7, "MARKING": 1.2, "DESC": 1.1}  # fmt: skip
MINOR_SHARES = {"CLASS": 31, "VALUE": 12.5, "QTY": 16, "MISSING_DOC": 17, "DESC": 8, "ORIGIN": 7,
          "MARKING": 8,
                "SPI_CLAIM": 7, "PGA": 2}  # fmt: skip
NONE, MINOR, MAJOR = range(3)
DISPOSITIONS = ("NO_DISCREPANCY", "DISCREPANCY_LOL", "DISCREPANCY_MTD")
PAPERS = tuple(KINDS.index(kind) for kind in ("MISSING_DOC", "DESC", "MARKING", "PGA", "IPR", "FORCED_LABOR"))
MEASURED = tuple(KINDS.index(kind) for kind in ("VALUE", "QTY"))


@dataclass(frozen=True)
class Finding:
    """Of each examined row: gravity, kind (index into KINDS), amounts in cents (entered value; signed
    difference)."""

    gravity: np.ndarray
    kind: np.ndarray
    declared: np.ndarray
    found: np.ndarray
    revenue: np.ndarray


def _kinds(rng: np.random.Generator, shares: dict[str, float], size: int) -> np.ndarray:
    weights = np.array([shares.get(kind, 0.0) for kind in KINDS])
    return rng.choice(len(KINDS), size=size, p=weights / weights.sum())


def minor_rate(major: np.ndarray) -> np.ndarray:
    """Chance of an error that is no more than against the letter of the law, beside that of a major one."""
    return np.asarray(0.026 + 0.6 * np.minimum(major, 0.06))


def gravities(rng: np.random.Generator, major: np.ndarray, minor: np.ndarray) -> np.ndarray:
    """Draw NONE, MINOR or MAJOR for each row from its two chances."""
    u = rng.random(len(major))
    return np.where(u < major, MAJOR, np.where(u < major + minor, MINOR, NONE))


def find(
    rng: np.random.Generator, gravity: np.ndarray, forced: np.ndarray, value: np.ndarray, duty: np.ndarray
) -> Finding:
    """Kinds and amounts. forced: kind of a planted problem or -1; value, duty: of the line or entry, in
    cents."""
    n = len(gravity)
    major = gravity == MAJOR
    kind = np.where(major, _kinds(rng, MAJOR_SHARES, n), _kinds(rng, MINOR_SHARES, n))
    kind = np.where(major & (forced >= 0), forced, kind)
    measured, papers = np.isin(kind, MEASURED), np.isin(kind, PAPERS)
    # A measured error moves the value; its revenue follows from the rate paid.
    part = np.where(major, rng.uniform(0.12, 0.5, n), rng.uniform(0.005, 0.08, n))
    part = np.where(major & (duty == 0), np.maximum(part, 550_000 / value), part)
    part = np.where(~major, np.minimum(part, 95_000 / np.maximum(duty, 1)), part)
    # Any other major error costs by its own size, within reason of the line's value.
    size = np.maximum(log_normal(rng, 480_000, 3_600_000, n), 100_000)
    size = np.maximum(np.minimum(size, value * rng.uniform(0.1, 0.55, n)), duty * 0.13 + 500)
    small = np.minimum(duty * rng.uniform(0.02, 0.09, n), 95_000)
    revenue = np.where(measured, part * duty, np.where(major, size, small))
    nothing = np.where(papers, 0.75, np.where(major, 0.0, 0.05))
    revenue = np.where((rng.random(n) < nothing) & ~(measured & major), 0.0, revenue)
    minus = (rng.random(n) < 0.55) & (revenue < duty * 0.9) & (forced < 0)
    sign = np.where(minus, -1, 1)
    change = np.where(measured, np.rint(part * value).astype(np.int64) * sign, 0)
    kept = gravity > NONE
    return Finding(
        gravity,
        np.where(kept, kind, -1),
        np.where(kept, value, -1),
        np.where(kept, value + change, -1),
        np.where(kept, np.rint(revenue).astype(np.int64) * sign, 0),
    )
