"""How much a find costs, as a multiple of the duty of the account's average line, shrunk where finds are few."""

import numpy as np

from compliance.risk.inputs import Floats, Inputs, Points
from compliance.risk.model import Model


def posterior_severity(given: Inputs, model: Model) -> Floats:
    """(sum of shares + k s0) / (finds + k), as in statistics B3; a share is revenue owed over a line's duty."""
    duty_of_a_line = np.maximum(given.duty12 / np.maximum(given.lines12, 1), 1.0)
    shares = given.owed / duty_of_a_line
    return (shares + model.severity_weight * model.severity_prior) / (given.finds + model.severity_weight)


def severity(given: Inputs, model: Model) -> Points:
    """Points for the revenue gap a find, on a log scale. To everybody's finds the model adds some usual ones, so that
    one dear find proves little.

    Reads: `owed`, `finds`, `duty12`, `lines12`. Source: domain 5, statistics B3.
    """
    return model.loss_part(posterior_severity(given, model), model.severity)
