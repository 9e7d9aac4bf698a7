"""Trade that grew fast."""

import numpy as np

from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model

FULL_AT = 4.0


def growth(given: Inputs, model: Model) -> Points:
    """Points for growth of value in the last six months over the six before; all of them at four times, none for decline.

    Reads: `value_last_half`, `value_half_before`. Source: this project's own; model 1 had it, model 2 asks what is new.
    """
    before = np.maximum(given.value_half_before, 1.0)
    ratio = np.clip(given.value_last_half / before, 1.0, FULL_AT)
    return model.part("growth", np.log(ratio) / np.log(FULL_AT))
