"""The score: the sum of its parts, cut to the scale by a part of its own. Pure."""

import numpy as np

from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.factors.severity import posterior_severity
from compliance.risk.inputs import Floats, Inputs, Points
from compliance.risk.model import Model

TOP = 100_00
BANDS = ("low", "moderate", "high")


def parts_of(given: Inputs, model: Model) -> dict[str, Points]:
    """Points of every part in hundredths, the limit of the scale last; they add up to 0..10,000."""
    parts = {name: factor(given, model) for name, factor in FACTORS.items()}
    total = np.sum(list(parts.values()), axis=0)
    return parts | {LIMIT: np.clip(total, 0, TOP) - total}


def score_of(parts: dict[str, Points]) -> Points:
    """The score in hundredths."""
    total: Points = np.sum(list(parts.values()), axis=0)
    return total


def band_numbers(score: Points, model: Model) -> Points:
    """The place of the band in BANDS: 0 low, 2 high."""
    return np.digitize(score, [round(model.moderate_from * 100), round(model.high_from * 100)]).astype(np.int64)


def bands_of(score: Points, model: Model) -> list[str]:
    """low, moderate or high, an account each."""
    return list(np.array(BANDS)[band_numbers(score, model)])


def expected_loss(given: Inputs, model: Model) -> Floats:
    """Dollars a year: duty at stake, times how often, times how bad. What is ranked by where scores are alike."""
    return given.duty12 * given.rate * posterior_severity(given, model)
