"""A manager for each account without one: by Center, by experience, and so that caseloads even out. Pure.

The optimum of a mixed-integer program (scipy.optimize.milp). What a manager carries costs the more, the more it is already,
so nobody is filled up while another has room. Everything is counted in weighted accounts of caseload (project defaults): an
account goes to another Center only where that saves more than `AWAY`, and to somebody who does not know its goods only where
that saves more than `NEW_TO_IT`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import scipy

Numbers = npt.NDArray[np.float64]

AWAY, NEW_TO_IT = 15.0, 5.0
#: Weighted accounts by which the cost of a caseload rises in steps: the smaller, the more even, and the slower.
STEP = 2.0
#: The proposal is at most this share above the optimum, or the best found in so many seconds.
GAP, SECONDS = 0.01, 10.0
#: From so many accounts of the same goods on, somebody knows them.
KNOWS_FROM = 3


@dataclass(frozen=True)
class Unmanaged:
    """An account to be given to somebody. center: of an importer, None of a broker; goods: the chapter of most of its value,
    empty where it is not known."""

    account: str
    center: str | None
    goods: str
    weight: Decimal


@dataclass(frozen=True)
class Carrier:
    """A manager with what is carried today. accounts: how many of each chapter, and under BROKER of brokers."""

    manager: str
    center: str | None
    load: Decimal
    accounts: dict[str, int] = field(default_factory=dict)

    def knows(self, account: Unmanaged) -> float:
        """From 0 to 1: how well the goods are known, by accounts of the same."""
        return min(1.0, self.accounts.get(account.goods, 0) / KNOWS_FROM)

    def is_near(self, account: Unmanaged) -> bool:
        """Of the account's Center; brokers have none, so that nobody is nearer to them."""
        return account.center is None or account.center == self.center


def propose(accounts: Sequence[Unmanaged], carriers: Sequence[Carrier]) -> dict[str, str]:
    """A manager for each account, by its id; the same for the same accounts and managers. Empty without managers."""
    if not accounts or not carriers:
        return {}
    # Slow to import, and needed on one page alone.
    from scipy.optimize import Bounds, LinearConstraint, milp

    accounts = sorted(accounts, key=lambda one: (-one.weight, one.account))
    carriers = sorted(carriers, key=lambda one: one.manager)
    many, people = len(accounts), len(carriers)
    weights = np.array([float(one.weight) for one in accounts])
    steps = _steps(weights, carriers)
    pairs = many * people
    # Each pair of account and manager is chosen or not; each step of each manager's caseload is filled from 0 to STEP.
    costs = np.concatenate([(weights[:, None] * _fits(accounts, carriers)).ravel(), steps.ravel()])
    once = scipy.sparse.hstack(
        [scipy.sparse.kron(scipy.sparse.eye(many), np.ones((1, people))), scipy.sparse.csr_matrix((many, steps.size))]
    )
    filled = scipy.sparse.kron(scipy.sparse.eye(people), -np.ones((1, steps.shape[1])))
    carried = scipy.sparse.hstack([scipy.sparse.kron(weights[None, :], scipy.sparse.eye(people)), filled])
    found = milp(
        costs,
        integrality=np.concatenate([np.ones(pairs), np.zeros(steps.size)]),
        bounds=Bounds(0, np.concatenate([np.ones(pairs), np.full(steps.size, STEP)])),
        constraints=[LinearConstraint(once, 1, 1), LinearConstraint(carried, 0, 0)],
        options={"mip_rel_gap": GAP, "time_limit": SECONDS},
    )
    if found.x is None:  # ten seconds brought nothing: better no proposal than a bad one
        return {}
    chosen = found.x[:pairs].reshape(many, people).argmax(axis=1)
    return {one.account: carriers[at].manager for one, at in zip(accounts, chosen, strict=True)}


def _fits(accounts: Sequence[Unmanaged], carriers: Sequence[Carrier]) -> Numbers:
    """How far each manager (columns) is from each account (rows), in weighted accounts of caseload."""
    return np.array(
        [
            [(0.0 if carrier.is_near(one) else AWAY) + NEW_TO_IT * (1 - carrier.knows(one)) for carrier in carriers]
            for one in accounts
        ]
    )


def _steps(weights: Numbers, carriers: Sequence[Carrier]) -> Numbers:
    """What each step of caseload costs each manager (rows): what is carried in its middle, beyond who carries least."""
    loads = np.array([float(carrier.load) for carrier in carriers])
    # Nobody is filled up further than the level of water poured over all, and what Center and goods are worth above it.
    ranked = np.sort(loads)
    levels = (weights.sum() + np.cumsum(ranked)) / np.arange(1, len(ranked) + 1)
    top = min(levels.min() + AWAY + NEW_TO_IT + weights.max(), loads.min() + weights.sum())
    many = max(1, math.ceil((max(top, loads.min() + weights.max()) - loads.min()) / STEP))
    return np.asarray(loads[:, None] - loads.min() + (np.arange(many) + 0.5)[None, :] * STEP)
