"""What peers find: the number that is expected of each examination. Pure.

An examination is expected to find as often as peers' examinations of the same reason and type, times the factor of its
heading and that of its port, times how peers do of late. Of none of these does an account's own share enter its own
expectation. Source of the rule: standardised ratios shrunk by a gamma, as in N. Breslow and N. Day, "Statistical Methods
in Cancer Research" II (IARC 1987), chapter 2, and D. Clayton and J. Kaldor, Biometrics 43 (1987).
"""

from dataclasses import dataclass

import numpy as np

from compliance.trends.examined import HEADING, NOWHERE, PORT, Bools, Examined, Floats, Ints

#: Of a stratum with few examinations: finds and examinations of all put beside its own.
STRATUM_WEIGHT = 20.0
#: Finds that a heading's, a port's factor is pulled to 1 by.
HEADING_WEIGHT, PORT_WEIGHT, RECENT_WEIGHT = 5.0, 10.0, 30.0
LEAST_RATE = 1e-4
#: Where ports have good and bad months, peers of the same port and thirty days stand in place of all peers of late: of so
#: many such months, and pulled to 1 by so many finds.
PORT_DAYS, PORT_MONTHS, PORT_MONTH_WEIGHT = 30, 12, 5.0


@dataclass(frozen=True)
class Sums:
    """Finds and expected finds by code, of all and of each unit in it: what leaving the unit out needs.

    pair: unit * codes + code, sorted.
    """

    found: Floats
    expected: Floats
    pair: Ints
    pair_found: Floats
    pair_expected: Floats

    def without(self, unit: Ints, code: Ints) -> tuple[Floats, Floats]:
        """Finds and expected finds of the code, of all but the unit; zero where the code is NOWHERE."""
        if not len(self.found):
            return np.zeros(len(unit)), np.zeros(len(unit))
        known = code != NOWHERE
        at = np.where(known, code, 0)
        key = unit * len(self.found) + at
        place = np.minimum(np.searchsorted(self.pair, key), max(len(self.pair) - 1, 0))
        own = known & (self.pair[place] == key) if len(self.pair) else np.zeros(len(unit), bool)
        found = self.found[at] - np.where(own, self.pair_found[place] if len(self.pair) else 0.0, 0.0)
        expected = self.expected[at] - np.where(own, self.pair_expected[place] if len(self.pair) else 0.0, 0.0)
        return np.where(known, np.maximum(found, 0), 0.0), np.where(known, np.maximum(expected, 0), 0.0)

    def moved(self, units: Ints, codes: int) -> "Sums":
        """The same with other places: units: the new place by the old one, NOWHERE for one that is not asked for.

        codes: how many there are now; those that came stand behind the others.
        """
        before = max(len(self.found), 1)
        unit = units[self.pair // before] if len(self.pair) else self.pair
        kept = unit != NOWHERE
        pair = unit[kept] * codes + (self.pair % before)[kept]
        order = np.argsort(pair)
        more = np.zeros(codes - len(self.found))
        return Sums(
            np.concatenate((self.found, more)),
            np.concatenate((self.expected, more)),
            pair[order],
            self.pair_found[kept][order],
            self.pair_expected[kept][order],
        )


def sums_of(unit: Ints, code: Ints, codes: int, found: Floats, expected: Floats) -> Sums:
    """Sum by code and by unit and code; rows whose code is NOWHERE are left out."""
    known = code != NOWHERE
    unit, code, found, expected = unit[known], code[known], found[known], expected[known]
    pair, inverse = np.unique(unit * codes + code, return_inverse=True)
    return Sums(
        np.bincount(code, found, codes).astype(np.float64),
        np.bincount(code, expected, codes).astype(np.float64),
        pair.astype(np.int64),
        np.bincount(inverse, found, len(pair)).astype(np.float64),
        np.bincount(inverse, expected, len(pair)).astype(np.float64),
    )


@dataclass(frozen=True)
class Peers:
    """What was learned over all accounts. shares: of finds, by kind; the first element, of ANY, is 1. by_port: `recent`
    has a code for each port and month in place of one."""

    strata: Sums
    headings: Sums
    ports: Sums
    recent: Sums
    recent_from: int
    shares: Floats
    by_port: bool = False

    def rate(self, rows: Examined) -> Floats:
        """Peers' rate for reason and type of each examination."""
        whole = float(self.strata.found.sum() / max(self.strata.expected.sum(), 1.0))
        found, count = self.strata.without(rows.unit, rows.stratum)
        return np.asarray(np.maximum((found + STRATUM_WEIGHT * whole) / (count + STRATUM_WEIGHT), LEAST_RATE))

    def expected(self, rows: Examined, *, headings: bool = True) -> Floats:
        """How many discrepancies peers lead one to expect of each examination; a share below 1.

        headings: with the factor of its heading, or without where it is the heading that is asked about.
        """
        e = self.rate(rows)
        every = np.full(len(rows), NOWHERE)
        for sums, code, weight in (
            (self.headings, rows.codes[HEADING] if headings else every, HEADING_WEIGHT),
            (self.ports, rows.codes[PORT], PORT_WEIGHT),
            (
                self.recent,
                _of_late(rows, self.recent_from, self.by_port),
                PORT_MONTH_WEIGHT if self.by_port else RECENT_WEIGHT,
            ),
        ):
            found, expected = sums.without(rows.unit, code)
            e = e * (found + weight) / (expected + weight)
        return np.asarray(np.minimum(e, 0.9))


def _of_late(rows: Examined, recent_from: int, by_port: bool) -> Ints:
    """The code of each examination among peers of late; NOWHERE for older ones."""
    code = np.zeros(len(rows), np.int64)
    if by_port:
        month = np.clip((rows.day - recent_from) // PORT_DAYS, 0, PORT_MONTHS - 1)
        code = np.where(rows.codes[PORT] == NOWHERE, NOWHERE, rows.codes[PORT] * PORT_MONTHS + month)
    return np.where(rows.day >= recent_from, code, NOWHERE)


def recent_codes(ports: int, by_port: bool) -> int:
    """How many codes peers of late have."""
    return ports * PORT_MONTHS if by_port else 1


def learn(rows: Examined, codes: tuple[int, int], recent_from: int, usual: Bools, *, by_port: bool = False) -> Peers:
    """Learn from all accounts what is usual.

    codes: how many headings, ports there are. recent_from: the day from which peers' latest counts. usual: rows to
    learn from, without what stands as a trend already and without follow-ups. by_port: whether peers of late are those of
    the same port and month.
    """
    rows = rows.only(usual & ~rows.asked)
    found = rows.hit.astype(np.float64)
    ones = np.ones(len(rows))
    strata = sums_of(rows.unit, rows.stratum, rows.strata, found, ones)
    none = Sums(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    first = Peers(strata, none, none, none, recent_from, np.ones(1))
    e = first.rate(rows)
    headings = sums_of(rows.unit, rows.codes[HEADING], codes[0], found, e)
    e = e * _factor(headings, rows.unit, rows.codes[HEADING], HEADING_WEIGHT)
    ports = sums_of(rows.unit, rows.codes[PORT], codes[1], found, e)
    e = e * _factor(ports, rows.unit, rows.codes[PORT], PORT_WEIGHT)
    late = _of_late(rows, recent_from, by_port)
    recent = sums_of(rows.unit, late, recent_codes(codes[1], by_port), found, e)
    kinds = np.bincount(rows.find_kind, minlength=rows.kinds + 1)[: rows.kinds + 1].astype(np.float64)
    shares = (kinds + 0.5) / max(found.sum() + 0.5 * rows.kinds, 1.0)
    shares[0] = 1.0
    return Peers(strata, headings, ports, recent, recent_from, shares, by_port)


def _factor(sums: Sums, unit: Ints, code: Ints, weight: float) -> Floats:
    found, expected = sums.without(unit, code)
    return np.asarray((found + weight) / (expected + weight))
