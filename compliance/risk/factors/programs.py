"""Programs whose members were validated take points off."""

from compliance.risk.inputs import Inputs, Points, hundredths
from compliance.risk.model import Model

A_TIER, ISA = 2.0, 4.0


def programs(given: Inputs, model: Model) -> Points:
    """Two points off a CTPAT tier, four off for ISA (CTPAT Trade Compliance); never above zero."""
    return hundredths(-(A_TIER * given.ctpat_tier + ISA * given.isa))
