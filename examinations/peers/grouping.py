"""Which accounts are compared, and what of them is told. Pure: sizes and values in, groups and rounded figures out."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T", bound=Hashable)

LEAST = 10
LARGEST_SHARE = 0.25
#: Into how many parts by size a Center's accounts are cut, the finest first.
CUTS: tuple[tuple[str, ...], ...] = (("smaller", "middle", "larger"), ("smaller", "larger"), ("",))
#: Percentiles are told in steps of twenty, in a group of thirty or more in steps of ten.
FINE_FROM = 30


def acceptable(sizes: Iterable[float]) -> bool:
    """Whether a group of these sizes tells nothing of one of them: ten at least, none above a quarter of all."""
    given = list(sizes)
    whole = sum(given)
    return len(given) >= LEAST and whole > 0 and max(given) <= LARGEST_SHARE * whole


def partition(sizes: Mapping[T, float]) -> dict[str, list[T]]:
    """Cut into parts of like size by the finest cut of which every part is acceptable; nothing where none is."""
    ordered = sorted(sizes, key=lambda one: (sizes[one], str(one)))
    for names in CUTS:
        parts = {
            name: [ordered[at] for at in part]
            for name, part in zip(names, np.array_split(np.arange(len(ordered)), len(names)), strict=True)
        }
        if all(acceptable(sizes[one] for one in part) for part in parts.values()):
            return parts
    return {}


def median(values: Sequence[float], weights: Sequence[float], step: float) -> float | None:
    """The median rounded to whole steps; None where fewer than ten have a value, or one weighs above a quarter.

    The middle third is averaged before rounding: a median of an odd number is somebody's own value.
    """
    if not acceptable(weights):
        return None
    ordered = sorted(values)
    cut = (len(ordered) - 1) // 3
    middle = ordered[cut : len(ordered) - cut]
    return round(round(float(np.mean(middle)) / step) * step, 6)


def standing(value: float, others: Sequence[float]) -> tuple[int, int]:
    """Between which percentiles a value lies among others, ties by half; in steps that hide where each of them is."""
    step = 10 if len(others) + 1 >= FINE_FROM else 20
    below = sum(other < value for other in others) + sum(other == value for other in others) / 2
    low = min(int(100 * below / len(others)) // step * step, 100 - step)
    return low, low + step
