"""How weak the company says its own controls are, and what it promised and did not do."""

import numpy as np

from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model

ALL_OVERDUE = 3.0


def controls(given: Inputs, model: Model) -> Points:
    """Half of the points for a weak self-assessment, half for overdue items of the plan, all of these from three on.

    Reads: `controls_weak`, what the newest self-assessment that the account manager reviewed lacks of its 100 points, zero
    without one; `plan_overdue`, actions of open plans whose day is past.
    Source: domain 5, internal control.
    """
    return model.part("controls", 0.5 * given.controls_weak + 0.5 * np.minimum(given.plan_overdue / ALL_OVERDUE, 1.0))
