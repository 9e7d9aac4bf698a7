"""Entries and lines written as the rows of report ES-003, a block at a time."""

from pathlib import Path

import numpy as np
import polars as pl

from demonstration.world import duties
from demonstration.world.catalogue import CENTERS, Catalogue
from demonstration.world.cells import Cells
from demonstration.world.companies import IMPORTER_NAME, Importers
from demonstration.world.draws import rank_within
from demonstration.world.duties import CODES, Calendar
from demonstration.world.entries import INFORMAL, MODES, TYPES, Entries
from demonstration.world.lines import SPI_CODES, Lines
from demonstration.world.places import ORIGINS, PORTS
from demonstration.world.slips import with_slips
from examinations.clocks import reconciliation_by

BLOCK = 100_000  # lines
RECONCILED_ONE_IN = 150  # entries
EMPTY_FEES = MODES.index("")


def money(name: str) -> pl.Expr:
    """Whole cents as dollars and cents."""
    cents = pl.col(name)
    sign = pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = (cents.abs() // 100).cast(pl.String)
    return (sign + whole + "." + (cents.abs() % 100).cast(pl.String).str.zfill(2)).alias(name)


def _days(day: np.ndarray, labels: pl.Series) -> pl.Series:
    return labels.gather(np.where(day < 0, len(labels) - 1, day))


def labels_of(calendar: Calendar, form: str) -> pl.Series:
    """Dates of all days as text, and an empty one at the end for "none"."""
    texts = pl.Series(calendar.dates()).dt.strftime(form)
    return pl.concat([texts, pl.Series([""])])


def entry_numbers(entries: Entries, codes: list[str]) -> pl.Series:
    """Entry numbers without hyphens."""
    frame = pl.DataFrame({"f": pl.Series(codes).gather(entries.broker), "s": entries.serial, "c": entries.check})
    return frame.select(
        pl.col("f") + pl.col("s").cast(pl.String).str.zfill(7) + pl.col("c").cast(pl.String)
    ).to_series()


def liquidated_cents(rng: np.random.Generator, entries: Entries, lines: Lines, calendar: Calendar) -> np.ndarray:
    """Duty at liquidation, -1 where not liquidated: mostly as entered; emergency duties refunded in part
    from May 2026."""
    n = len(entries)
    duty = np.bincount(lines.entry, weights=lines.duty(), minlength=n).astype(np.int64)
    emergency = duties.of_rate(lines.cents, lines.extra.emergency)
    back = np.bincount(lines.entry, weights=emergency, minlength=n).astype(np.int64)
    refund_begins = (np.datetime64("2026-05-01") - np.datetime64(calendar.start)).astype(int)
    refunded = (entries.liquidated >= refund_begins) & (rng.random(n) < 0.6)
    u = rng.random(n)
    factor = np.where(u < 0.022, 1 + rng.uniform(0.03, 0.4, n), np.where(u < 0.04, 1 - rng.uniform(0.03, 0.5, n), 1.0))
    final = np.where(refunded, duty - back, np.rint(duty * factor).astype(np.int64))
    return np.where(entries.liquidated >= 0, final, -1)


def _tariff_rows(lines: Lines, part: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of some lines as (line, kind): kinds 0 emergency, 1 metals, 2 section 301, 3 the commodity,
    last."""
    extra = lines.extra
    rates = np.column_stack(
        (
            extra.emergency[part],
            extra.metal[part],
            extra.section_301[part],
            np.ones(len(part), dtype=np.int64),
        )
    )
    at, kind = np.nonzero(rates)
    return part[at], kind, rank_within(at) + 1


def _row_frame(lines: Lines, entries: Entries, goods: Catalogue, part: np.ndarray) -> tuple[np.ndarray, pl.DataFrame]:
    """Row by row: ordinal, tariff number, value, duty, fees; with the line that each row belongs to."""
    line, kind, ordinal = _tariff_rows(lines, part)
    extra, commodity = lines.extra, kind == 3
    rate = np.choose(np.minimum(kind, 2), (extra.emergency[line], extra.metal[line], extra.section_301[line]))
    code = np.choose(
        np.minimum(kind, 2),
        (extra.emergency_code[line], extra.metal_code[line], extra.section_301_code[line]),
    )
    numbers = pl.concat([pl.Series(CODES), pl.Series(goods.hts.tolist())])
    cents = lines.cents[line]
    unknown = (entries.mode[lines.entry[line]] == EMPTY_FEES) | ~commodity
    price = np.maximum(1, np.rint(goods.unit_price[lines.product[line]] * 100)).astype(np.int64)
    units = pl.Series([*goods.unit.tolist(), "X"])
    frame = pl.DataFrame(
        {
            "ordinal": ordinal,
            "hts": numbers.gather(np.where(commodity, len(CODES) + lines.product[line], code)),
            "value": np.where(commodity, cents, 0),
            "duty": np.where(commodity, lines.regular[line], duties.of_rate(cents, rate)),
            "mpf": np.where(unknown, 0, lines.mpf[line]),
            "hmf": np.where(unknown, 0, lines.hmf[line]),
            "blank": unknown & commodity,
            "quantity": np.where(commodity, np.maximum(1, cents // price), 0),
            "unit": units.gather(np.where(commodity, lines.product[line], len(goods.hts))),
        }
    )
    return line, frame


class EntriesFile:
    """Writes entries.csv. The columns are those of ES-003 and the optional ones that the portal knows."""

    def __init__(self, who: Importers, goods: Catalogue, cells: Cells, calendar: Calendar, codes: list[str]) -> None:
        self.who, self.goods, self.cells = who, goods, cells
        self.days = labels_of(calendar, "%m/%d/%Y")
        # A few entries are flagged for reconciliation: theirs is the date that CBP's report names.
        due = [f"{reconciliation_by(day):%m/%d/%Y}" for day in pl.Series(calendar.dates()).to_list()]
        self.reconciled = pl.Series([*due, ""])
        self.codes = codes
        self.with_slips = who.name.index(IMPORTER_NAME)
        most = max(len(own) for own in who.numbers)
        self.most = most
        self.numbers = pl.Series([own[min(i, len(own) - 1)] for own in who.numbers for i in range(most)])

    def write(self, path: Path, entries: Entries, lines: Lines, liquidated: np.ndarray, bonds: pl.Series) -> int:
        """Write all rows; bonds: bond number of each entry. Returns the number of rows."""
        numbers = entry_numbers(entries, self.codes)
        frame = pl.DataFrame({"liquidated": np.maximum(liquidated, 0)}).select(money("liquidated"))
        final = frame.to_series().to_frame("v").with_columns(none=liquidated < 0)
        final_text = final.select(pl.when("none").then(pl.lit("")).otherwise("v")).to_series()
        rows = 0
        with path.open("wb") as file:
            for start in range(0, len(lines), BLOCK):
                part = np.arange(start, min(start + BLOCK, len(lines)))
                block = self._block(entries, lines, part, numbers, final_text, bonds)
                block.write_csv(file, include_header=start == 0, quote_style="never")
                rows += len(block)
        return rows

    def _block(
        self,
        entries: Entries,
        lines: Lines,
        part: np.ndarray,
        numbers: pl.Series,
        final: pl.Series,
        bonds: pl.Series,
    ) -> pl.DataFrame:
        line, rows = _row_frame(lines, entries, self.goods, part)
        rows = rows.with_columns(money("value"), money("duty"), money("mpf"), money("hmf"))
        fee = pl.when("blank").then(pl.lit("")).otherwise
        entry, origin = lines.entry[line], pl.Series(ORIGINS).gather(lines.origin[line])
        importer = entries.importer[entry]
        informal = (entries.kind == INFORMAL)[entry]
        cases = pl.Series([*self.cells.dumping_case, ""])
        case = cases.gather(np.where(lines.dumped[line] & (rows["ordinal"].to_numpy() > 0), importer, len(cases) - 1))
        commodity = rows["quantity"].to_numpy() > 0
        liquidated = entries.liquidated[entry]
        flagged = (entries.serial[entry] % RECONCILED_ONE_IN == 0) & ~informal
        rows = rows.select(
            numbers.gather(entry).alias("Entry Summary Number"),
            pl.Series(lines.number[line]).cast(pl.String).str.zfill(3).alias("Entry Summary Line Number"),
            pl.col("ordinal").alias("Tariff Ordinal Number"),
            pl.Series(TYPES).gather(entries.kind[entry]).alias("Entry Type Code"),
            self.numbers.gather(importer * self.most + entries.suffix[entry]).alias("Importer Number"),
            pl.Series(self.who.name).gather(importer).alias("Importer Name"),
            pl.Series(PORTS).gather(entries.port[entry]).alias("Port of Entry Code"),
            _days(entries.day[entry], self.days).alias("Entry Date"),
            _days(entries.summary[entry], self.days).alias("Entry Summary Date"),
            origin.alias("Country of Origin Code"),
            origin.alias("Country of Export Code"),
            pl.Series(self.cells.mids).gather(lines.supplier[line]).alias("Manufacturer ID"),
            pl.Series(SPI_CODES).gather(lines.spi[line]).alias("Line SPI Code"),
            pl.col("hts").alias("HTS Number - Full"),
            pl.col("value").alias("Line Tariff Goods Value Amount"),
            pl.col("duty").alias("Line Tariff Duty Amount"),
            fee(pl.col("mpf")).alias("Line MPF Amount"),
            fee(pl.col("hmf")).alias("Line HMF Amount"),
            pl.Series(MODES).gather(entries.mode[entry]).alias("Mode of Transportation Code"),
            pl.col("quantity").alias("Line Tariff Quantity (1)"),
            pl.col("unit").alias("Line Tariff UOM (1) Code"),
            pl.Series(CENTERS).gather(self.who.center[importer]).alias("Review Team Number"),
            case.alias("AD/CVD Case Number"),
            bonds.gather(entry).alias("Bond Number"),
            pl.Series(np.where(entries.corrected[entry] & ~informal, "Y", "N")).alias(
                "Post Summary Correction Indicator"
            ),
            _days(liquidated, self.days).alias("Liquidation Date"),
            pl.Series(np.where(liquidated >= 0, "LIQUIDATED", "")).alias("Liquidation Status"),
            final.gather(entry).alias("Total Liquidated Duty Amount"),
            _days(np.where(flagged, entries.summary[entry], -1), self.reconciled).alias("Reconciliation Due Date"),
            pl.Series(["", "EXTENDED", "SUSPENDED"]).gather(entries.stands[entry]).alias("Extension/Suspension Status"),
        )
        return with_slips(rows, line, commodity & (importer == self.with_slips))
