"""What a study of a round compares: accounts with their random reviews and what decided their selection. Pure."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Which = npt.NDArray[np.bool_]

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
#: Columns of the inputs.
EXPECTED, BEFORE = 0, 1


@dataclass(frozen=True)
class Arms:
    """Accounts, one element each, with what random reviews found at them in a stretch of time.

    entered: whether the round took the account in. reviews: lines reviewed; found: of these with a discrepancy.
    inputs: one column for each thing that decided selection, as it was frozen in the round; names: of the columns.
    Of them EXPECTED is the rate of errors that was expected, in log odds, and BEFORE the logarithm of one more than the
    reviews that it rests on.
    """

    entered: Which
    reviews: Numbers
    found: Numbers
    inputs: Numbers
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.inputs.shape != (len(self.entered), len(self.names)):
            raise ValueError("Each account needs a value of each input.")
        if (self.found > self.reviews).any() or (self.found < 0).any():
            raise ValueError("No more lines can be found wrong than were reviewed.")

    def only(self, which: Which) -> "Arms":
        """These accounts alone."""
        return Arms(self.entered[which], self.reviews[which], self.found[which], self.inputs[which], self.names)

    @property
    def reviewed(self) -> "Arms":
        """The accounts with a review: the others say nothing of what came after the round."""
        return self.only(self.reviews > 0)


@dataclass(frozen=True)
class Count:
    """One arm in numbers: accounts with a review, lines reviewed, of these with a discrepancy."""

    accounts: int
    reviews: int
    found: int


@dataclass(frozen=True)
class Estimate:
    """By how much the rate of errors of those who entered differs from what it would have been: shares, below 0 fewer.

    rate: theirs. without: theirs without the program, as the method has it. odds_ratio: with its interval, None where
    the method gives none.
    """

    rate: float
    without: float
    difference: float
    standard_error: float
    odds_ratio: tuple[float, float, float] | None = None

    @property
    def low(self) -> float:
        return self.difference - Z * self.standard_error

    @property
    def high(self) -> float:
        return self.difference + Z * self.standard_error

    @property
    def shows(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def counted(arms: Arms, entered: bool) -> Count:
    """One of the two arms in numbers."""
    which = (arms.entered == entered) & (arms.reviews > 0)
    return Count(int(which.sum()), int(arms.reviews[which].sum()), int(arms.found[which].sum()))
