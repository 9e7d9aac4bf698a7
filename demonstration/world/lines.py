"""Lines of the entries: goods, origin, supplier, value, preference, duties and fees; one array row for each
line."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from demonstration.world import duties
from demonstration.world.catalogue import Catalogue
from demonstration.world.cells import OVERSEAS, SIDES, Cells
from demonstration.world.companies import Importers
from demonstration.world.draws import rank_within, starts_of_groups
from demonstration.world.duties import Additional, Calendar
from demonstration.world.entries import DUMPING, INFORMAL, MODES, NO_FEE_TYPES, Entries
from demonstration.world.places import MEXICO, ORIGINS

#: Preference codes by origin, with how often they are claimed; those of Mexico and Canada change with 2025.
CLAIMS = {"KR": ("KR", 0.38), "AU": ("AU", 0.6), "CL": ("CL", 0.7), "CO": ("CO", 0.6), "IL": ("IL", 0.5),
          "SG": ("SG", 0.4), "CR": ("P", 0.7)}  # fmt: skip
SPI_CODES = ("", "S", "KR", "AU", "CL", "CO", "IL", "SG", "P")
USMCA_BEFORE, USMCA_AFTER = 0.45, 0.80
#: Share of lines freed of the emergency duties by one of their many exemptions.
EXCUSED = 0.37
#: Share of lines with an exclusion from sections 232 and 301.
EXCLUDED = 0.65
#: Share of China's goods that have moved to other origins by the end of the world.
MOVED_FROM_CHINA = 0.55


@dataclass
class Lines:
    """Sorted by entry and line number. Money in cents, rates in basis points."""

    entry: np.ndarray
    number: np.ndarray  # 1, 2, 3 ... within the entry
    cell: np.ndarray
    product: np.ndarray
    origin: np.ndarray
    supplier: np.ndarray
    spi: np.ndarray  # index into SPI_CODES
    dumped: np.ndarray
    cents: np.ndarray
    regular: np.ndarray  # duty of the commodity row, antidumping deposits included
    rate: np.ndarray
    extra: Additional
    mpf: np.ndarray
    hmf: np.ndarray

    def __len__(self) -> int:
        return len(self.entry)

    def additional_cents(self) -> np.ndarray:
        """Duty on the rows of chapter 99."""
        extra = self.extra
        parts = (extra.emergency, extra.metal, extra.section_301)
        return sum((duties.of_rate(self.cents, part) for part in parts), np.zeros(len(self), dtype=np.int64))

    def duty(self) -> np.ndarray:
        """All duty of each line, in cents."""
        return np.asarray(self.regular + self.additional_cents())


def _cells_of(
    rng: np.random.Generator, entries: Entries, cells: Cells, entry: np.ndarray, lead: np.ndarray, days: int
) -> np.ndarray:
    """Cell of each line: the first decides the supplier, most others come from the same one."""
    group = entries.importer * SIDES + np.minimum(np.where(entries.way == MEXICO, 0, entries.way), OVERSEAS)
    first = cells.by_side.draw(group, rng.random(len(entries)))
    china = cells.origin[first] == ORIGINS.index("CN")
    moves = china & (rng.random(len(entries)) < MOVED_FROM_CHINA * entries.day / days)
    again = cells.by_side.draw(group, rng.random(len(entries)))
    first = np.where(moves, again, first)
    same = cells.by_block.draw(cells.block[first][entry], rng.random(len(entry)))
    other = cells.by_side.draw(group[entry], rng.random(len(entry)))
    found = np.where(rng.random(len(entry)) < 0.8, same, other)
    return np.where(lead, first[entry], found)


def _cheaper_where_dutiable(entries: Entries, rate: np.ndarray) -> np.ndarray:
    """The entries' values, lower where the first line's regular rate (basis points) is high: shirts against
    engines."""
    factor = np.clip(1.22 - rate / 950, 0.3, 1.22)
    scaled = np.maximum(np.rint(entries.cents * factor).astype(np.int64), 2_000 * entries.lines)
    return np.where(entries.kind == INFORMAL, entries.cents, scaled)


def _values(rng: np.random.Generator, entries: Entries, entry: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The entry's value split over its lines, cents adding up, no line below one dollar."""
    weight = np.exp(0.8 * rng.standard_normal(len(entry)))
    through = np.cumsum(weight)
    before = np.concatenate(([0.0], through[np.append(starts[1:], len(entry)) - 1][:-1]))
    whole = np.diff(np.append(before, through[-1]))
    spread = entries.cents - 100 * entries.lines
    upto = np.rint(spread[entry] * ((through - before[entry]) / whole[entry])).astype(np.int64)
    since = np.rint(spread[entry] * ((through - weight - before[entry]) / whole[entry])).astype(np.int64)
    return np.asarray(np.maximum(upto - since, 0) + 100)


def _claims(
    rng: np.random.Generator, origin: np.ndarray, day: np.ndarray, calendar: Calendar, free: np.ndarray
) -> np.ndarray:
    u = rng.random(len(origin))
    chance = np.zeros(len(ORIGINS))
    code = np.zeros(len(ORIGINS), dtype=np.int64)
    for name, (spi, share) in CLAIMS.items():
        chance[ORIGINS.index(name)], code[ORIGINS.index(name)] = share, SPI_CODES.index(spi)
    usmca = np.where(day >= calendar.day(duties.FEBRUARY_CLAIMS), USMCA_AFTER, USMCA_BEFORE)
    near = origin < OVERSEAS
    claimed = u < np.where(near, usmca, chance[origin])
    return np.where(claimed & ~free, np.where(near, 1, code[origin]), 0)


def _charge(lines: Lines, entries: Entries, goods: Catalogue, cells: Cells, calendar: Calendar) -> None:
    """Work out duties and fees from the values."""
    entry = lines.entry
    freed = lines.spi > 0
    lines.rate = np.where(freed, 0, goods.rate[lines.product])
    deposit = np.where(lines.dumped, cells.dumping_rate[entries.importer[entry]], 0)
    lines.regular = duties.of_rate(lines.cents, lines.rate) + duties.of_rate(lines.cents, deposit)
    owes = ~freed & ~np.isin(entries.kind, NO_FEE_TYPES)[entry]
    year = duties.fiscal_years(np.datetime64(calendar.start) + entries.day)
    lines.mpf = duties.processing_fees(entry, len(entries), lines.cents, owes, entries.kind == INFORMAL, year)
    vessel = np.isin(entries.mode, (MODES.index("10"), MODES.index("11")))[entry]
    lines.hmf = np.where(vessel, (lines.cents * 125 + 50_000) // 100_000, 0)


def invent(
    rng: np.random.Generator,
    entries: Entries,
    who: Importers,
    goods: Catalogue,
    cells: Cells,
    calendar: Calendar,
) -> Lines:
    """All lines of the given entries."""
    entry = np.repeat(np.arange(len(entries)), entries.lines)
    number = rank_within(entry) + 1
    lead = number == 1
    cell = _cells_of(rng, entries, cells, entry, lead, calendar.days)
    dumped = lead & (entries.kind == DUMPING)[entry]
    cell = np.where(dumped, cells.dumped[entries.importer[entry]], cell)
    origin, day = cells.origin[cell], entries.day[entry]
    entries.cents = _cheaper_where_dutiable(entries, goods.rate[cells.product[cell[lead]]])
    cents = _values(rng, entries, entry, starts_of_groups(entries.lines))
    informal = (entries.kind == INFORMAL)[entry]
    spi = _claims(rng, origin, day, calendar, dumped)
    excused = rng.random(len(entry)) < EXCUSED
    excluded = rng.random(len(entry)) < EXCLUDED
    extra = duties.additional(goods, calendar, day, cells.product[cell], origin, spi == 1, informal, excused, excluded)
    empty = np.zeros(0, dtype=np.int64)
    lines = Lines(
        entry,
        number,
        cell,
        cells.product[cell],
        origin,
        cells.supplier[cell],
        spi,
        dumped,
        cents,
        empty,
        empty,
        extra,
        empty,
        empty,
    )
    _charge(lines, entries, goods, cells, calendar)
    return lines


def pin_duties(
    lines: Lines,
    entries: Entries,
    goods: Catalogue,
    cells: Cells,
    calendar: Calendar,
    importer: int,
    window: tuple[date, date],
    goal: int,
) -> None:
    """Scale one importer's values until its duties and fees in the window (from, before) are about `goal`
    cents."""
    mine = (entries.importer == importer)[lines.entry] & ~(entries.kind == INFORMAL)[lines.entry]
    day = entries.day[lines.entry]
    counted = (
        (entries.importer == importer)[lines.entry] & (day >= calendar.day(window[0])) & (day < calendar.day(window[1]))
    )
    counted &= ~np.isin(entries.kind, NO_FEE_TYPES)[lines.entry]
    for _ in range(4):
        owed = int((lines.duty() + lines.mpf + lines.hmf)[counted].sum())
        if owed == 0:
            return
        scaled = np.maximum(100, np.rint(lines.cents * (goal / owed))).astype(np.int64)
        lines.cents = np.where(mine, scaled, lines.cents)
        _charge(lines, entries, goods, cells, calendar)
