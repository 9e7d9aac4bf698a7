"""The list of examinations that is behind a figure, as an address: its rows are those that were counted."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from examinations.exploring.measures import WRONG
from examinations.figures.period import Period
from examinations.filters import NOT_GIVEN
from examinations.models import Dimension
from examinations.models.examination import ExaminationType

#: Which filters give the rows of a figure. Reviews of papers are in the list only where asked for.
ROWS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "cargo": {},
    "held": {"result": "held"},
    "released": {"result": "released"},
    "long_stays": {"result": "long"},
    "unreleased": {"result": "unreleased"},
    "random": {"reason": "random", "type": ExaminationType.ESR.value, "of": "line", "reviews": "1"},
    "random_cargo": {"reason": "random"},
    "other": {"reason": "other", "reviews": "1"},
    "owed": {"money": "owed", "reviews": "1"},
    "overpaid": {"money": "overpaid", "reviews": "1"},
    # Of closed ones with anything but "no discrepancy": a file may name a discrepancy beside that.
    "found": {"reviews": "1", "result": tuple(WRONG["result"])},
    "cost": {"money": "cost"},
}
#: Of a list of entries those that an examination rate counts as examined.
CARGO_EXAMINED = "examined=cargo"


def rows_behind(base: str, period: Period, figure: str, **narrowed: Any) -> str:
    """The address below `base` of the rows that a figure of these months counts; narrowed: further filters."""
    more = tuple((name, str(value)) for name, value in narrowed.items() if value != "")
    return f"{base}/examinations/?{_figure(figure, *(name for name, _ in more))}{_encoded(more)}{_days_of(period)}"


#: Of a table's many addresses the parts are the same for a row, a column, or for all.
@lru_cache(maxsize=256)
def _figure(figure: str, *narrowed: str) -> str:
    """The filters of a figure but for those that are narrowed otherwise, to be followed by more."""
    return _encoded(tuple((name, value) for name, value in ROWS[figure].items() if name not in narrowed))


@lru_cache(maxsize=1024)
def _encoded(asked: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    return f"{urlencode(asked, doseq=True)}&" if asked else ""


@lru_cache(maxsize=256)
def _days_of(period: Period) -> str:
    """The filter of the period's whole months."""
    whole = period.whole
    return urlencode({"start": whole.start.isoformat(), "end": whole.end.isoformat()})


def entries_behind(base: str, period: Period, dimension: str, code: str, **narrowed: Any) -> str:
    """The address of the entries of these months that count under a value; "" for a value that no list narrows to."""
    of = of_value(dimension, code)
    if not of:
        return ""
    asked = {"type" if name == Dimension.ENTRY_TYPE else name: value for name, value in of.items()}
    return entries_of(base, period, **asked, **narrowed)


def entries_of(base: str, period: Period, **narrowed: Any) -> str:
    """The address of the entries of these months that an examination rate counts; narrowed: further filters."""
    asked = (*((name, str(value)) for name, value in narrowed.items()), ("counted", "1"))
    return f"{base}/entries/?{_encoded(asked)}{_days_of(period)}"


def of_value(dimension: str, code: str) -> dict[str, str]:
    """The filter of one value of a dimension; nothing for a value that no list can be narrowed to."""
    if not code:
        return {"manufacturer": NOT_GIVEN} if dimension == Dimension.MANUFACTURER else {}
    return {dimension: code}
