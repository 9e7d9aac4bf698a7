"""Slips that somebody made at a keyboard, planted in the lines of importer@ for the checks of lines to find."""

import numpy as np
import polars as pl

#: One line in so many of each kind.
EVERY = 1_201
UNITS = "Line Tariff Quantity (1)"
MAKER = "Manufacturer ID"


def with_slips(rows: pl.DataFrame, line: np.ndarray, commodity: np.ndarray) -> pl.DataFrame:
    """Rows of one importer's lines with a few slips. line: the number of each row's line in the world.

    A quantity with its last digit lost; the code of a trading house in Hong Kong instead of the maker's. Nothing that
    changes a duty or a fee: the bond and the problems stay as they are.
    """

    def slip(at: int, more: np.ndarray | bool = True) -> pl.Expr:
        return pl.lit(pl.Series(commodity & (line % EVERY == at) & more))

    lost = slip(11, rows[UNITS].to_numpy() >= 1_000)
    return rows.with_columns(
        pl.when(lost).then(pl.col(UNITS) // 10).otherwise(pl.col(UNITS)).alias(UNITS),
        pl.when(slip(503)).then("HK" + pl.col(MAKER).str.slice(2)).otherwise(pl.col(MAKER)).alias(MAKER),
    )
