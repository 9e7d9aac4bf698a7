"""What is expected of accounts before their own reviews, in steps, so that most share their numbers with others. Pure."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from compliance.measurement.own_rates.design import TARGETED_WEIGHS
from compliance.measurement.own_rates.known import Counts, Floats

#: Log odds in hundredths: a prior mean is never known better. Their standard error in tenths.
STEPS_OF_ONE, ERRORS_OF_ONE = 100, 10
MOST_UNSURE = 1.5
#: By how much an account's targeted examinations tell of it: hardly any, to fifty and more.
LEVELS = 4
LEAST_PRECISION = 0.5
#: What one whole number of 64 bits can tell apart.
MOST_KINDS = 2**62


@dataclass(frozen=True)
class Expected:
    """Whole numbers, one element an account. step: log odds in hundredths. unsure: their standard error in tenths.

    told: how much its targeted examinations tell, 0 to LEVELS - 1.
    """

    step: Counts
    unsure: Counts
    told: Counts

    @property
    def logit(self) -> Floats:
        odds: Floats = self.step / STEPS_OF_ONE
        return odds

    @property
    def variance(self) -> Floats:
        """Of the rate, by what is unsure of the expectation."""
        rate = scipy.special.expit(self.logit)
        found: Floats = rate * (1 - rate) * (self.unsure / ERRORS_OF_ONE) ** 2
        return found

    def precision(self, of_the_group: float) -> Floats:
        """Of the beta of each account, where its group's accounts scatter with this precision around what is expected."""
        return precision_with(of_the_group, self.variance)

    def coarse(self) -> "Expected":
        """In tenths of log odds: a sum over a group of accounts does not feel where in it each of them lies."""
        tenth = STEPS_OF_ONE // 10
        return Expected(np.rint(self.step / tenth).astype(np.int64) * tenth, self.unsure, self.told)

    def at(self, places: Any) -> "Expected":
        """The same of some accounts."""
        return Expected(self.step[places], self.unsure[places], self.told[places])


def precision_with(of_the_group: Floats | float, variance: Floats) -> Floats:
    """The precision of accounts that scatter around their expectation, and whose expectation is unsure: what is unsure is
    scatter too, and variances of the rate add up."""
    found: Floats = 1 / (1 / (of_the_group + 1) + variance) - 1
    return np.maximum(found, LEAST_PRECISION)


def expected_of(logit: Floats, variance: Floats, targeted: Counts) -> Expected:
    """In steps. variance: of the log odds. targeted: how many targeted examinations each account had."""
    error = np.minimum(np.sqrt(variance), MOST_UNSURE)
    told = (LEVELS - 1) * targeted / (targeted + TARGETED_WEIGHS)
    steps = (logit * STEPS_OF_ONE, error * ERRORS_OF_ONE, told)
    return Expected(*(np.rint(one).astype(np.int64) for one in steps))


def alike(wrong: Counts, reviews: Counts, expected: Expected) -> tuple[Counts, Counts, Expected, Counts]:
    """Accounts that agree in all, once: wrong, reviews and expected of each kind, and how many there are of it."""
    columns, times, _ = distinct([wrong, reviews, expected.step, expected.unsure, expected.told])
    return columns[0], columns[1], Expected(*columns[2:]), times


def distinct(columns: list[Counts]) -> tuple[list[Counts], Counts, Counts]:
    """Rows that agree in all columns, once: the columns of each kind, how many rows are of it, and of each row its kind."""
    least = [int(one.min(initial=0)) for one in columns]
    spans = [int(one.max(initial=0)) - low + 1 for one, low in zip(columns, least, strict=True)]
    if math.prod(spans) >= MOST_KINDS:
        rows, of, times = np.unique(np.column_stack(columns), axis=0, return_inverse=True, return_counts=True)
        return list(rows.T), times, of.ravel()
    # As one number a row: numbers are sorted ten times as fast as rows.
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for one, low, span in zip(columns, least, spans, strict=True):
        key = key * span + (one - low)
    _, first, of, times = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return [one[first] for one in columns], times, of
