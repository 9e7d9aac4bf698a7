"""What a row is of, by its own cells: told of rows that cannot be used too, so that nothing of it is withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Naming:
    """fields: those that name what a row is of; none where a file withdraws nothing. made: the name from a frame of them,
    each as its column is read, null where it cannot be; null where the name needs such a cell. Without it the one
    field is the name. part: the field that says of which part of it a row is. place: the field that says which row of that
    part it is, counted where a file lacks it."""

    fields: tuple[str, ...] = ()
    made: Callable[[pl.DataFrame], pl.Series] | None = None
    part: str = ""
    place: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields that are to be told of a rejected row too."""
        return (*self.fields, self.part) if self.part else self.fields

    def parts(self, fields: dict[str, pl.Series], unread: dict[str, pl.Series], rows: int) -> pl.Series:
        """Of which part of it each row is, empty where that cannot be told."""
        if self.part not in fields:
            return pl.Series([""] * rows, dtype=pl.String)
        part = fields[self.part].to_frame("part")
        return part.select(pl.when(unread[self.part]).then(pl.lit("")).otherwise("part")).to_series().fill_null("")

    def names(self, fields: dict[str, pl.Series], unread: dict[str, pl.Series], rows: int) -> pl.Series:
        """The name of each row, empty where it cannot be told. fields: as read; unread: where a cell could not be."""
        if not self.fields:
            return pl.Series([""] * rows, dtype=pl.String)
        blank = pl.Series([""] * rows, dtype=pl.String)
        frame = pl.DataFrame({name: fields.get(name, blank) for name in self.fields}).with_columns(
            pl.when(unread[name]).then(None).otherwise(pl.col(name)).alias(name)
            for name in self.fields
            if name in unread
        )
        return (self.made(frame) if self.made else frame[self.fields[0]]).fill_null("")
