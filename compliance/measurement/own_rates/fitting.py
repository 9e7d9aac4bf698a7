"""From what is known of accounts to their rates: fit once over all, then rate all or some by that fit. Pure."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from compliance.measurement.own_rates import groups
from compliance.measurement.own_rates.design import FREE, Design, design_of, matrix_of
from compliance.measurement.own_rates.grid import Grid, grid_of, rounded, spread_of
from compliance.measurement.own_rates.known import Floats, Known
from compliance.measurement.own_rates.posterior import Posterior, posteriors
from compliance.measurement.own_rates.regression import log_odds, ridge

#: With fewer discrepancies the regression is a constant: covariates of so few tell stories.
LEAST_FINDS = 20


@dataclass(frozen=True)
class Group:
    """A group that carried enough, as of the fit: accounts with a review, their reviews and
    discrepancies, and its grid."""

    key: str
    accounts: int
    reviews: int
    discrepancies: int
    grid: Grid

    @property
    def mean(self) -> float:
        """Discrepancies by reviews, 0 to 1."""
        return self.discrepancies / self.reviews if self.reviews else 0.0

    @property
    def differs(self) -> bool:
        return self.grid.differs

    @property
    def level(self) -> str:
        return groups.level_of(self.key)


@dataclass(frozen=True)
class Fit:
    """All that is needed to rate an account. cuts: of bands by value, dollars. reviews, wrong: of importers."""

    design: Design
    beta: Floats
    cuts: list[float]
    groups: dict[str, Group]
    accounts: int
    reviews: int
    wrong: int


@dataclass(frozen=True)
class Rated:
    """The posterior of each account, and the group that its precision comes from."""

    posterior: Posterior
    group: list[Group]


def fit_to(known: Known) -> Fit:
    """Fit the regression over importers and a grid for each group that carries enough.

    A broker's lines are its importers' lines: it is rated by the fit and does not enter it, save that brokers, where they
    are enough, have a grid of their own.
    """
    design = design_of(known)
    matrix = matrix_of(known, design)
    of_importers = np.where(known.broker, 0, known.reviews)
    wrong = np.where(known.broker, 0, known.wrong)
    beta = _regression(matrix, wrong, of_importers, design)
    logit = rounded(log_odds(matrix, beta))
    cuts = groups.cuts_of(known)
    kept = groups.chosen(groups.keys_of(known, cuts), known.broker, known.reviews, known.wrong)
    found = {}
    for key, one in kept.items():
        x, n = known.wrong[one.members], known.reviews[one.members]
        found[key] = Group(key, int((n > 0).sum()), int(n.sum()), int(x.sum()), grid_of(x, n, logit[one.members]))
    return Fit(design, beta, cuts, found, int((of_importers > 0).sum()), int(of_importers.sum()), int(wrong.sum()))


def _regression(matrix: Floats, wrong: Any, reviews: Any, design: Design) -> Floats:
    if wrong.sum() < LEAST_FINDS:
        return np.concatenate([ridge(matrix[:, :1], wrong, reviews, 1, 0.0), np.zeros(design.columns - 1)])
    first = ridge(matrix, wrong, reviews, len(FREE), 0.0)
    spread = spread_of(wrong, reviews, expit(log_odds(matrix, first)))
    return ridge(matrix, wrong, reviews, len(FREE), spread)


def rates_by(fit: Fit, known: Known) -> Rated:
    """The rates of accounts by a fit: of the same account always the same, with whomever it is rated."""
    logit = rounded(log_odds(matrix_of(known, fit.design), fit.beta))
    keys = groups.first_of(groups.keys_of(known, fit.cuts), set(fit.groups))
    grids = {key: group.grid for key, group in fit.groups.items()}
    return Rated(posteriors(known.wrong, known.reviews, logit, keys, grids), [fit.groups[key] for key in keys])


def as_data(fit: Fit) -> dict[str, Any]:
    """A fit as plain data, from which `from_data` makes the same fit to the last digit."""
    return {
        "design": asdict(fit.design),
        "beta": fit.beta.tolist(),
        "cuts": fit.cuts,
        "accounts": fit.accounts,
        "reviews": fit.reviews,
        "wrong": fit.wrong,
        "groups": [
            {
                "key": one.key,
                "accounts": one.accounts,
                "reviews": one.reviews,
                "discrepancies": one.discrepancies,
                "offsets": one.grid.offsets.tolist(),
                "weights": one.grid.weights.tolist(),
                "p": one.grid.p,
            }
            for one in fit.groups.values()
        ],
    }


def from_data(data: dict[str, Any]) -> Fit:
    """The fit that `as_data` wrote."""
    found = {}
    for one in data["groups"]:
        grid = Grid(np.array(one["offsets"]), np.array(one["weights"]), one["p"])
        found[one["key"]] = Group(one["key"], one["accounts"], one["reviews"], one["discrepancies"], grid)
    return Fit(
        Design(**data["design"]),
        np.array(data["beta"]),
        data["cuts"],
        found,
        data["accounts"],
        data["reviews"],
        data["wrong"],
    )
