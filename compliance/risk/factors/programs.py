"""Programs whose members were validated take points off."""

from compliance.risk.inputs import Inputs, Points
from compliance.risk.model import Model

A_TIER, ISA, ALL = 2.0, 4.0, 10.0


def programs(given: Inputs, model: Model) -> Points:
    """Takes points off: two tenths of them for each CTPAT tier, four for ISA (CTPAT Trade Compliance); never above zero.

    Reads: `ctpat_tier`, `isa`. Source: domain 5, ISA and CTPAT.
    """
    return -model.part("programs", (A_TIER * given.ctpat_tier + ISA * given.isa) / ALL)
