"""What is looked for in examinations: discrepancies, long stays, high costs; each an outcome of some of them. Pure.

* A discrepancy: what the examination found. The reason of its selection tells what is usual.
* A long stay: goods released after more than five federal business days, as the figures count them. Of several
  examinations of one entry selected on one day the first counts: what holds one container mostly holds the others.
* A high cost: above what nine in ten examinations of its type cost importers. Whether it lies above is all that enters: a
  single bill, however large, cannot make a trend (as a sign test, or P. Huber, "Robust Statistics", 1981).

Neither of the last two says that anything was wrong, and in neither does it count why an examination was made.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from compliance.trends.fit import Fit
from compliance.trends.models import Measure
from compliance.trends.reading import Tables
from examinations.models.examination import DiscrepancyType, ExaminationType

KINDS: tuple[str, ...] = tuple(DiscrepancyType.values)
#: Federal business days after which goods were held long.
LONG_STAY = 5
#: Costs above this share of their type's are high; a type needs so many costs, of so many accounts, for one of its own.
HIGH, LEAST_COSTS, LEAST_ACCOUNTS = 0.9, 30, 10
#: Of an examination without a limit of its own type.
ANY_TYPE = ""
NO_FINDS: dict[str, type[pl.DataType]] = {"id": pl.Int64, "kind": pl.Int64, "owed": pl.Float64}


@dataclass(frozen=True)
class Outcomes:
    """Examinations with `stratum`, `random`, `hit`; and what of them counts in dollars by kind (0: without one).
    limits: above which dollars each type is costly."""

    examinations: pl.DataFrame
    finds: pl.DataFrame
    kinds: int
    limits: dict[str, float]


def outcomes_of(measure: str, given: Tables, holidays: Sequence[datetime.date], known: Fit | None) -> Outcomes:
    """The examinations in which something is looked for, and in which it is.

    holidays: federal ones on weekdays. known: a fit whose limits hold; None learns them from these.
    """
    if measure == Measure.LONG_STAY:
        return _long_stays(given, holidays)
    if measure == Measure.COST:
        return _costly(given, known.limits if known else None)
    return _discrepancies(given)


def _discrepancies(given: Tables) -> Outcomes:
    kinds = pl.DataFrame({"name": list(KINDS), "kind": np.arange(1, len(KINDS) + 1)})
    finds = given.finds.rename({"kind": "name"}).join(kinds, on="name", how="inner").select(*NO_FINDS)
    rows = given.examinations.filter(pl.col("reason") != "UNKNOWN").with_columns(
        stratum=pl.col("reason") + " " + pl.col("type"),
        random=(pl.col("reason") == "RANDOM") & (pl.col("asked") == 0),
        hit=pl.col("hit") == 1,
    )
    return Outcomes(rows, finds, len(KINDS), {})


def _of_goods(given: pl.DataFrame) -> pl.DataFrame:
    """Examinations that hold goods, told apart by type alone."""
    rows = given.filter(pl.col("type") != ExaminationType.ESR.value)
    return rows.with_columns(stratum=pl.col("type"), random=pl.lit(False), asked=pl.lit(0))


def _long_stays(given: Tables, holidays: Sequence[datetime.date]) -> Outcomes:
    rows = _of_goods(given.examinations).filter(pl.col("released").is_not_null())
    rows = rows.with_columns(one=pl.coalesce("entry", -pl.col("id"))).sort("id")
    rows = rows.unique(["one", "day"], keep="first", maintain_order=True)
    selected, released = (rows[name].to_numpy().astype("datetime64[D]") for name in ("day", "released"))
    # Working days after the first day, up to and with the last.
    stayed = np.busday_count(selected + 1, np.maximum(released, selected) + 1, holidays=list(holidays))
    return Outcomes(rows.with_columns(hit=pl.Series(stayed > LONG_STAY)), pl.DataFrame(schema=NO_FINDS), 0, {})


def _costly(given: Tables, limits: dict[str, float] | None) -> Outcomes:
    rows = _of_goods(given.examinations).join(given.costs.filter(pl.col("cost") > 0), on="id", how="inner")
    limits = limits_of(rows) if limits is None else limits
    if ANY_TYPE not in limits:  # nobody to be held against
        rows = rows.clear()
    most = pl.col("type").replace_strict(limits, default=limits.get(ANY_TYPE, 0.0), return_dtype=pl.Float64)
    rows = rows.with_columns(hit=pl.col("cost") > most)
    dollars = rows.filter("hit").select("id", kind=pl.lit(0, pl.Int64), owed="cost")
    return Outcomes(rows, dollars, 0, limits)


def limits_of(rows: pl.DataFrame) -> dict[str, float]:
    """Above which dollars examinations are costly: by type where enough accounts have enough of them, and of any type."""
    high = pl.col("cost").quantile(HIGH, "nearest").alias("most"), pl.len().alias("n")
    counts = *high, pl.col("account").n_unique().alias("accounts")
    every = pl.concat([rows.group_by("type").agg(*counts), rows.select(pl.lit(ANY_TYPE).alias("type"), *counts)])
    known = every.filter((pl.col("n") >= LEAST_COSTS) & (pl.col("accounts") >= LEAST_ACCOUNTS)).sort("type")
    return dict(known.select("type", "most").iter_rows())
