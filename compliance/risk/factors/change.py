"""Trade that grew fast is trade that nobody has looked at yet."""

import numpy as np

from compliance.risk.inputs import Inputs, Points, hundredths
from compliance.risk.model import Model

FULL_AT = 4.0


def change(given: Inputs, model: Model) -> Points:
    """Points for growth of the last six months over the six before; all of them at four times, none for decline."""
    before = np.maximum(given.value_half_before, 1.0)
    ratio = np.clip(given.value_last_half / before, 1.0, FULL_AT)
    return hundredths(model.change_points * np.log(ratio) / np.log(FULL_AT))
