"""Drawing for many rows at once, and fitting the habits of single accounts to the shares of the whole."""

from dataclasses import dataclass

import numpy as np

IntArray = np.ndarray
FloatArray = np.ndarray


@dataclass(frozen=True)
class Pools:
    """Weighted choices in groups: the items of one group lie side by side.

    `edges` (items + 1) is the running sum of weights; group g has the items `first[g]` to `first[g + 1] - 1`.
    """

    edges: FloatArray
    first: IntArray

    @classmethod
    def of(cls, weights: FloatArray, group: IntArray, groups: int) -> "Pools":
        """Pools of items that are sorted by `group` (0 .. groups - 1); a group may be empty."""
        edges = np.concatenate(([0.0], np.cumsum(weights)))
        return cls(edges, np.searchsorted(group, np.arange(groups + 1)))

    def draw(self, group: IntArray, uniform: FloatArray) -> IntArray:
        """One item from each given group; `uniform` in [0, 1) of the same shape decides which."""
        low, high = self.first[group], self.first[group + 1]
        at = self.edges[low] + uniform * (self.edges[high] - self.edges[low])
        return np.asarray(np.clip(np.searchsorted(self.edges, at, side="right") - 1, low, high - 1))


def fit_shares(habits: FloatArray, weights: FloatArray, targets: FloatArray, rounds: int = 60) -> FloatArray:
    """Scale columns until the weighted mean of all rows has the target shares (iterative proportional
    fitting).

    habits: (rows, columns), nonnegative, each row with a positive entry; weights: (rows,); targets:
    (columns,).
    Returns rows that each sum to 1. Zeros stay zeros.
    """
    shares = habits / habits.sum(axis=1, keepdims=True)
    goal = targets / targets.sum()
    weight = weights / weights.sum()
    for _ in range(rounds):
        found = weight @ shares
        shares = shares * np.where(found > 0, goal / np.maximum(found, 1e-12), 1.0)
        shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares)


def starts_of_groups(sizes: IntArray) -> IntArray:
    """First row of each group, for groups of the given sizes lying one after another."""
    return np.concatenate(([0], np.cumsum(sizes)[:-1]))


def rank_within(group: IntArray) -> IntArray:
    """0, 1, 2 ... within each run of equal values of a sorted array."""
    if len(group) == 0:
        return np.zeros(0, dtype=np.int64)
    new = np.concatenate(([True], group[1:] != group[:-1]))
    starts = np.flatnonzero(new)
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))


def log_normal(rng: np.random.Generator, median: FloatArray | float, high: FloatArray | float, size: int) -> FloatArray:
    """Values with the given median and 90th percentile (`high`), both positive."""
    spread = np.log(np.asarray(high) / np.asarray(median)) / 1.2816
    return np.asarray(np.asarray(median) * np.exp(spread * rng.standard_normal(size)))
