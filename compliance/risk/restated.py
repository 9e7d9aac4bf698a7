"""A stored score by another model, from its own inputs: what one compares when the weights changed in between."""

import copy
from decimal import Decimal

from compliance.risk.model import Model
from compliance.risk.models import Assessment
from compliance.risk.score import bands_of, expected_loss, parts_of, score_of


def restated(row: Assessment, model: Model) -> Assessment:
    """A copy of the score, never saved, with the parts that the model gives it."""
    found, given = copy.copy(row), row.inputs()
    parts = parts_of(given, model)
    for name, part in parts.items():
        setattr(found, name, Decimal(int(part[0])) / 100)
    total = score_of(parts)
    found.pk, found.model_version = None, model.version
    found.score, found.band = Decimal(int(total[0])) / 100, bands_of(total, model)[0]
    found.expected_loss = Decimal(str(round(float(expected_loss(given, model)[0]), 2)))
    return found
