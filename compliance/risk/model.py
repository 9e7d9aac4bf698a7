"""The numbered model: how many points each factor has. Pure; the database keeps the numbers (models/risk_model.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """Expected loss takes `loss_points` at most, each other factor its `points`; bands begin at whole or part points.

    severity_prior, severity_weight: so many finds of that severity are added to everybody's (statistics B3).
    points: by the name of the factor; a factor without any does not count.
    """

    version: int
    loss_points: float
    duty: Term
    rate: Term
    severity: Term
    severity_prior: float
    severity_weight: float
    moderate_from: float
    high_from: float
    points: Mapping[str, float] = field(default_factory=dict)

    @property
    def loss_span(self) -> float:
        return self.duty.span + self.rate.span + self.severity.span

    def loss_part(self, values: Floats, term: Term) -> Points:
        """Points of one term: R (ln x - ln low) / (L1 - L0), so that the three add up in the order of their product."""
        inside = np.clip(values, term.low, term.high)
        return hundredths(self.loss_points * np.log(inside / term.low) / self.loss_span)

    def part(self, name: str, share: Floats) -> Points:
        """Points of another factor: `share` of what it can have, between 0 and 1."""
        return hundredths(self.points.get(name, 0.0) * np.clip(share, 0.0, 1.0))


_SCALES = {"duty": Term(1_000, 50_000_000), "rate": Term(0.01, 0.3), "severity": Term(0.05, 3)}
#: The models that a new database begins with; the second one is active. A find owes a fifth of its line's duty.
FIRST = Model(
    version=1,
    loss_points=70,
    **_SCALES,
    severity_prior=0.2,
    severity_weight=3,
    moderate_from=40,
    high_from=60,
    points={"growth": 8, "bond_use": 12, "data_quality": 6, "programs": 10},
)
SECOND = Model(
    version=2,
    loss_points=70,
    **_SCALES,
    severity_prior=0.2,
    severity_weight=10,
    moderate_from=40,
    high_from=60,
    points={
        "majors": 4,
        "exposure": 6,
        "change": 6,
        "growth": 0,
        "controls": 4,
        "bond_use": 7,
        "data_quality": 3,
        "programs": 10,
    },
)
