"""The score: the sum of its parts, cut to the scale by a part of its own. Pure."""

import numpy as np

from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model

TOP = 100_00


def parts_of(given: Inputs, model: Model) -> dict[str, Points]:
    """Points of every part in hundredths, the limit of the scale last; they add up to 0..10,000."""
    parts = {name: factor(given, model) for name, factor in FACTORS.items()}
    total = np.sum(list(parts.values()), axis=0)
    return parts | {LIMIT: np.clip(total, 0, TOP) - total}


def score_of(parts: dict[str, Points]) -> Points:
    """The score in hundredths."""
    total: Points = np.sum(list(parts.values()), axis=0)
    return total


def bands_of(score: Points, model: Model) -> list[str]:
    """low, moderate or high, an account each."""
    names = np.array(["low", "moderate", "high"])
    return list(names[np.digitize(score, [model.moderate_from * 100, model.high_from * 100])])
