"""The figures of a table against the period before: what was counted then, and whether a rate changed by more than chance."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from accounts.models import Account, Person
from examinations.figures.comparing import CHANCE, Change, changes_of
from examinations.figures.period import Period, months_earlier
from examinations.figures.rows import sums_within
from examinations.figures.table import MONTH, Line, keys_of, of_months, sums_of, those_of
from examinations.intervals import TOO_FEW, Rate, rate_of
from examinations.models import Dimension, EntryBreakdown, ExaminationBreakdown
from examinations.models.entry import Source

A_YEAR = 12


class Before(NamedTuple):
    """One value in the period before: entries that count, those of them that were examined, cargo examinations."""

    entries: int = 0
    examined: int = 0
    cargo: int = 0


NOTHING_BEFORE = Before()


def period_before(period: Period, dimension: str) -> Period:
    """As many whole months just before; of months, the same months a year before."""
    return period.a_year_before if dimension == MONTH else period.before


def before_of(
    account: Account,
    period: Period,
    dimension: str,
    person: Person | None,
    client: Account | None = None,
    codes: Collection[str] | None = None,
) -> dict[Any, Before]:
    """By the codes of `table_of` for the same period and dimension, and "" for all together; two statements.

    codes: of these values alone.
    """
    by_month = dimension == MONTH
    within = of_months(period_before(period, dimension)) & those_of(dimension, codes)
    keys = keys_of(by_month)
    rows = sums_within(EntryBreakdown, account, person, client).filter(within, source=Source.CBP)
    entries = sums_of(rows, keys, ("entries", "examined"))
    cargo = sums_of(sums_within(ExaminationBreakdown, account, person, client).filter(within), keys, ("cargo",))
    found: dict[Any, Before] = {}
    for key in entries.keys() | cargo.keys():
        one = Before(*entries.get(key, (0, 0)), *cargo.get(key, (0,)))
        if by_month:
            found[months_earlier(key[2], -A_YEAR)] = one
            whole = found.get("", NOTHING_BEFORE)
            found[""] = Before(whole.entries + one.entries, whole.examined + one.examined, whole.cargo + one.cargo)
        else:
            found["" if key[0] == Dimension.ALL else key[1] or None] = one
    return found


def then(found: Mapping[Any, Before], code: Any) -> Before:
    """What a line of the table was before; a value without a name (code "") is kept apart from all together."""
    return found.get(code or None, NOTHING_BEFORE)


def changes(lines: Iterable[Line], found: Mapping[Any, Before]) -> dict[Any, Change]:
    """The rates of which both periods counted enough, by code."""
    pairs: dict[Any, tuple[Rate, Rate]] = {}
    for line in lines:
        before = then(found, line.code)
        if line.examined and line.examined.tells and before.entries >= TOO_FEW:
            was = rate_of(min(before.examined, before.entries), before.entries)
            assert was
            pairs[line.code] = (was, line.examined)
    return dict(zip(pairs, changes_of(list(pairs.values())), strict=True))


def real_changes(compared: Mapping[Any, Change]) -> dict[Any, Change]:
    """Those that chance does not explain, each tested at 5 % divided by how many are tested (Bonferroni)."""
    limit = CHANCE / max(len(compared), 1)
    return {code: one for code, one in compared.items() if one.chance < limit}


def in_words(line: Line, before: Before, compared: Mapping[Any, Change], real: Mapping[Any, Change]) -> str:
    """What became of a line's rate, honest about small counts."""
    if line.code in real:
        one = real[line.code]
        return "more often now" if one.now.rate > one.before.rate else "less often now"
    if line.code in compared:
        return "no change beyond chance"
    if not before.entries:
        return "no entries then"
    return "too few to tell" if line.entries else "no entries now"
