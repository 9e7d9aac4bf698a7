"""Examinations of cargo that the importer notices: kinds, milestones, holds, results and costs."""

from dataclasses import dataclass, fields, replace

import numpy as np

from demonstration.world.catalogue import CENTERS
from demonstration.world.companies import IMPORTER_PLACE, Importers
from demonstration.world.draws import log_normal
from demonstration.world.duties import Calendar
from demonstration.world.entries import MODES, Entries
from demonstration.world.lines import Lines
from demonstration.world.results import MAJOR, NONE, Finding, find, gravities

TYPES = ("NII", "TAIL", "INT", "PGA", "AQI", "DOC", "CET", "ATCET")
SHARES = np.array([50.0, 13.5, 12.0, 11.0, 8.0, 4.0, 3.0, 1.0])
NII, TAIL, INT, PGA, AQI, DOC, CET, ATCET = range(len(TYPES))
#: Days from selection to release, median and 90th percentile, by type; then hits, cost median and 90th
#: percentile.
DWELL = np.array([(1.1, 3.2), (2.5, 5.2), (6.5, 13), (3.4, 12.5), (2.4, 7.5), (0.7, 2.2), (3.4, 7), (6.5, 13)])
HITS = np.array([0.016, 0.12, 0.14, 0.12, 0.08, 0.10, 0.05, 0.03])
COST = np.array([(130, 260), (300, 600), (1_750, 4_500), (205, 520), (205, 520), (0, 0), (900, 1_500), (1_900, 4_800)])
HOLDS = ("MANIFEST", "COMMERCIAL", "COMMERCIAL", "PGA", "AGRICULTURE", "STATISTICAL", "CET", "CET")
AGENCIES = ("FDA", "CPSC", "EPA", "FWS")
REASONS = ("RANDOM", "TARGETED", "AGENCY", "FOLLOWUP", "UNKNOWN")
#: Share of entries examined for a reason, by mode; and the share drawn at random.
BY_MODE = {"": 0.036, "10": 0.036, "11": 0.036, "20": 0.009, "30": 0.0235, "40": 0.0145}
AT_RANDOM = 0.0016
DETAINED_SHARE, STUCK_SHARE, STUCK_DAYS = 0.03, 0.12, 120


@dataclass(frozen=True)
class Examinations:
    """One array row for each examination of an entry; days count from the calendar's start, -1 none."""

    entry: np.ndarray
    kind: np.ndarray
    reason: np.ndarray
    selected: np.ndarray
    notified: np.ndarray
    presented: np.ndarray
    examined: np.ndarray
    released: np.ndarray
    detained: np.ndarray
    gravity: np.ndarray
    finding: Finding
    cost: np.ndarray  # cents, -1 none recorded
    agency: np.ndarray

    def __len__(self) -> int:
        return len(self.entry)


def _chance(who: Importers, entries: Entries) -> np.ndarray:
    """Share of entries examined for a reason: less for CTPAT members, more in the first year of importing."""
    tier = np.array([1.0, 0.85, 0.6, 0.36])[who.tier]
    young = np.where(who.begins > 0, 2.4, 1.0)
    base = np.array([BY_MODE[mode] for mode in MODES])[entries.mode]
    factor = tier * young
    mean = float(np.average(factor, weights=np.bincount(entries.importer, minlength=len(who))))
    factor = factor / mean
    factor[min(IMPORTER_PLACE, len(who) - 2)] = 0.95
    return np.asarray(base * factor[entries.importer])


def _kinds(rng: np.random.Generator, who: Importers, entries: Entries, entry: np.ndarray) -> np.ndarray:
    """Types by share; farm goods go to agriculture and regulated goods to other agencies more often."""
    code = np.array(CENTERS)[who.center[entries.importer[entry]]]
    weights = np.tile(SHARES, (len(entry), 1))
    weights[:, PGA] *= np.where(np.isin(code, ("001", "002", "008")), 2.0, 0.5)
    weights[:, AQI] *= np.where(code == "002", 5.0, 0.62)
    edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    return np.asarray((rng.random((len(entry), 1)) > edges).sum(axis=1))


def _milestones(
    rng: np.random.Generator, kind: np.ndarray, day: np.ndarray, detained: np.ndarray, calendar: Calendar
) -> list[np.ndarray]:
    """Selected, notified, presented, examined, released: in order, on weekdays but for a few."""
    n = len(kind)
    selected = day + rng.choice([-3, -2, -1, 0, 1, 2], size=n, p=[0.05, 0.1, 0.2, 0.35, 0.2, 0.1])
    selected = np.maximum(np.where(rng.random(n) < 0.9, calendar.workday(selected), selected), 0)
    dwell = log_normal(rng, DWELL[kind, 0], DWELL[kind, 1], n)
    dwell = np.where(detained, log_normal(rng, 28, 60, n), dwell)
    notified = selected + rng.choice([0, 1, 2], size=n, p=[0.62, 0.33, 0.05])
    released = np.maximum(np.rint(selected + dwell).astype(np.int64), selected)
    released = np.where(rng.random(n) < 0.93, calendar.workday(released), released)
    released = np.maximum(released, notified)
    wait = rng.uniform(0.2, 0.7, n) * np.where(detained, 0.25, 1.0)
    presented = np.maximum(notified, np.rint(selected + (released - selected) * wait).astype(np.int64))
    presented = np.minimum(calendar.workday(presented), released)
    examined = np.rint(presented + (released - presented) * rng.uniform(0.3, 1.0, n)).astype(np.int64)
    examined = np.minimum(calendar.workday(examined), released)
    return [selected, notified, presented, examined, released]


def _costs(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    median, high = COST[kind, 0], COST[kind, 1]
    cost = np.where(median > 0, log_normal(rng, np.maximum(median, 1), np.maximum(high, 2), len(kind)), 0.0)
    storage = np.where((rng.random(len(kind)) < 0.25) & (median > 0), log_normal(rng, 180, 600, len(kind)), 0.0)
    cents = np.rint((cost + storage) * 100).astype(np.int64)
    return np.where(rng.random(len(kind)) < 0.5, cents, -1)


def _reasons(rng: np.random.Generator, random: np.ndarray, kind: np.ndarray) -> np.ndarray:
    u = rng.random(len(kind))
    other = np.where(np.isin(kind, (AQI, PGA)), 2, np.where(u < 0.03, 3, np.where(u < 0.06, 4, 1)))
    return np.where(random, 0, other)


def _take(whole: Examinations, kept: np.ndarray) -> Examinations:
    finding = Finding(*(getattr(whole.finding, f.name)[kept] for f in fields(Finding)))
    rest = {f.name: getattr(whole, f.name)[kept] for f in fields(Examinations) if f.name != "finding"}
    return replace(whole, finding=finding, **rest)


def invent(
    rng: np.random.Generator, entries: Entries, lines: Lines, who: Importers, calendar: Calendar, newest: int
) -> Examinations:
    """All examinations of entries that were selected by the newest day."""
    random = rng.random(len(entries)) < AT_RANDOM
    entry = np.flatnonzero(random | (rng.random(len(entries)) < _chance(who, entries)))
    n, kind = len(entry), _kinds(rng, who, entries, entry)
    reason = _reasons(rng, random[entry], kind)
    detained = (rng.random(n) < DETAINED_SHARE) & (kind != DOC)
    selected, notified, presented, examined, released = _milestones(rng, kind, entries.day[entry], detained, calendar)
    # Nobody waits months for an x-ray: what is stuck was opened.
    opened = ~np.isin(kind, (DOC, NII))
    stuck = (rng.random(n) < STUCK_SHARE) & (selected > newest - STUCK_DAYS) & opened & (selected < newest - 6)
    released = np.where(stuck, newest + 99, released)
    hits = np.where(reason == 0, 0.06, HITS[kind]) * np.where(detained, 3.0, 1.0)
    rate = who.major_rate[entries.importer[entry]] / who.major_rate.mean()
    hits = np.minimum(hits * (0.75 + 0.25 * rate), 0.6)
    gravity = gravities(rng, hits * 0.3, hits * 0.7)
    duty = np.bincount(lines.entry, weights=lines.duty(), minlength=len(entries)).astype(np.int64)
    finding = find(rng, gravity, np.full(n, -1), entries.cents[entry], duty[entry])
    open_now = released > newest
    cost = np.where(open_now, -1, _costs(rng, kind))
    examined = np.where(open_now & stuck, -1, examined)
    steps = (np.where(step > newest, -1, step) for step in (notified, presented, examined, released))
    notified, presented, examined, released = steps
    whole = Examinations(
        entry,
        kind,
        reason,
        selected,
        notified,
        presented,
        examined,
        released,
        stuck | (detained & open_now & (selected < newest - 8)),
        np.where(open_now, NONE, gravity),
        finding,
        cost,
        rng.integers(0, len(AGENCIES), n),
    )
    pinned = min(IMPORTER_PLACE, len(who) - 2)
    mine_open = (entries.importer[entry] == pinned) & open_now
    return _take(whole, (selected <= newest) & ~mine_open)


def disposition_codes(found: Examinations, rng: np.random.Generator) -> np.ndarray:
    """Disposition of each examination as the file writes it."""
    codes = np.array(["NO_DISCREPANCY", "DISCREPANCY_LOL", "DISCREPANCY_MTD"], dtype=object)[found.gravity]
    u = rng.random(len(found))
    grave = found.gravity == MAJOR
    codes[grave & (u < 0.05)] = "SEIZED"
    codes[grave & (u >= 0.05) & (u < 0.12)] = "REFUSED"
    codes[grave & (u >= 0.12) & (u < 0.2)] = "REDELIVERY"
    still_open = found.released < 0
    codes[still_open] = np.where(found.detained[still_open], "DETAINED", "PENDING")
    return np.asarray(codes)
