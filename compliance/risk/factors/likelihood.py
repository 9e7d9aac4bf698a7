"""How likely a line is wrong: from random reviews alone, leaning on what is usual where they are few."""

from compliance.risk.inputs import Floats, Inputs, Points
from compliance.risk.model import Model


def posterior_rate(given: Inputs, model: Model) -> Floats:
    """Mean of the beta posterior of the discrepancy rate, between 0 and 1 (domain 4.4)."""
    return (given.reviews_wrong + model.prior_wrong) / (given.reviews + model.prior_reviews)


def likelihood(given: Inputs, model: Model) -> Points:
    """Points for the posterior rate, on a log scale."""
    return model.loss_part(posterior_rate(given, model), model.rate)
