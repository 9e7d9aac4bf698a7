"""What is expected of accounts before their own reviews, in steps, so that most share their numbers with others. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from compliance.measurement.own_rates.design import TARGETED_WEIGHS
from compliance.measurement.own_rates.known import Counts, Floats

#: Log odds in hundredths: a prior mean is never known better. Their standard error in tenths.
STEPS_OF_ONE, ERRORS_OF_ONE = 100, 10
MOST_UNSURE = 1.5
#: By how much an account's targeted examinations tell of it: hardly any, to fifty and more.
LEVELS = 4
LEAST_PRECISION = 0.5


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

    def precision(self, of_the_group: float) -> Floats:
        """Of the beta of each account, where its group's accounts scatter with this precision around what is expected.

        What is unsure of the expectation is scatter too: variances of the rate add up.
        """
        rate = expit(self.logit)
        variance = (self.unsure / ERRORS_OF_ONE) ** 2
        found: Floats = 1 / (1 / (of_the_group + 1) + rate * (1 - rate) * variance) - 1
        return np.maximum(found, LEAST_PRECISION)

    def coarse(self) -> "Expected":
        """In tenths of log odds: a sum over a group of accounts does not feel where in it each of them lies."""
        tenth = STEPS_OF_ONE // 10
        return Expected(np.rint(self.step / tenth).astype(np.int64) * tenth, self.unsure, self.told)

    def at(self, places: Any) -> "Expected":
        """The same of some accounts."""
        return Expected(self.step[places], self.unsure[places], self.told[places])


def expected_of(logit: Floats, variance: Floats, targeted: Counts) -> Expected:
    """In steps. variance: of the log odds. targeted: how many targeted examinations each account had."""
    error = np.minimum(np.sqrt(variance), MOST_UNSURE)
    told = (LEVELS - 1) * targeted / (targeted + TARGETED_WEIGHS)
    steps = (logit * STEPS_OF_ONE, error * ERRORS_OF_ONE, told)
    return Expected(*(np.rint(one).astype(np.int64) for one in steps))


def alike(wrong: Counts, reviews: Counts, expected: Expected) -> tuple[Counts, Counts, Expected, Counts, Counts]:
    """Accounts that agree in all, once: wrong, reviews, expected of each kind, how many there are of it, and of each
    account its kind."""
    table = np.column_stack([wrong, reviews, expected.step, expected.unsure, expected.told])
    rows, of, times = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return rows[:, 0], rows[:, 1], Expected(*rows[:, 2:].T), times, of.ravel()
