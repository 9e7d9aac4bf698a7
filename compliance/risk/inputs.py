"""What the factors read, one element an account."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Points in whole hundredths, so that parts add up to the score to the last digit.
Points = NDArray[np.int64]


@dataclass(frozen=True)
class Inputs:
    """Arrays of equal length. Amounts in dollars; `12` over the twelve whole months before the month scored.

    rate: mean of the posterior of the error rate, with its interval. `new_…`: of the last six whole months, what was in
    none of the twelve before. controls_weak: from 0 (self-assessment full) to 1; 0 where there is none.
    """

    value12: Floats
    duty12: Floats
    entries12: Floats
    lines12: Floats
    rate: Floats
    rate_low: Floats
    rate_high: Floats
    reviews: Floats
    reviews_wrong: Floats
    reviews_major: Floats
    finds: Floats
    owed: Floats
    value_last_half: Floats
    value_half_before: Floats
    agriculture12: Floats
    textiles12: Floats
    adcvd12: Floats
    agreements12: Floats
    new_supplier_value: Floats
    new_origin_value: Floats
    new_heading_value: Floats
    new_suppliers: Floats
    new_origins: Floats
    new_headings: Floats
    controls_weak: Floats
    plan_overdue: Floats
    unsure_entries: Floats
    bond_amount: Floats
    duties_taxes_fees12: Floats
    ctpat_tier: Floats
    isa: Floats


NAMES = tuple(field.name for field in fields(Inputs))


def hundredths(points: Floats) -> Points:
    """Round points to whole hundredths."""
    return np.rint(points * 100).astype(np.int64)


def share_of(part: Floats, whole: Floats) -> Floats:
    """part / whole between 0 and 1; 0 where there is no whole."""
    there = whole > 0
    return np.clip(np.where(there, part / np.where(there, whole, 1.0), 0.0), 0.0, 1.0)
