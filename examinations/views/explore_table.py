"""A pivot as the page shows it: names, texts, links to rows, the sentence above it, and its file."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from accounts.models import Account
from examinations.exploring.dimensions import Dimension, filter_of, name_of, period_of
from examinations.exploring.measures import Measure
from examinations.exploring.pivot import Pivot, Value
from examinations.exploring.shares import highest
from examinations.figures import TOO_FEW, Period, Rate
from examinations.models import Port
from look.downloads import Cell, Facts, Sheet
from look.formats import amount, count, halves, percent


@dataclass(frozen=True)
class Shown:
    """One cell as the page shows it: its text, and the list of its rows where one can be made."""

    text: str
    link: str = ""
    note: str = ""


def _text(value: Value, unit: str) -> str:
    if value is None or (unit == "money" and not value):
        return ""
    if isinstance(value, Rate):
        return percent(value.rate) if value.tells else f"{count(value.found)} of {count(value.count)}"
    if unit == "days":
        return halves(float(value))
    return amount(value) if unit == "money" else count(value)


def _told(rate: Rate) -> str:
    """A rate in a sentence: never without what it is counted on, and of too few the count alone."""
    of = f"{count(rate.found)} of {count(rate.count)}"
    return f"{percent(rate.rate)} ({of}, {percent(rate.low)} to {percent(rate.high)})" if rate.tells else of


class Table:
    """A pivot with its names and its links."""

    def __init__(
        self,
        found: Pivot,
        measure: Measure,
        row: Dimension,
        column: Dimension | None,
        period: Period,
        client: Account | None = None,
    ) -> None:
        self.found, self.measure, self.row, self.column = found, measure, row, column
        # Sums are of whole months.
        self.period = period.whole if measure.of_months else period
        self.narrowed = {"party": [str(client.pk)]} if client else {}
        self.known: dict[str, str] = {}
        for kind, codes in ((row, found.rows), (column, found.columns)):
            if kind and kind.key == "port":
                self.known |= dict(Port.objects.filter(code__in=codes).values_list("code", "name"))
            elif kind and kind.key == "party":
                named = Account.objects.filter(pk__in=[code for code in codes if code]).values_list("pk", "name")
                self.known |= {str(pk): name for pk, name in named}

    def name(self, dimension: Dimension, code: str) -> str:
        return name_of(dimension, code, self.known)

    def link(self, base: str, row: str | None, column: str | None) -> str:
        """The list of what a cell counts: "" where no filter gives exactly its rows."""
        page = self.measure.page
        asked, period = self.measure.rows | self.narrowed, self.period
        for dimension, code in ((self.row, row), (self.column, column)):
            if code is None or dimension is None:
                continue
            narrowed = filter_of(dimension, code, page)
            if narrowed is None or any(value not in asked.get(name, [value]) for name, value in narrowed.items()):
                return ""
            asked |= {name: [value] for name, value in narrowed.items()}
            meant = period_of(dimension.key, code)
            if meant:
                period = Period(max(period.start, meant.start), min(period.end, meant.end))
        days = {"start": [period.start.isoformat()], "end": [period.end.isoformat()]}
        return f"{base}/{page}/?{urlencode(asked | days, doseq=True)}"

    def cell(self, base: str, value: Value, row: str | None, column: str | None) -> Shown:
        text = _text(value, self.measure.unit)
        if isinstance(value, Rate):
            # The rows of a share of entries are those examined; of lines in error, all that were reviewed.
            some = value.found if self.measure.of_entries else value.count
            low, high = percent(value.low), percent(value.high)
            note = (
                f"{count(value.found)} of {count(value.count)}, {low} to {high}" if value.tells else "too few to tell"
            )
            return Shown(text, self.link(base, row, column) if some else "", note)
        return Shown(text, self.link(base, row, column) if text not in ("", "0") else "")

    def lines(self, base: str) -> list[tuple[str, list[Shown], Shown]]:
        """Rows with their name, their cells and their sum; the greatest first where rows are no time."""
        rows = self.found.rows
        if period_of(self.row.key, rows[0] if rows else "") is None:
            rows = sorted(rows, key=lambda code: -_size(self.found.of_row[code]))
        return [
            (
                self.name(self.row, row),
                [self.cell(base, self.found.cells.get((row, at)), row, at) for at in self.found.columns],
                self.cell(base, self.found.of_row[row], row, None),
            )
            for row in rows
        ]

    def sums(self, base: str) -> list[Shown]:
        """The last line: by column, and all."""
        below = [self.cell(base, self.found.of_column[at], None, at) for at in self.found.columns]
        return [*below, self.cell(base, self.found.of_all, None, None)]

    @property
    def heads(self) -> list[str]:
        return [self.name(self.column, code) for code in self.found.columns] if self.column else []

    @property
    def whole(self) -> str:
        """What the last column says of a row: a median or a rate of all is no sum."""
        return "All" if self.measure.unit == "days" or self.measure.is_share else "Sum"

    @property
    def sentence(self) -> tuple[str, str] | None:
        """Which row has the most, or which rows have equally many, and how much of what; None where there is nothing."""
        if self.measure.is_share:
            return self._sentence_of_shares()
        # Released on the day of selection is a median too; a count or a sum of nothing is none.
        told = (lambda value: value is not None) if self.measure.unit == "days" else bool
        rows = [code for code in self.found.rows if code and told(self.found.of_row[code])]
        if not rows:
            return None
        highest = max(self.found.of_row[code] or 0 for code in rows)
        first = [code for code in rows if self.found.of_row[code] == highest]
        most, whole = (_text(value, self.measure.unit) for value in (highest, self.found.of_all))
        each, one = (" each", False) if len(first) > 1 else ("", True)
        if self.measure.unit == "days":
            days = "day" if most == "1" else "days"
            if len(rows) == 1:
                return self._named(first), f"is alone in this table, with {most} {days} held"
            verb = "holds" if one else "hold"
            return self._named(first), f"{verb} longest: {most} {days}{each}, against {whole} over all"
        verb, dollars = "has" if one else "have", "$" if self.measure.unit == "money" else ""
        if most == whole:
            return self._named(first), f"{verb} all {self.measure.said}: {dollars}{most}{each}"
        return self._named(first), f"{verb} the most {self.measure.said}: {dollars}{most} of {dollars}{whole}{each}"

    def _sentence_of_shares(self) -> tuple[str, str] | None:
        """The highest rate that enough is counted for, and whether that may be chance."""
        whole = self.found.of_all
        if not isinstance(whole, Rate):
            return None
        rates = {code: rate for code, rate in self.found.of_row.items() if isinstance(rate, Rate)}
        first = highest(rates, whole)
        if first is None:
            return "Too few to tell", f"of any row: {_told(whole)} over all"
        code, above = first
        if len(rates) == 1:
            return self._named([code]), f"is alone in this table: {_told(whole)}"
        if rates[code].rate <= whole.rate:
            counted = "entries" if self.measure.of_entries else "lines"
            return (
                f"No {self.row.label.lower()} with {TOO_FEW} {counted} or more",
                f"lies above the whole: {_told(whole)}",
            )
        chance = "more than chance brings" if above else "which may be chance"
        said = f"has the highest {self.measure.said}: {_told(rates[code])}, against {_told(whole)} over all"
        return self._named([code]), f"{said}, {chance}"

    def _named(self, rows: list[str]) -> str:
        """Rows that are first together: two by name, of more the first."""
        first, *others = (self.name(self.row, code) for code in rows)
        if len(others) > 1:
            return f"{first} and {len(others)} others"
        return " and ".join([first, *others])

    def _sheet_of_shares(self, about: Facts) -> Sheet:
        """One line for each cell: a share alone would hide what it is counted on."""
        parts = [(row, at, self.found.cells.get((row, at))) for row in self.found.rows for at in self.found.columns]
        parts += [(row, None, self.found.of_row[row]) for row in self.found.rows] + [(None, None, self.found.of_all)]
        rows: list[list[Cell]] = [
            [
                self.name(self.row, row) if row is not None else "All",
                self.name(self.column, at) if self.column and at is not None else "All",
                *(rate.found, rate.count, round(rate.rate, 6), round(rate.low, 6), round(rate.high, 6)),
            ]
            for row, at, rate in parts
            if isinstance(rate, Rate)
        ]
        against = self.column.label if self.column else "Against"
        heads = [self.row.label, against, "Found", "Of", "Share", "Low", "High"]
        return Sheet(f"{self.measure.key}-by-{self.row.key}", heads, rows, about)

    def sheet(self, about: Facts) -> Sheet:
        if self.measure.is_share:
            return self._sheet_of_shares(about)
        rows: list[list[Cell]] = [
            [
                self.name(self.row, row),
                *(_number(self.found.cells.get((row, at))) for at in self.found.columns),
                _number(self.found.of_row[row]),
            ]
            for row in self.found.rows
        ]
        rows.append([self.whole, *(_number(self.found.of_column[at]) for at in self.found.columns)])
        rows[-1].append(_number(self.found.of_all))
        return Sheet(f"{self.measure.key}-by-{self.row.key}", [self.row.label, *self.heads, self.whole], rows, about)


def _size(value: Value) -> float:
    """What rows are put in order by; a rate of too few comes last."""
    if isinstance(value, Rate):
        return value.rate if value.tells else -1.0
    return float(value or 0)


def _number(value: Value) -> Cell:
    return value if value is None or isinstance(value, int | float | Decimal) else None
