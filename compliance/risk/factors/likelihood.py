"""How likely a line is wrong: the account's own rate, which leans on its peers where reviews are few."""

from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model


def likelihood(given: Inputs, model: Model) -> Points:
    """Points for the mean of the posterior of the error rate, on a log scale. Only reviews picked at random are its
    outcome; targeted ones move the mean that it leans on, and no more.

    Reads: `rate`. Source: domain 4.4, statistics B2 and B4.
    """
    return model.loss_part(given.rate, model.rate)
