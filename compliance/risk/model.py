"""The numbered model: bounds of every factor. An old score is computed again under its own number."""

from dataclasses import dataclass

import numpy as np

from compliance.risk.inputs import Floats, Points, hundredths


@dataclass(frozen=True)
class Term:
    """One of the three logarithmic terms: what is below `low` counts as `low`, above `high` as `high`."""

    low: float
    high: float

    @property
    def span(self) -> float:
        return float(np.log(self.high / self.low))


@dataclass(frozen=True)
class Model:
    """Expected loss takes `loss_points` at most, the other factors what is left of a hundred."""

    version: int
    loss_points: float
    duty: Term
    rate: Term
    severity: Term
    prior_wrong: float
    prior_reviews: float
    severity_prior: float
    severity_weight: float
    change_points: float
    bond_points: float
    quality_points: float
    moderate_from: int
    high_from: int

    @property
    def loss_span(self) -> float:
        return self.duty.span + self.rate.span + self.severity.span

    def loss_part(self, values: Floats, term: Term) -> Points:
        """Points of one term: R (ln x - ln low) / (L1 - L0), so that the three add up in the order of their product."""
        inside = np.clip(values, term.low, term.high)
        return hundredths(self.loss_points * np.log(inside / term.low) / self.loss_span)


#: Version 1. Priors: Beta(2, 38) of a discrepancy (domain 4.4); a find owes a fifth of its line's duty.
VERSION_1 = Model(
    version=1,
    loss_points=70,
    duty=Term(1_000, 50_000_000),
    rate=Term(0.01, 0.3),
    severity=Term(0.05, 3),
    prior_wrong=2,
    prior_reviews=40,
    severity_prior=0.2,
    severity_weight=3,
    change_points=8,
    bond_points=12,
    quality_points=6,
    moderate_from=40,
    high_from=60,
)
ACTIVE = VERSION_1
