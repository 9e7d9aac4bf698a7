"""What cannot be computed cannot be trusted: entries whose fees are estimated or unknown."""

from compliance.risk.inputs import Inputs, Points, share_of
from compliance.risk.model import Model


def data_quality(given: Inputs, model: Model) -> Points:
    """Points in proportion to the share of entries with estimated or unknown fees.

    Reads: `unsure_entries`, `entries12`. Source: design, what a file lacks is said.
    """
    return model.part("data_quality", share_of(given.unsure_entries, given.entries12))
