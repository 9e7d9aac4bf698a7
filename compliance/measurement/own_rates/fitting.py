"""From what is known of accounts to their rates: fit once over all, then rate all or some by that fit. Pure."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import scipy

from compliance.measurement.own_rates import groups
from compliance.measurement.own_rates.design import FREE, Design, design_of, matrix_of
from compliance.measurement.own_rates.expected import Expected, expected_of
from compliance.measurement.own_rates.grid import Grid, grid_of
from compliance.measurement.own_rates.known import Counts, Covariates, Floats, Known
from compliance.measurement.own_rates.likelihood import spread_of
from compliance.measurement.own_rates.posterior import Posterior, posteriors
from compliance.measurement.own_rates.regression import FOLDS, Ridge, log_odds, ridge, variances

#: With fewer discrepancies the regression is a constant: covariates of so few tell stories.
LEAST_FINDS = 20
#: Of the data that a fit is kept as; a fit of another form is made anew.
FORM = 3


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
    ridge: Ridge
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
    fitted = _regression(matrix, wrong, of_importers, folds_of(known))
    expected = _expected(matrix, fitted, known)
    cuts = groups.cuts_of(known)
    found = {}
    for key, members in groups.members_of(groups.groups_of(known, cuts), known).items():
        x, n = known.wrong[members], known.reviews[members]
        grid = grid_of(x, n, expected.at(members))
        found[key] = Group(key, int((n > 0).sum()), int(n.sum()), int(x.sum()), grid)
    return Fit(design, fitted, cuts, found, int((of_importers > 0).sum()), int(of_importers.sum()), int(wrong.sum()))


def folds_of(known: Known) -> Counts:
    """By the last digit of its id, which is random: an account keeps its fold. A broker has none, it taught nothing."""
    digits = np.array([int(text[-1], 16) for text in known.ids], dtype=np.int64)
    return np.where(known.broker, -1, digits % FOLDS)


def _regression(matrix: Covariates, wrong: Counts, reviews: Counts, fold: Counts) -> Ridge:
    if wrong.sum() < LEAST_FINDS:
        constant = ridge(matrix[:, :1], wrong, reviews, fold, 1, 0.0)
        more = matrix.shape[1] - 1
        return Ridge(
            np.pad(constant.whole, (0, more)),
            np.pad(constant.without, ((0, 0), (0, more))),
            np.pad(constant.covariance, (0, more)),
            np.pad(constant.middle, (0, more)),
        )
    first = ridge(matrix, wrong, reviews, fold, len(FREE), 0.0)
    spread = spread_of(wrong, reviews, scipy.special.expit(log_odds(matrix, first, fold)))
    return ridge(matrix, wrong, reviews, fold, len(FREE), spread)


def rates_by(fit: Fit, known: Known) -> Rated:
    """The rates of accounts by a fit: of the same account always the same, with whomever it is rated."""
    expected = _expected(matrix_of(known, fit.design), fit.ridge, known)
    keys = groups.groups_of(known, fit.cuts).first_of(set(fit.groups))
    grids = {key: group.grid for key, group in fit.groups.items()}
    return Rated(
        posteriors(known.wrong, known.reviews, expected, keys, grids), [fit.groups[key] for key in keys.tolist()]
    )


def _expected(matrix: Covariates, fitted: Ridge, known: Known) -> Expected:
    return expected_of(log_odds(matrix, fitted, folds_of(known)), variances(matrix, fitted), known.other)


def as_data(fit: Fit) -> dict[str, Any]:
    """A fit as plain data. `from_data` makes of it what accounts are rated by: the covariance is kept to six digits."""
    return {
        "form": FORM,
        "design": asdict(fit.design),
        "whole": fit.ridge.whole.tolist(),
        "without": fit.ridge.without.tolist(),
        "covariance": [[float(f"{one:.6g}") for one in row[: at + 1]] for at, row in enumerate(fit.ridge.covariance)],
        "middle": fit.ridge.middle.tolist(),
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
        Ridge(
            np.array(data["whole"]),
            np.array(data["without"]),
            _symmetric(data["covariance"]),
            np.array(data["middle"]),
        ),
        data["cuts"],
        found,
        data["accounts"],
        data["reviews"],
        data["wrong"],
    )


def _symmetric(rows: list[list[float]]) -> Floats:
    """The matrix of which these rows end at the diagonal."""
    low = np.zeros((len(rows), len(rows)))
    for at, row in enumerate(rows):
        low[at, : at + 1] = row
    whole: Floats = low + low.T - np.diag(np.diag(low))
    return whole
