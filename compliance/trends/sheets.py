"""Trends as a file."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Protocol

from compliance.trends.models import SharedPart, Trend
from look.downloads import Cell, Facts, Sheet

HEADS = [
    *("Account", "State", "Port", "Heading", "Origin", "Manufacturer ID", "Filer or Client", "Discrepancy Type"),
    *("Since About", "At the Earliest", "At the Latest", "Announced On", "Counted As Of", "Closed Examinations"),
    *("Discrepancies", "Expected", "Entry Lines Since", "Found Owed", "At Stake", "Share of Such Mistaken, At Most"),
    *("What Is Counted", "Cost of High Costs"),
]
DEFINITIONS: Facts = (
    ("Expected", "Discrepancies that peers and the account's own past lead one to expect in as many examinations."),
    ("Since About", "The middle of what the examinations say of its beginning; nine times in ten between the next two."),
    ("What Is Counted", "Discrepancies; or what need not be wrong: long stays, of more than five business days, and"
     " costly examinations, above what nine in ten such examinations cost. Late summaries and corrections of brokers."),
    ("Found Owed", "Dollars of duty owed on the discrepancies found."),
    ("At Stake", "Found owed, and as much again for each line like these that nobody looked at; where only other than"
     " random examinations show it, what was found."),
)  # fmt: skip


def sheet_of(trends: Iterable[Trend]) -> Sheet:
    """In the order given; `account` and `other_side` come with the rows."""
    return Sheet("trends", HEADS, [_cells(one) for one in trends])


def _cells(trend: Trend) -> list[Cell]:
    return [
        trend.account.name,
        trend.get_state_display(),
        trend.port,
        trend.heading,
        trend.origin,
        trend.manufacturer_id,
        trend.other_side.name if trend.other_side else "",
        trend.get_discrepancy_type_display() if trend.discrepancy_type else "",
        trend.since,
        trend.since_low,
        trend.since_high,
        trend.found_on,
        trend.as_of,
        trend.examinations,
        trend.discrepancies,
        round(trend.expected, 1),
        trend.lines,
        trend.revenue_found,
        trend.revenue_at_stake,
        round(trend.q_value, 4),
        trend.get_measure_display(),
        trend.cost,
    ]


class Sums(Protocol):
    """A shared problem with the sums over the parts that one may see."""

    shared: Any
    accounts: int
    examinations: int
    discrepancies: int
    expected: float
    owed: Decimal
    stake: Decimal


SHARED_HEADS = [
    *("Heading", "Origin", "Manufacturer ID", "Discrepancy Type", "Since About", "Accounts", "Closed Examinations"),
    *("Discrepancies", "Expected", "Found Owed", "At Stake"),
]
PART_HEADS = [
    "Account",
    "Closed Examinations",
    "Discrepancies",
    "Expected",
    "Entry Lines Since",
    "Found Owed",
    "At Stake",
]


def shared_sheet(rows: Iterable[Sums]) -> Sheet:
    """Problems across accounts; sums are over the accounts that one may see."""
    return Sheet("trends-across-accounts", SHARED_HEADS, [_shared(one) for one in rows])


def _shared(one: Sums) -> list[Cell]:
    shared = one.shared
    kind = shared.get_discrepancy_type_display() if shared.discrepancy_type else ""
    cell: list[Cell] = [shared.heading, shared.origin, shared.manufacturer_id, kind, shared.since, one.accounts]
    return [*cell, one.examinations, one.discrepancies, round(one.expected, 1), one.owed, one.stake]


def parts_sheet(parts: Iterable[SharedPart]) -> Sheet:
    """The accounts of one of them."""
    return Sheet("trend-across-accounts", PART_HEADS, [_part(one) for one in parts])


def _part(one: SharedPart) -> list[Cell]:
    counts: list[Cell] = [one.account.name, one.examinations, one.discrepancies, round(one.expected, 1), one.lines]
    return [*counts, one.revenue_found, one.revenue_at_stake]
