"""One number for a row of numbers: rows that were kept are told from those that moved without reading them whole. Pure."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Digests = npt.NDArray[np.int64]
#: Splitmix64 (Steele, Lea, Flood 2014): each bit of a row moves half of the bits of its digest.
STEP, FIRST, SECOND = (np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def digests(columns: Iterable[npt.NDArray[np.generic]], many: int) -> Digests:
    """A digest for each of so many rows, of all columns in their order; numbers alone.

    Rows that differ have the same one once in 2 ** 64.
    """
    found = np.full(many, STEP, dtype=np.uint64)
    for column in columns:
        # A zero has two signs in floating point, and is one.
        found = _mixed(found ^ (np.asarray(column, dtype=np.float64) + 0.0).view(np.uint64))
    return found.view(np.int64)


def _mixed(z: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = z + STEP
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))
