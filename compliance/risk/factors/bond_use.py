"""A bond used to its limit leaves duty unsecured."""

import numpy as np

from compliance.risk.inputs import Floats, Inputs, Points
from compliance.risk.model import Model

NONE_BELOW, ALL_FROM = 0.5, 1.2


def utilisation(given: Inputs) -> Floats:
    """A tenth of twelve months' duties, taxes and fees over the bond amount; 0 where no bond is on file."""
    has_bond = given.bond_amount > 0
    return np.where(has_bond, 0.1 * given.duties_taxes_fees12 / np.where(has_bond, given.bond_amount, 1.0), 0.0)


def bond_use(given: Inputs, model: Model) -> Points:
    """Points for the use of the newest continuous bond of activity 1, from half upwards, all of them from 120 %.

    Reads: `bond_amount`, `duties_taxes_fees12` of all numbers that the bond covers. Source: domain 1.1, CBP's formula.
    """
    return model.part("bond_use", (utilisation(given) - NONE_BELOW) / (ALL_FROM - NONE_BELOW))
