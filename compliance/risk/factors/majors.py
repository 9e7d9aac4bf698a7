"""How many of the errors are grave: the share of major ones, shrunk where errors are few."""

from compliance.risk.inputs import Floats, Inputs, Points
from compliance.risk.model import Model

#: One error in four is usually major; so much is added to everybody's.
USUAL, AS_MANY = 0.25, 4.0
ALL_FROM = 0.75


def share_of_majors(given: Inputs) -> Floats:
    """Of errors that random reviews found, the share of major ones, four usual errors added."""
    return (given.reviews_major + AS_MANY * USUAL) / (given.reviews_wrong + AS_MANY)


def majors(given: Inputs, model: Model) -> Points:
    """Points where more than a quarter of the errors are major; all of them from three quarters upwards.

    Reads: `reviews_major`, `reviews_wrong`. Source: domain 4.2; the quarter is this project's own.
    """
    return model.part("majors", (share_of_majors(given) - USUAL) / (ALL_FROM - USUAL))
