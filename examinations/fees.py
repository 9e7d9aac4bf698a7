"""Merchandise processing and harbor maintenance fees (19 CFR 24.23, 24.24), for entries whose file lacks them."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MPF_RATE = Decimal("0.003464")
HMF_RATE = Decimal("0.00125")
VESSEL_MODES = ("10", "11")
INFORMAL_TYPES = ("11", "12")
#: Warehouse, re-warehouse and temporary importation pay no merchandise processing fee at entry.
TYPES_WITHOUT_MPF = ("21", "22", "23")
#: Preference claims that free originating goods from the fee: the agreements that say so (project default).
SPI_WITHOUT_MPF = ("AU", "BH", "CA", "CL", "CO", "IL", "KR", "MX", "OM", "P", "P+", "PA", "PE", "S", "S+", "SG")


@dataclass(frozen=True)
class Schedule:
    """Amounts in dollars for entries from `since` on; `known` false where no publication was at hand."""

    since: datetime.date
    least: Decimal
    most: Decimal
    informal: Decimal


#: By fiscal year. Sources: domain 1.3 (90 FR 34665 for FY26); before FY21 the base amounts of the statute. Amounts
#: of years between are the last ones known, and so are those from 1 October 2026 on.
SCHEDULES = (
    Schedule(datetime.date(1990, 1, 1), Decimal("25.00"), Decimal("485.00"), Decimal("2.00")),
    Schedule(datetime.date(2020, 10, 1), Decimal("27.23"), Decimal("528.33"), Decimal("2.18")),
    Schedule(datetime.date(2023, 10, 1), Decimal("31.67"), Decimal("614.35"), Decimal("2.53")),
    Schedule(datetime.date(2024, 10, 1), Decimal("32.71"), Decimal("634.62"), Decimal("2.62")),
    Schedule(datetime.date(2025, 10, 1), Decimal("33.58"), Decimal("651.50"), Decimal("2.69")),
)


def schedule_on(day: datetime.date) -> Schedule:
    """The amounts for an entry of that day. Raises ValueError before 1990."""
    for schedule in reversed(SCHEDULES):
        if day >= schedule.since:
            return schedule
    raise ValueError("No fees are known before 1990.")


def entry_mpf(value: Decimal, entry_type: str, day: datetime.date) -> Decimal:
    """The fee of one entry: a share of the value that pays it, between minimum and maximum, or the informal flat fee.

    value: dollars of the lines that no preference frees; none of them, no fee.
    """
    if entry_type in TYPES_WITHOUT_MPF or value <= 0:
        return Decimal(0)
    schedule = schedule_on(day)
    if entry_type in INFORMAL_TYPES:
        return schedule.informal
    return min(max((value * MPF_RATE).quantize(CENT, ROUND_HALF_UP), schedule.least), schedule.most)


def prorate(fee: Decimal, values: Sequence[Decimal]) -> list[Decimal]:
    """Split a fee over lines by value, to the cent: the parts add up to the fee; the rest goes to the last ones."""
    total = sum(values, Decimal(0))
    if not total:
        return [Decimal(0) for _ in values]
    parts, given, seen = [], Decimal(0), Decimal(0)
    for value in values:
        seen += value
        upto = (fee * seen / total).quantize(CENT, ROUND_HALF_UP)
        parts.append(upto - given)
        given = upto
    return parts


def line_hmf(value: Decimal, mode: str, *, seaport_only: bool) -> Decimal | None:
    """The harbor fee of a line; None where nobody can say: without a mode at a port that takes more than vessels."""
    if mode in VESSEL_MODES or (not mode and seaport_only):
        return (value * HMF_RATE).quantize(CENT, ROUND_HALF_UP)
    return None if not mode else Decimal(0)
