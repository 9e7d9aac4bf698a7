"""A score in words: what each part counts, numbers first, and what moved. Pure but for the rows it is given."""

from dataclasses import dataclass
from decimal import Decimal

from compliance.measurement.issues import ISSUES
from compliance.risk.factors import FACTORS, LIMIT, LOSS, NAMES
from compliance.risk.factors.change import new_share
from compliance.risk.factors.exposure import exposed12
from compliance.risk.factors.majors import share_of_majors
from compliance.risk.factors.severity import posterior_severity
from compliance.risk.inputs import share_of
from compliance.risk.issues import INPUTS
from compliance.risk.model import Model
from compliance.risk.models import Assessment
from look.formats import count, money, percent, plural, points, short_money


@dataclass(frozen=True)
class PartInWords:
    """One part: its points, by how much it moved since the earlier assessment (None without one), and why.

    before: the reason of the earlier one, where the part moved and the reason is another.
    """

    name: str
    points: Decimal
    moved: Decimal | None
    because: str
    loss: bool
    before: str = ""


def _duty(row: Assessment) -> str:
    return f"{short_money(row.duty12)} of duty in 12 months, on {plural(row.entries12, 'entry', 'entries')}"


def _likelihood(row: Assessment) -> str:
    found = f"{count(row.reviews_wrong)} of {plural(row.reviews, 'line')} reviewed at random in 24 months had an error"
    if row.rate_high:
        rate = f"{percent(row.rate)} of lines, between {percent(row.rate_low)} and {percent(row.rate_high)}"
        return f"{rate}; {found if row.reviews else 'no line was reviewed at random yet, so it is as its peers’'}"
    if not row.reviews:
        return "No line was reviewed at random yet; taken to be as usual"
    return f"{found}; two in forty are added to everybody’s"


def _severity(row: Assessment) -> str:
    if not row.finds:
        return "Nothing was found yet; taken to be as usual"
    return f"{money(row.owed / row.finds)} more owed a find, over {plural(row.finds, 'find')}"


def _majors(row: Assessment) -> str:
    if not row.reviews_wrong:
        return "No error was found at random yet"
    share = percent(float(share_of_majors(row.inputs())[0]), 0)
    said = f"{count(row.reviews_major)} of {plural(row.reviews_wrong, 'error')} found at random major"
    return f"{said}; {share} with four usual errors added, and points begin above 25\u00a0%"


def _exposure(row: Assessment) -> str:
    given = row.inputs()
    if not exposed12(given)[0]:
        return "No value in priority trade issues"
    each = {issue.name: getattr(row, INPUTS[issue.code]) for issue in ISSUES}
    most = max(each, key=lambda name: each[name])
    share = percent(float(share_of(exposed12(given), given.value12)[0]), 0)
    return f"{share} of value in priority trade issues, most in {most[0].lower()}{most[1:]}"


def _change(row: Assessment) -> str:
    new = [
        plural(number, f"new {name}")
        for number, name in (
            (row.new_suppliers, "supplier"),
            (row.new_origins, "origin"),
            (row.new_headings, "heading"),
        )
        if number
    ]
    if not new:
        return "No supplier, origin or heading is new in six months"
    said = new[0] if len(new) == 1 else f"{', '.join(new[:-1])} and {new[-1]}"
    return f"{said} in six months, with {percent(float(new_share(row.inputs())[0]), 0)} of these months’ value"


def _growth(row: Assessment) -> str:
    if not row.value_half_before:
        return "New in the last six months" if row.value_last_half else "No trade in 12 months"
    change = row.value_last_half / row.value_half_before - 1
    return f"Value {'up' if change >= 0 else 'down'} {percent(abs(change), 0)} on the six months before"


def _controls(row: Assessment) -> str:
    if not (row.controls_weak or row.plan_overdue):
        return "No weakness in a reviewed self-assessment, and nothing of a plan overdue"
    return (
        f"{plural(row.plan_overdue, 'item')} of the plan overdue; the reviewed self-assessment lacks"
        f" {percent(row.controls_weak, 0)} of its points"
    )


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
    "majors": _majors,
    "exposure": _exposure,
    "change": _change,
    "growth": _growth,
    "controls": _controls,
    "bond_use": _bond,
    "data_quality": _quality,
    "programs": _programs,
    LIMIT: _limit,
}
#: What a model without weight for them leaves out of the list: growth alone counted in the first.
OLD = ("growth",)
#: What rounds to a tenth of a point.
SEEN = Decimal("0.06")


def parts_of(row: Assessment, earlier: Assessment | None) -> list[PartInWords]:
    """The parts in the order of the page; the limit of the scale, and what only older models count, where it counts."""
    found = []
    for name in (*FACTORS, LIMIT):
        value = getattr(row, name)
        if name in (LIMIT, *OLD) and not value:
            continue
        change = None if earlier is None else value - getattr(earlier, name)
        because = BECAUSE[name](row)
        before = BECAUSE[name](earlier) if earlier is not None and change and abs(change) >= SEEN else ""
        found.append(
            PartInWords(NAMES[name], value, change, because, name in LOSS, before if before != because else "")
        )
    return found


def moves_of(row: Assessment, earlier: Assessment) -> list[PartInWords]:
    """The parts that moved between two scores of one model so that one sees it, the most first."""
    moved = [part for part in parts_of(row, earlier) if part.moved and abs(part.moved) >= SEEN]
    return sorted(moved, key=lambda part: -abs(part.moved or 0))


def sentence_of(row: Assessment, earlier: Assessment | None) -> str:
    """What to say after the score: what moved most, or what weighs most."""
    parts = parts_of(row, earlier)
    if earlier is not None and abs(row.score - earlier.score) >= 1:
        most = max(parts, key=lambda part: abs(part.moved or 0))
        way = "up" if row.score > earlier.score else "down"
        return f"{way} {points(abs(row.score - earlier.score))} in a month, most by {most.name.lower()}"
    most = max(parts, key=lambda part: part.points)
    return f"most of it {most.name.lower()}"


def loss_in_words(row: Assessment, model: Model) -> str:
    """The product behind the first three parts, in dollars, with the model by which the score was made."""
    severity = float(posterior_severity(row.inputs(), model)[0])
    return (
        f"Expected loss of revenue: about {short_money(row.expected_loss)} a year, which is {short_money(row.duty12)} of duty"
        f" × {percent(row.rate)} of lines in error × {severity:.2f} of a line’s duty for each."
    )
