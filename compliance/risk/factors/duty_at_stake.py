"""How much duty could be lost: the larger, the more."""

from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model


def duty_at_stake(given: Inputs, model: Model) -> Points:
    """Points for the duty of twelve whole months, on a log scale; under $1,000 counts as $1,000.

    Reads: `duty12`. Source: domain 5, rank by expected revenue loss; 19 USC 4322, revenue is a priority trade issue.
    """
    return model.loss_part(given.duty12, model.duty)
