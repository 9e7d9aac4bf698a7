"""The drawings of the bond's pages."""

import datetime
from collections.abc import Sequence

from compliance.bonds.liability import Liability, Open
from compliance.bonds.paths import AHEAD
from compliance.bonds.told import Judged
from compliance.bonds.words import month
from look.charts import Expected, Known, Outlook
from look.charts.outlook import in_thousands
from look.charts.stacked import Layer, Stacked
from look.formats import money


def chart_of(judged: Judged, *, own: bool) -> Outlook:
    """A tenth of the rolling twelve months against the bond: twelve known months, then the twelve ahead. own: whether its
    reader is of the account."""
    sums = [float(one.counted) for one in judged.months]
    rolling = [sum(sums[n + 1 : n + 1 + AHEAD]) / 10 for n in range(len(sums) - AHEAD)]
    known = [Known(_label(one.month), value) for one, value in zip(judged.months[AHEAD:], rolling, strict=True)]
    amount, found = float(judged.bond.amount), judged.outlook
    counted = "10\u00a0% of the duties, taxes and fees of the preceding twelve months"
    limit = ("Your bond " if own else "The bond ") + in_thousands(amount)
    if found is None:
        return Outlook(_known_title(rolling, amount), counted, amount, limit, known)
    low, high = found.ahead.low, found.ahead.high
    expected = [
        Expected(_label(at), float(found.ahead.said[n]) / 10, float(low[n]) / 10, float(high[n]) / 10)
        for n, at in enumerate(found.months)
    ]
    crossing = found.months.index(found.short) if found.short else None
    words = f"Short from {found.short:%B}" if found.short else ""
    if found.short and found.half != found.short:  # another month than the one that the page begins with
        words = f"The line passes it in {found.short:%B}"
    return Outlook(_title(judged), counted, amount, limit, known, expected, crossing, words)


def _label(at: datetime.date) -> str:
    return f"{at:%b %Y}"


def _known_title(rolling: Sequence[float], amount: float) -> str:
    return (
        "The amount by formula is above the bond"
        if rolling and rolling[-1] > amount
        else "The amount by formula is within the bond"
    )


def _title(judged: Judged) -> str:
    """The finding, as a sentence."""
    found = judged.outlook
    assert found is not None
    if judged.gap > 0:
        return "The amount by formula is above the bond already"
    if found.short and found.half and found.half != found.short:
        return (
            f"Half of the likely paths pass the bond by {month(found.half)}; the line of the forecast passes it in"
            f" {month(found.short)}"
        )
    if found.short and found.early and found.early < found.short:
        return (
            f"The amount by formula passes the bond in {month(found.short)}, perhaps as early as {month(found.early)}"
        )
    if found.short:
        return f"The amount by formula passes the bond in {month(found.short)}"
    if found.half:
        return f"The amount by formula is near the bond: half of the likely paths pass it by {month(found.half)}"
    if found.early:
        return (
            f"The amount by formula is expected to stay within the bond, and might pass it from {month(found.early)} on"
        )
    return "The amount by formula is expected to stay within the bond for twelve months"


def liability_chart(found: Liability) -> Stacked:
    """Dollars of successive bonds that are open, by month."""
    layers = [
        Layer(_named(one), [float(one.amount) if one.open_in(month) else 0.0 for month in found.months])
        for one in found.bonds
    ]
    until = found.together_until
    words = f"until about {month(until)}" if until and until < found.months[-1] else "for longer than this shows"
    title = f"Two bonds are open at once {words}: together {money(found.most)} at most"
    if len(found.bonds) > 2:
        title = f"Up to {money(found.most)} of {len(found.bonds)} bonds are open at once, {words}"
    return Stacked(title, "bonds that still answer for entries", [f"{one:%b}" for one in found.months], layers)


def _named(one: Open) -> str:
    if one.expected:
        return f"the next one, {money(one.amount)}, from about {month(one.begins)}"
    return f"bond {one.number}, {money(one.amount)}"
