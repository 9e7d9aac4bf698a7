"""Sources of scores, asked one after the other: what came is parsed, and its accounts are found, while the next one comes."""

import datetime
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from compliance.measurement.own_rates.reading import mogrified, parsed, received
from compliance.risk.inputs import Floats
from compliance.risk.months import windows
from compliance.risk.trade import ONLY_IDS

Shape = dict[str, type[pl.DataType]]
T = TypeVar("T")
ONLY_ACCOUNT = "AND m.account_id = ANY (%(ids)s::uuid[])"


class Placed:
    """The rows of a source, and where among them each account stands: behind the last of them where in none."""

    def __init__(self, who: pl.DataFrame, rows: pl.DataFrame) -> None:
        at = who.join(rows.select("id", at=pl.int_range(pl.len())), on="id", how="left", maintain_order="left")["at"]
        self.rows, self.places = rows, at.fill_null(len(rows)).to_numpy()

    def there(self) -> NDArray[np.bool_]:
        """Of which accounts the source says something."""
        return self.places < len(self.rows)

    def columns(self) -> dict[str, Floats]:
        """In the order of the accounts, zero where the source says nothing of one."""
        columns = self.rows.drop("id").get_columns()
        return {one.name: np.append(one.fill_null(0.0).to_numpy(), 0.0)[self.places] for one in columns}


class Asking:
    """For these accounts (all: None) as of a day. who: gives a row an account, and orders all others."""

    def __init__(self, accounts: Sequence[uuid.UUID] | None, as_of: datetime.date, who: str) -> None:
        self.everybody = accounts is None
        self.given: dict[str, Any] = windows(as_of) | {"ids": [str(pk) for pk in accounts or ()]}
        self.only = {"only_ids": "", "only_account": ""}
        if not self.everybody:
            self.only = {"only_ids": ONLY_IDS, "only_account": ONLY_ACCOUNT}
        # One thread: what is handed to it ends in its order. It lets go of the interpreter while it parses.
        self.beside = ThreadPoolExecutor(1)
        self.who = self.ask(who, {"id": pl.String}, lambda rows: rows.sort("id"))

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self.beside.shutdown()

    def ask(self, sql: str, shape: Shape, then: Callable[[pl.DataFrame], T], **more: Any) -> "Future[T]":
        """What `then` makes of the rows of a statement; it runs beside, after what was asked before."""
        text = received(mogrified(sql.format(**self.only), self.given | more))
        return self.then(lambda: then(parsed(text, shape)))

    def then(self, work: Callable[[], T]) -> "Future[T]":
        """Run beside, after what was asked before."""
        return self.beside.submit(work)

    def placed(self, sql: str, columns: Sequence[str]) -> "Future[Placed]":
        """A source of numbers, which gives the account first."""
        return self.ask(sql, {"id": pl.String} | dict.fromkeys(columns, pl.Float64), self.place)

    def place(self, rows: pl.DataFrame) -> Placed:
        return Placed(self.who.result(), rows)
