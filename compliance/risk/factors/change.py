"""Trade from where, with whom and in what nobody has seen it yet."""

import numpy as np

from compliance.risk.inputs import Floats, Inputs, Points, share_of
from compliance.risk.model import Model

ALL_FROM = 0.5


def new_share(given: Inputs) -> Floats:
    """Of the value of the last six months, the share of new suppliers, origins or headings: of the three, the largest."""
    new = np.maximum(np.maximum(given.new_supplier_value, given.new_origin_value), given.new_heading_value)
    return share_of(new, given.value_last_half)


def change(given: Inputs, model: Model) -> Points:
    """Points for suppliers, origins and headings that the last six whole months have and the twelve before had not, by
    their share of value; all of them where half of the value is new.

    Reads: `new_supplier_value`, `new_origin_value`, `new_heading_value`, `value_last_half`. Source: domain 5.
    """
    return model.part("change", new_share(given) / ALL_FROM)
