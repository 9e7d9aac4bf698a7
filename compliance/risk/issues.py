"""Value in priority trade issues, as the score reads it: which input holds which issue of measurement's dated list. Pure."""

import dataclasses
import datetime

import numpy as np

from compliance.measurement.issues import ISSUES
from compliance.risk.inputs import Inputs

#: By code of the issue, the field of Inputs with its value.
INPUTS = {
    "agriculture": "agriculture12",
    "textiles": "textiles12",
    "adcvd": "adcvd12",
    "agreements": "agreements12",
}
#: Entry types that say themselves that antidumping or countervailing duty is due (domain 2.3).
ADCVD_TYPES = ("03", "07", "34", "38")


def in_force(given: Inputs, day: datetime.date) -> Inputs:
    """The inputs without the value of issues that were none on that day."""
    over = [INPUTS[issue.code] for issue in ISSUES if not issue.on(day)]
    return dataclasses.replace(given, **{name: np.zeros_like(given.value12) for name in over})
