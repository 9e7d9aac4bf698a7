"""How much of the trade lies where the law sets priorities."""

from compliance.risk.inputs import Floats, Inputs, Points, share_of
from compliance.risk.model import Model


def exposed12(given: Inputs) -> Floats:
    """Dollars of twelve months in priority trade issues; what lies in two counts twice, the whole value at most."""
    return given.agriculture12 + given.textiles12 + given.adcvd12 + given.agreements12


def exposure(given: Inputs, model: Model) -> Points:
    """Points in proportion to the share of value in priority trade issues that entries show: agriculture (chapters 1 to
    24), textiles (50 to 63), antidumping and countervailing duty (entry types 03, 07, 34, 38), agreements and
    preferences claimed. Only issues in force on the day count.

    Reads: `agriculture12`, `textiles12`, `adcvd12`, `agreements12`, `value12`. Source: 19 USC 4322 (domain 5).
    """
    return model.part("exposure", share_of(exposed12(given), given.value12))
