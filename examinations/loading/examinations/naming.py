"""The name under which an examination is stored and found again."""

import polars as pl

FIELDS = ("number", "entry_number", "line", "bill", "container", "type", "selected")


def names(rows: pl.DataFrame) -> pl.Series:
    """Its number, else entry and line, else bill, else container, with type and day of selection; null where a cell that
    the name needs is null."""
    number, entry, line, bill, container, kind, selected = map(pl.col, FIELDS)
    chosen = "/" + kind + "/" + selected
    of_line = pl.when(line == "").then(pl.lit("")).otherwise("/" + line)
    return rows.select(
        pl.when(number != "")
        .then("N/" + number)
        .when(number.is_null() | entry.is_null())
        .then(None)
        .when(entry != "")
        .then("E/" + entry + of_line + chosen)
        .when(bill != "")
        .then("B/" + bill + chosen)
        .when(bill.is_not_null() & (container != ""))
        .then("C/" + container + chosen)
    ).to_series()
