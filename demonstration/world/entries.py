"""Entries of the invented world: when, where, how, by whom filed; one array row for each entry."""

from dataclasses import dataclass
from datetime import date

import holidays
import numpy as np

from demonstration.world.companies import Importers
from demonstration.world.draws import Pools, log_normal, rank_within
from demonstration.world.duties import Calendar
from demonstration.world.numbers import entry_check_digits, filer_digits
from demonstration.world.places import AIR, PORTS, SEA, WAYS

TYPES = ("01", "02", "03", "06", "11", "21", "23", "31", "52")
FREE, QUOTA, DUMPING, ZONE, INFORMAL, WAREHOUSE, TEMPORARY, WITHDRAWN, GOVERNMENT = range(len(TYPES))
#: Types whose entries owe no processing fee, and types that a bond's duties leave out.
NO_FEE_TYPES = (WAREHOUSE, TEMPORARY)
MODES = ("", "10", "11", "20", "30", "40")
LINES_SIGMA, LINES_SHIFT, MOST_LINES = 1.5, -0.12, 60
MEAN_LINES = 3.22


@dataclass
class Entries:
    """Sorted by importer and date. Days count from the calendar's start; -1 where there is none."""

    importer: np.ndarray
    suffix: np.ndarray  # which of the importer's numbers
    day: np.ndarray
    summary: np.ndarray
    liquidated: np.ndarray
    way: np.ndarray
    port: np.ndarray  # index into PORTS
    mode: np.ndarray  # index into MODES
    kind: np.ndarray  # index into TYPES
    broker: np.ndarray
    serial: np.ndarray
    check: np.ndarray
    lines: np.ndarray
    cents: np.ndarray
    stands: np.ndarray  # 0 as usual, 1 extended, 2 suspended
    corrected: np.ndarray

    def __len__(self) -> int:
        return len(self.day)


def federal_holidays(calendar: Calendar) -> np.ndarray:
    """Federal holidays from a year before the calendar to two years after it."""
    first, last = calendar.start.year - 1, calendar.dates()[-1].astype(object).year + 1
    return np.array(sorted(holidays.country_holidays("US", years=range(first, last + 1))), dtype="datetime64[D]")


def _days(rng: np.random.Generator, who: Importers, importer: np.ndarray, calendar: Calendar, last: int) -> np.ndarray:
    """Days of entry: few at weekends, many in autumn, growing with the importer."""
    dates = calendar.dates(0)[: last + 1]
    weekday = (dates.astype(int) + 3) % 7
    month = dates.astype("datetime64[M]").astype(int) % 12
    weight = np.array([1.0, 1.06, 1.05, 1.05, 1.08, 0.30, 0.16])[weekday]
    weight = weight * np.array([0.95, 0.86, 0.97, 0.98, 1.0, 1.0, 1.05, 1.1, 1.08, 1.1, 1.0, 0.91])[month]
    weight[np.isin(dates, federal_holidays(calendar))] *= 0.2
    edges = np.cumsum(weight) / weight.sum()
    begins = who.begins[importer]
    u = begins + (1 - begins) * rng.random(len(importer)) ** (1 / (1 + who.growth[importer]))
    return np.asarray(np.searchsorted(edges, np.minimum(u, 1 - 1e-9), side="right"))


def _line_counts(rng: np.random.Generator, entries: int, lines: int) -> np.ndarray:
    """Lines of each entry, at least one, `lines` together."""
    found = 1 + np.exp(LINES_SHIFT + LINES_SIGMA * rng.standard_normal(entries)).astype(np.int64)
    found = np.minimum(found, MOST_LINES)
    for _ in range(200):
        excess = int(found.sum()) - lines
        if excess == 0:
            break
        can = np.flatnonzero(found > 1) if excess > 0 else np.flatnonzero(found < MOST_LINES)
        chosen = rng.choice(can, size=min(abs(excess), len(can)), replace=False)
        found[chosen] -= np.sign(excess)
    return found


def _kinds(rng: np.random.Generator, who: Importers, importer: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Entry types: informal ones anywhere, antidumping and zone entries where the importer has such trade."""
    u = rng.random(len(importer))
    informal = np.where(way == AIR, 0.11, 0.05)
    bounds = [informal]
    for share in (who.dumping_share[importer], who.zone_share[importer]):
        bounds.append(bounds[-1] + share)
    for share in (0.005, 0.007, 0.003, 0.008, 0.0004):
        bounds.append(bounds[-1] + share)
    kinds = [INFORMAL, DUMPING, ZONE, QUOTA, WAREHOUSE, TEMPORARY, WITHDRAWN, GOVERNMENT]
    return np.select([u < bound for bound in bounds], kinds, FREE)


def _cents(
    rng: np.random.Generator,
    who: Importers,
    importer: np.ndarray,
    way: np.ndarray,
    rail: np.ndarray,
    kind: np.ndarray,
    lines: np.ndarray,
) -> np.ndarray:
    """Entered value by the way in, the importer and the number of lines; informal entries stay below
    $2,500."""
    median = np.array([41_000.0, 32_000.0, 98_000.0, 17_500.0])[way]
    high = np.array([128_000.0, 100_000.0, 340_000.0, 118_000.0])[way]
    value = log_normal(rng, median, high, len(way)) * who.value_factor[importer] * (lines / 2) ** 0.18
    value = value * np.where(rail, 2.0, 1.0)
    value = np.clip(value, 150.0 * lines, 5_000_000.0)
    value = np.where(kind == INFORMAL, np.minimum(log_normal(rng, 800, 2_200, len(way)) + 20 * lines, 2_499.0), value)
    return np.asarray(np.rint(value * 100).astype(np.int64))


def _summaries(
    rng: np.random.Generator, day: np.ndarray, calendar: Calendar, newest: int, late: np.ndarray
) -> np.ndarray:
    """Day of the entry summary: within ten working days, rarely later; -1 where it is still to come."""
    share = np.array([0.02, 0.03, 0.05, 0.07, 0.09, 0.12, 0.16, 0.21, 0.25])
    working = np.searchsorted(np.cumsum(share), rng.random(len(day))) + 2
    working = np.minimum(working, 10)
    working = np.where(rng.random(len(day)) < late, rng.integers(11, 16, len(day)), working)
    dates = np.datetime64(calendar.start) + day
    filed = np.busday_offset(dates, working, roll="backward", holidays=federal_holidays(calendar))
    at = (filed - np.datetime64(calendar.start)).astype(np.int64)
    return np.where(at <= newest, at, -1)


def _serials(broker: np.ndarray, day: np.ndarray, brokers: int, rng: np.random.Generator) -> np.ndarray:
    """Seven-digit numbers that rise with the date within each filer, with gaps."""
    order = np.lexsort((day, broker))
    rank = rank_within(broker[order])
    most = int(np.bincount(broker, minlength=brokers).max())
    step = max(1, min(9, 9_000_000 // max(most, 1)))
    serial = np.empty(len(broker), dtype=np.int64)
    serial[order] = 500_000 + rank * step + rng.integers(0, step, len(broker))
    return serial


def invent(
    rng: np.random.Generator, who: Importers, codes: list[str], calendar: Calendar, lines: int, as_of: date
) -> Entries:
    """All entries of all importers, with `lines` lines together."""
    newest = calendar.day(as_of) - 1
    weight = who.yearly_entries * (1 - who.begins)
    wanted = lines / MEAN_LINES
    counts = np.maximum(1, np.rint(weight / weight.sum() * wanted)).astype(np.int64)
    importer = np.repeat(np.arange(len(who)), counts)
    day = _days(rng, who, importer, calendar, newest - 1)
    order = np.lexsort((day, importer))
    day = day[order]
    n = len(importer)
    edges = Pools.of(who.ways.ravel(), np.repeat(np.arange(len(who)), len(WAYS)), len(who))
    way = edges.draw(importer, rng.random(n)) - importer * len(WAYS)
    port = np.zeros(n, dtype=np.int64)
    for at, name in enumerate(WAYS):
        here = np.flatnonzero(way == at)
        pool = Pools.of(who.ports[name].ravel(), np.repeat(np.arange(len(who)), len(PORTS)), len(who))
        port[here] = pool.draw(importer[here], rng.random(len(here))) - importer[here] * len(PORTS)
    u = rng.random(n)
    sea = np.where(u < 0.012, MODES.index(""), np.where(u < 0.10, MODES.index("10"), MODES.index("11")))
    land = np.where(u < 0.095, MODES.index("20"), MODES.index("30"))
    mode = np.where(way == SEA, sea, np.where(way == AIR, MODES.index("40"), land))
    kind = _kinds(rng, who, importer, way)
    numbers = np.array([len(own) for own in who.numbers])[importer]
    second = rng.random(n) < 0.22
    suffix = np.where(numbers > 1, np.minimum(rng.integers(0, 5, n) // 3, numbers - 1), 0)
    broker = np.where(second, who.second_broker[importer], who.broker[importer])
    line_counts = _line_counts(rng, n, lines)
    late = np.random.default_rng(7).uniform(0.003, 0.015, len(codes))[broker]
    summary = _summaries(rng, day, calendar, newest, late)
    serial = _serials(broker, day, len(codes), rng)
    digits = np.array([filer_digits(code) for code in codes])
    stands = np.where(rng.random(n) < np.where(kind == DUMPING, 0.9, 0.02), np.where(kind == DUMPING, 2, 1), 0)
    week = (np.datetime64(calendar.start) + day + 314).astype(int)
    friday = day + 314 + 5 - (week + 4) % 7
    friday = friday + np.where(rng.random(n) < 0.08, 7 * rng.integers(1, 8, n), 0)
    liquidated = np.where((stands == 0) & (friday <= newest), friday, -1)
    correction = np.where(day >= calendar.day(date(2026, 1, 1)), 0.034, 0.018)
    return Entries(
        importer,
        suffix,
        day,
        summary,
        liquidated,
        way,
        port,
        mode,
        kind,
        broker,
        serial,
        entry_check_digits(digits[broker], serial),
        line_counts,
        _cents(rng, who, importer, way, mode == MODES.index("20"), kind, line_counts),
        stands,
        (rng.random(n) < correction) & (day < newest - 20),
    )
