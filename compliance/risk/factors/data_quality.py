"""What cannot be computed cannot be trusted: entries whose fees are estimated or unknown."""

import numpy as np

from compliance.risk.inputs import Inputs, Points, hundredths
from compliance.risk.model import Model


def data_quality(given: Inputs, model: Model) -> Points:
    """Points in proportion to the share of entries with estimated or unknown fees."""
    share = given.unsure_entries / np.maximum(given.entries12, 1.0)
    return hundredths(model.quality_points * np.clip(share, 0.0, 1.0))
