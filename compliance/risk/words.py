"""A score in words: what each part counts, numbers first, and what moved. Pure but for the rows it is given."""

from dataclasses import dataclass
from decimal import Decimal

from compliance.risk.factors import FACTORS, LIMIT, LOSS
from compliance.risk.models import Assessment
from look.formats import count, money, percent, plural, points, short_money

NAMES = {
    "duty_at_stake": "Duty at stake",
    "likelihood": "Likelihood of an error",
    "severity": "Severity",
    "change": "Change of trade",
    "bond_use": "Bond use",
    "data_quality": "Data quality",
    "programs": "Programs",
    LIMIT: "Limit of the scale",
}


@dataclass(frozen=True)
class PartInWords:
    """One part: its points, by how much it moved since the earlier assessment (None without one), and why."""

    name: str
    points: Decimal
    moved: Decimal | None
    because: str
    loss: bool


def _duty(row: Assessment) -> str:
    return f"{short_money(row.duty12)} of duty in 12 months, on {plural(row.entries12, 'entry', 'entries')}"


def _likelihood(row: Assessment) -> str:
    if not row.reviews:
        return "No line was reviewed at random yet; taken to be as usual"
    return f"{count(row.reviews_wrong)} of {plural(row.reviews, 'line')} reviewed at random had an error"


def _severity(row: Assessment) -> str:
    if not row.finds:
        return "Nothing was found yet; taken to be as usual"
    return f"{money(row.owed)} more owed over {plural(row.finds, 'find')}"


def _change(row: Assessment) -> str:
    if not row.value_half_before:
        return "New in the last six months" if row.value_last_half else "No trade in 12 months"
    change = row.value_last_half / row.value_half_before - 1
    return f"Value {'up' if change >= 0 else 'down'} {percent(abs(change), 0)} on the six months before"


def _bond(row: Assessment) -> str:
    if not row.bond_amount:
        return "No continuous bond of activity 1 on file"
    use = row.duties_taxes_fees12 / 10 / row.bond_amount
    return f"{percent(use, 0)} of a bond of {money(row.bond_amount)} used, by CBP’s published formula"


def _quality(row: Assessment) -> str:
    if not row.unsure_entries:
        return "All fees are as filed"
    return f"Fees estimated or unknown on {plural(row.unsure_entries, 'entry', 'entries')}"


def _programs(row: Assessment) -> str:
    parts = ([f"CTPAT tier {row.ctpat_tier}"] if row.ctpat_tier else []) + (["ISA"] if row.isa else [])
    return f"{' and '.join(parts)} takes points off" if parts else "In no program that takes points off"


def _limit(row: Assessment) -> str:
    return "A score ends at 0 and at 100"


BECAUSE = {
    "duty_at_stake": _duty,
    "likelihood": _likelihood,
    "severity": _severity,
    "change": _change,
    "bond_use": _bond,
    "data_quality": _quality,
    "programs": _programs,
    LIMIT: _limit,
}


def parts_of(row: Assessment, earlier: Assessment | None) -> list[PartInWords]:
    """The parts in the order of the page; the limit of the scale only where it counts."""
    found = []
    for name in (*FACTORS, LIMIT):
        value = getattr(row, name)
        if name == LIMIT and not value:
            continue
        change = None if earlier is None else value - getattr(earlier, name)
        found.append(PartInWords(NAMES[name], value, change, BECAUSE[name](row), name in LOSS))
    return found


def sentence_of(row: Assessment, earlier: Assessment | None) -> str:
    """What to say after the score: what moved most, or what weighs most."""
    parts = parts_of(row, earlier)
    if earlier is not None and abs(row.score - earlier.score) >= 1:
        most = max(parts, key=lambda part: abs(part.moved or 0))
        way = "up" if row.score > earlier.score else "down"
        return f"{way} {points(abs(row.score - earlier.score))} in a month, most by {most.name.lower()}"
    most = max(parts, key=lambda part: part.points)
    return f"most of it {most.name.lower()}"
