"""What the factors read, one element an account."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Points in whole hundredths, so that parts add up to the score to the last digit.
Points = NDArray[np.int64]


@dataclass(frozen=True)
class Inputs:
    """Arrays of equal length. Amounts in dollars; `12` over the twelve whole months before the month scored."""

    value12: Floats
    duty12: Floats
    entries12: Floats
    lines12: Floats
    reviews: Floats
    reviews_wrong: Floats
    finds: Floats
    owed: Floats
    value_last_half: Floats
    value_half_before: Floats
    unsure_entries: Floats
    bond_amount: Floats
    duties_taxes_fees12: Floats
    ctpat_tier: Floats
    isa: Floats


NAMES = tuple(field.name for field in fields(Inputs))


def hundredths(points: Floats) -> Points:
    """Round points to whole hundredths."""
    return np.rint(points * 100).astype(np.int64)
