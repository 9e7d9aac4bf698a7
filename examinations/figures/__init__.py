"""An account's figures of a period: what is counted, from sums where they exist; `definitions` says how, in words."""

from examinations.figures.period import (
    Period,
    after,
    month_ends,
    months_between,
    months_earlier,
    twelve_months,
    twelve_whole_months,
)
from examinations.figures.rows import (
    Percentile,
    entries_examined,
    examinations_of,
    held_now,
    newest_data,
    of_account,
    with_days,
)
from examinations.figures.table import MONTH, WITHOUT_ENTRIES, Line, Stay, table_of, total
from examinations.figures.whole import Figures, FromYou, Spent, figures, from_you, spent, stay
from examinations.intervals import TOO_FEW, Rate
from examinations.models.examination import CARGO, HELD, WRONG

__all__ = [
    "CARGO",
    "HELD",
    "MONTH",
    "TOO_FEW",
    "WITHOUT_ENTRIES",
    "WRONG",
    "Figures",
    "FromYou",
    "Line",
    "Percentile",
    "Period",
    "Rate",
    "Spent",
    "Stay",
    "after",
    "entries_examined",
    "examinations_of",
    "figures",
    "from_you",
    "held_now",
    "month_ends",
    "months_between",
    "months_earlier",
    "newest_data",
    "of_account",
    "spent",
    "stay",
    "table_of",
    "total",
    "twelve_months",
    "twelve_whole_months",
    "with_days",
]
