"""The entries of a block that stand in it whole, as they will be stored: their rows, and their sums made.

Pure: columns in, columns out. What cannot be said of an entry here (its rows disagree, repeat or lie apart, an amount
too large to count cents of) is left to the statements that see all rows of the file together, which say the same of
every entry: `tests/examinations/loading/test_whole_entries.py` loads the same files both ways.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from examinations import fees

MONEY = pl.Decimal(38, 2)
AMOUNTS = ("value", "duty", "mpf", "hmf", "tax", "fees")
#: Columns on which the rows of an entry must agree.
AGREED = ("importer", "port", "entry_type", "entry_date", "summary_date")
#: Columns of an entry, beside those, of which the greatest of its rows stands.
GREATEST = (
    *("mode", "importer_name", "filer_name", "review_team", "bond_number", "liquidation_date", "liquidation_status"),
    *("liquidated_duty", "reconciliation_due", "extension_status", "corrected"),
)
DAYS = ("summary_date", "liquidation_date", "reconciliation_due")
#: Columns of a row that are stored as they stand in the file.
AS_READ = ("mode", "origin", "export_country", "manufacturer_id", "spi", "hts", "uom", "adcvd_case", "quantity")
#: Dollars of an entry up to which its fees are counted in whole numbers of 64 bits.
MOST = Decimal(500_000_000_000)
LINES, ORDINALS = 1_000, 100_000


@dataclass(frozen=True)
class Rule:
    """How a file is to be read: `fees` as the sum of all of them; ports that only vessels reach; whether rows may be missing."""

    fees_are_all: bool
    seaports: Sequence[str]
    in_parts: bool = False


@dataclass(frozen=True)
class Arranged:
    """entries: one row an entry, `place` its number. rows: theirs. rest: rows of the block that belong to none of them."""

    entries: pl.DataFrame
    rows: pl.DataFrame
    rest: pl.DataFrame


def cut(block: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The block without the rows of its last entry, which may go on in the next one; and those rows."""
    number = block["entry_number"]
    others = (number != number[-1]).arg_true()
    at = others[-1] + 1 if len(others) else 0
    return block[:at], block[at:]


def arrange(block: pl.DataFrame, rule: Rule, first_place: int = 0, spoiled: Collection[str] = frozenset()) -> Arranged:
    """Take out of a block, in which no entry is cut, the entries that can be stored as they are.

    block: clean texts as reading.Table gives them, importer numbers as keys. first_place: the number of the first entry.
    spoiled: entries of which rows are rejected, that are not in the block.
    """
    begins = _begins(block["entry_number"])
    rows = block.with_columns((begins.cum_sum() - 1 + first_place).cast(pl.Int32).alias("place"))
    uncounted = _uncounted(rows, rule, spoiled)
    rows = _with_ordinals(_with_amounts(rows))
    doubtful = [*_doubtful(rows, begins), *uncounted]
    rest = block.clear()
    if doubtful:
        left = rows["place"].is_in(doubtful)
        rest, rows = block.filter(left), rows.filter(~left)
    rows = _with_fees(_standing(rows), rule)
    return Arranged(_entries(rows), _stored(rows), rest)


def _begins(number: pl.Series) -> pl.Series:
    """Where another entry begins than that of the row before."""
    return (number != number.shift(1)).fill_null(True)


def _with_amounts(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, pl.String).alias(name) for name in AMOUNTS if name not in rows.columns]
    texts = [pl.lit("").alias(name) for name in ("mode", "spi") if name not in rows.columns]
    named = [name for name in (*AMOUNTS, "liquidated_duty") if name in rows.columns or name in AMOUNTS]
    rows = rows.with_columns(absent + texts)
    return rows.with_columns([pl.col(name).cast(MONEY, strict=False) for name in named])


def _with_ordinals(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbers of line and ordinal; without an ordinal the order of rows within the line is it."""
    rows = rows.with_columns(pl.col("line").cast(pl.Int64))
    rows = rows.with_columns((pl.col("place").cast(pl.Int64) * LINES + pl.col("line")).alias("of_line"))
    order = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("of_line")
    if "ordinal" not in rows.columns:
        return rows.with_columns(order.alias("ordinal"))
    if not (rows["ordinal"] == "").any():
        return rows.with_columns(pl.col("ordinal").cast(pl.Int64))
    lacking = (pl.col("ordinal") == "").any().over("of_line")
    given = pl.col("ordinal").cast(pl.Int64, strict=False)
    return rows.with_columns(pl.when(lacking).then(order).otherwise(given).alias("ordinal"))


def _uncounted(rows: pl.DataFrame, rule: Rule, spoiled: Collection[str]) -> list[int]:
    """Places of entries without ordinals of which a row is missing here: the order of the others does not tell theirs."""
    if not spoiled and not rule.in_parts:
        return []
    lacking = rows.filter(pl.col("ordinal") == "") if "ordinal" in rows.columns else rows
    if not rule.in_parts:
        lacking = lacking.filter(pl.col("entry_number").is_in(list(spoiled)))
    return lacking["place"].unique().to_list()


def _doubtful(rows: pl.DataFrame, begins: pl.Series) -> list[int]:
    """Places of entries that lie apart, disagree, repeat a row, or are too large to be counted here."""
    found: set[int] = set()
    starts = rows.select("place", "entry_number").filter(begins)
    apart = starts["entry_number"].is_duplicated()
    if apart.any():
        found.update(starts["place"].filter(apart).to_list())
    for name in AGREED:
        if name in rows.columns:
            odd = _begins(rows[name]) & ~begins
            if odd.any():
                found.update(rows["place"].filter(odd).to_list())
    row = rows["of_line"] * ORDINALS + rows["ordinal"]
    if not (row.diff() > 0).all() and (repeated := row.is_duplicated()).any():
        found.update(rows["place"].filter(repeated).to_list())
    if rows["ordinal"].max() >= 2**15:  # type: ignore[operator]
        found.update(rows["place"].filter(rows["ordinal"] >= 2**15).to_list())
    if rows["value"].sum() >= MOST:
        large = rows.group_by("place").agg(pl.col("value").sum()).filter(pl.col("value") >= MOST)
        found.update(large["place"].to_list())
    return sorted(found)


def _standing(rows: pl.DataFrame) -> pl.DataFrame:
    """The first commodity row stands for the line; chapters 98 and 99 only where there is no other."""
    if not len(rows) or rows["ordinal"].max() == 1:
        return rows.with_columns(pl.lit(True).alias("stands_for_line"))
    rows = rows.with_columns(((pl.col("hts") >= "98").cast(pl.Int64) * ORDINALS + pl.col("ordinal")).alias("turn"))
    return rows.with_columns((pl.col("turn") == pl.col("turn").min().over("of_line")).alias("stands_for_line"))


# ---- fees -------------------------------------------------------------------------------------------------


def _cents(name: str) -> pl.Expr:
    return (pl.col(name) * 100).cast(pl.Int64)


def _dollars(cents: pl.Expr) -> pl.Expr:
    return cents.cast(MONEY) / 100


def _share(cents: pl.Expr, rate: Decimal) -> pl.Expr:
    """Cents of a share, half a cent up."""
    millionth = int(rate * 1_000_000)
    return (cents * millionth + 500_000) // 1_000_000


def _with_fees(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Fees as filed, else by the dated rule of examinations.fees, marked; a harbor fee that nobody can say is null."""
    known = [(pl.col("spi") != "V").alias("counts_value"), pl.lit(False).alias("estimated")]
    rows = rows.with_columns(known)
    if not rule.fees_are_all and rows["mpf"].null_count():
        rows = _with_processing_fees(rows)
    hmf = pl.col("hmf")
    if rule.fees_are_all:
        hmf = hmf.fill_null(0)
    elif rows["hmf"].null_count():
        at_sea = pl.col("mode").is_in(fees.VESSEL_MODES)
        at_sea = at_sea | ((pl.col("mode") == "") & pl.col("port").is_in(list(rule.seaports)))
        estimate = (
            pl.when(at_sea).then(_dollars(_share(_cents("value"), fees.HMF_RATE))).when(pl.col("mode") != "").then(0)
        )
        rows = rows.with_columns((pl.col("estimated") | hmf.is_null()).alias("estimated"))
        hmf = pl.coalesce(hmf, estimate)
    return rows.with_columns(
        pl.col("mpf").fill_null(0),
        hmf.cast(MONEY).alias("hmf"),
        pl.col("tax").fill_null(0),
        pl.col("fees").fill_null(0).alias("other_fees"),
        pl.col("estimated").alias("fees_estimated"),
    )


def _with_processing_fees(rows: pl.DataFrame) -> pl.DataFrame:
    """The fee of entries of which no row has one, prorated to the cent in the order of their rows."""
    free = pl.col("spi").is_in([*fees.SPI_WITHOUT_MPF, "V"])
    day = pl.col("entry_date").str.to_date("%Y-%m-%d")
    least, most, informal = (_scheduled(day, name) for name in ("least", "most", "informal"))
    ordered = rows.with_row_index("at").filter(pl.col("mpf").is_null().all().over("place"))
    ordered = ordered.sort("place", "line", "ordinal").with_columns(
        pl.when(free).then(0).otherwise(_cents("value")).alias("paying")
    )
    ordered = ordered.with_columns(
        pl.col("paying").sum().over("place").alias("total"), pl.col("paying").cum_sum().over("place").alias("upto")
    )
    fee = (
        pl.when(pl.col("entry_type").is_in(fees.TYPES_WITHOUT_MPF) | (pl.col("total") == 0))
        .then(0)
        .when(pl.col("entry_type").is_in(fees.INFORMAL_TYPES))
        .then(informal)
        .otherwise(pl.min_horizontal(pl.max_horizontal(_share(pl.col("total"), fees.MPF_RATE), least), most))
    )
    ordered = ordered.with_columns(fee.alias("fee"))
    part = _prorated(pl.col("upto")) - _prorated(pl.col("upto") - pl.col("paying"))
    found = ordered.select(
        pl.col("at"), _dollars(pl.when(pl.col("total") == 0).then(0).otherwise(part)).alias("estimate")
    )
    return (
        rows.with_row_index("at")
        .join(found, on="at", how="left", maintain_order="left")
        .with_columns(pl.coalesce("mpf", "estimate").alias("mpf"), pl.col("estimate").is_not_null().alias("estimated"))
        .drop("at", "estimate")
    )


def _prorated(upto: pl.Expr) -> pl.Expr:
    total = pl.max_horizontal(pl.col("total"), 1)
    return (2 * pl.col("fee") * upto + total) // (2 * total)


def _scheduled(day: pl.Expr, name: str) -> pl.Expr:
    """The cents of that amount on that day. No entry is older than the first schedule."""
    amounts = [(one.since, int(getattr(one, name) * 100)) for one in fees.SCHEDULES]
    found: pl.Expr = pl.lit(amounts[0][1], pl.Int64)
    for since, cents in amounts[1:]:
        found = pl.when(day >= since).then(cents).otherwise(found)
    return found


# ---- what is stored ---------------------------------------------------------------------------------------


def _nulls(names: Sequence[str], columns: Sequence[str]) -> list[pl.Expr]:
    """Empty cells of columns that are no texts, as nothing."""
    return [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names if name in columns]


def _entries(rows: pl.DataFrame) -> pl.DataFrame:
    value = pl.when("counts_value").then("value").otherwise(0).sum()
    harbor = pl.when(~pl.col("hmf").is_null().any()).then(pl.col("hmf").sum())
    agreed = [pl.col(name).first() for name in ("entry_number", *AGREED) if name in rows.columns]
    found = rows.group_by("place", maintain_order=True).agg(
        *agreed,
        pl.col("importer_shown").min(),
        pl.len().alias("rows"),
        *(pl.col(name).max() for name in GREATEST if name in rows.columns),
        pl.col("stands_for_line").sum().alias("lines"),
        value.cast(MONEY).alias("value"),
        pl.col("duty", "mpf", "tax", "other_fees").sum(),
        harbor.alias("hmf"),
        pl.col("fees_estimated").any(),
    )
    return found.rename({"entry_number": "number"}).with_columns(_nulls(DAYS, found.columns))


def _stored(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        *("place", "line", "ordinal", "stands_for_line", "counts_value"),
        *("value", "duty", "mpf", "hmf", "tax", "other_fees", "fees_estimated"),
        *(name for name in AS_READ if name in rows.columns),
    ).with_columns(_nulls(["quantity"], rows.columns))
