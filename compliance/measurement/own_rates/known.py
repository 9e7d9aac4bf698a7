"""What is known of each account: arrays of equal length, one element an account. Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import scipy

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Texts = npt.NDArray[np.str_]
#: A row an account, a column a covariate, within a row in the order of columns. Named and not imported: no start waits for it.
Covariates: TypeAlias = "scipy.sparse.csr_array"


@dataclass(frozen=True)
class Mix:
    """Of what an account's lines are: row (the account's place), code (of a chapter or an origin), share (0 to 1)."""

    row: Counts
    code: Texts
    share: Floats


@dataclass(frozen=True)
class Known:
    """What the rates of accounts are estimated from.

    ids: as text. broker: whether it is one; it is judged by what it filed. center: its code, empty without one.
    reviews, wrong: closed random reviews of lines, and those with a discrepancy. other, other_wrong: examinations chosen
    for a reason, a covariate and never an outcome. lines, value: of twelve months; value in dollars.
    """

    ids: list[str]
    broker: npt.NDArray[np.bool_]
    center: Texts
    reviews: Counts
    wrong: Counts
    other: Counts
    other_wrong: Counts
    lines: Floats
    value: Floats
    chapters: Mix
    origins: Mix

    def __len__(self) -> int:
        return len(self.ids)
