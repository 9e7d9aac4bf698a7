"""The twelve months ahead of all bonds, or of some: read in three statements, reckoned as arrays, written where it changed."""

import datetime
import io
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from django.db import connection, transaction
from django.db.models import QuerySet

from compliance.bonds.changes import months_from, weights
from compliance.bonds.models import BondTerms, PathErrors
from compliance.bonds.paths import AHEAD, Errors, Floats, errors_of
from compliance.bonds.reviewing import LOCK, OF_ACCOUNTS
from compliance.bonds.signals import looked_ahead
from compliance.measurement.own_rates.reading import copied
from examinations.announced import as_data
from examinations.figures.period import months_earlier
from examinations.models import DutyChange

#: The most comparisons at once: bonds × paths × months of a piece stay in the processor's memory.
PIECE = 256

_MONTHS = """
SELECT c.bond_id, (extract(year FROM m.month) * 12 + extract(month FROM m.month))::int AS month,
  sum(m.duties_taxes_fees)::float8 AS total
FROM bonds_bondreview r JOIN bonds_coverednumber c ON c.bond_id = r.bond_id
JOIN examinations_entrymonth m ON m.identifier_id = c.identifier_id
WHERE m.source = 'cbp' AND m.month >= %(first)s AND m.month < %(this)s {only} GROUP BY 1, 2
UNION ALL
SELECT c.bond_id, (extract(year FROM s.month) * 12 + extract(month FROM s.month))::int, -sum(s.duties_taxes_fees)::float8
FROM entries_on_single_bonds(NULL, %(first)s, %(last)s) s JOIN bonds_coverednumber c ON c.identifier_id = s.identifier_id
JOIN bonds_bondreview r ON r.bond_id = c.bond_id WHERE true {only} GROUP BY 1, 2
"""
_ADDED = """
SELECT c.bond_id, a.change, (extract(year FROM a.month) * 12 + extract(month FROM a.month))::int AS month,
  sum(a.added)::float8 AS total
FROM duty_added(%(changes)s, %(year)s, %(last)s, {numbers}) a
JOIN bonds_coverednumber c ON c.identifier_id = a.identifier_id JOIN bonds_bondreview r ON r.bond_id = c.bond_id
WHERE a.added IS NOT NULL {only} GROUP BY 1, 2, 3
"""
_BONDS = """
SELECT r.bond_id, b.amount::float8 AS amount FROM bonds_bondreview r JOIN bonds_bond b ON b.id = r.bond_id
WHERE r.state NOT IN ('replaced', 'ended') {only} ORDER BY 1
"""
ONLY = f"AND r.bond_id{OF_ACCOUNTS}"
NUMBERS = f"(SELECT array_agg(account_id) FROM bonds_coverednumber WHERE bond_id{OF_ACCOUNTS})"
SHAPE: dict[str, type[pl.DataType]] = dict.fromkeys(("bond_id", "change", "month"), pl.Int64) | dict.fromkeys(
    ("total", "amount"), pl.Float64
)
FOUND = ("passes", "short_early", "short_half", "short_late", "next_total", "ask_for")
#: A forecast that comes back within so many days goes on: what leans on half of the paths may swing from load to load, and
#: whoever was told of it is not told anew.
SWING_DAYS = 14
_WRITE = f"""
UPDATE bonds_bondreview r SET ahead_on = %(day)s, {", ".join(f"{name} = s.{name}" for name in FOUND)},
  short_since = CASE WHEN s.short_half IS NULL OR r.short_half IS NOT NULL OR r.short_over >= %(day)s::date - {SWING_DAYS}
    THEN r.short_since ELSE %(day)s END,
  short_over = CASE WHEN s.short_half IS NOT NULL THEN NULL WHEN r.short_half IS NOT NULL THEN %(day)s ELSE r.short_over END
FROM seen s WHERE s.bond_id = r.bond_id
  AND ({", ".join(f"r.{name}" for name in FOUND)}) IS DISTINCT FROM ({", ".join(f"s.{name}" for name in FOUND)})
"""
# What a bond that is over was told of the year ahead holds no more.
_FORGET = f"""
UPDATE bonds_bondreview r SET {", ".join(f"{name} = NULL" for name in ("ahead_on", *FOUND, "short_since", "short_over"))}
WHERE r.state IN ('replaced', 'ended') AND r.ahead_on IS NOT NULL {{only}}
"""


def look_ahead(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> int:
    """Reckon the year ahead of the bonds that cover a number of these accounts, or of all (None). Returns of how many.

    All: the errors of the rule are learned anew too, where there are bonds enough, and with which changes of duty this was
    reckoned is kept. Some: the errors that are known for this month, or else the newest, serve.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _forget(cursor, accounts)
        bonds = _read(_BONDS, ("bond_id", "amount"), accounts)
        if not len(bonds):
            return 0
        years = _years(bonds["bond_id"].to_numpy(), accounts, as_of)
        changes = announced_on(as_of)
        errors = (_learn(years, as_of) if accounts is None else None) or known_errors()
        if errors is None:
            return 0
        added = _announced(bonds["bond_id"].to_numpy(), accounts, as_of, changes)
        share = float(BondTerms.objects.on(as_of).stay_share)
        _write(cursor, bonds, years[:, AHEAD:], added, errors, share, as_of)
        if accounts is None:
            PathErrors.objects.filter(pk__in=_newest()[:1]).update(reckoned=[one.pk for one in changes])
            transaction.on_commit(lambda: looked_ahead.send_robust(sender=None))
    return len(bonds)


def _forget(cursor: Any, accounts: Sequence[uuid.UUID] | None) -> None:
    given = None if accounts is None else [str(pk) for pk in accounts]
    cursor.execute(_FORGET.format(only=ONLY if given is not None else ""), {"accounts": given})


def known_errors() -> Errors | None:
    """The newest that the review of all learned; None before there are any."""
    kept = _newest().first()
    return Errors.from_data(kept.data) if kept else None


def _newest() -> QuerySet[PathErrors]:
    return PathErrors.objects.order_by("-month")


def reckoned_with() -> set[int] | None:
    """The changes of duty (ids) with which the year ahead of all stands reckoned; None before any could be reckoned."""
    kept = _newest().values_list("reckoned", flat=True).first()
    return None if kept is None else set(kept)


def _read(
    sql: str, names: Sequence[str], accounts: Sequence[uuid.UUID] | None, given: dict[str, Any] | None = None
) -> pl.DataFrame:
    """A statement's rows; narrowed where accounts are given. COPY takes no parameters: they stand in the text."""
    some = accounts is not None
    filled = (given or {}) | {"accounts": [str(pk) for pk in accounts] if accounts is not None else None}
    text = sql.format(only=ONLY if some else "", numbers=NUMBERS if some else "NULL")
    with connection.cursor() as cursor:
        return copied(str(cursor.mogrify(text, filled).decode()), {name: SHAPE[name] for name in names})


def _years(bonds: Any, accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> Floats:
    """The twenty-four whole months before, the oldest first, a row a bond."""
    first = months_earlier(as_of, 2 * AHEAD)
    given = {"first": first, "this": as_of.replace(day=1), "last": months_earlier(as_of, 1)}
    rows = _read(_MONTHS, ("bond_id", "month", "total"), accounts, given)
    return _laid_out(
        bonds,
        rows["bond_id"].to_numpy(),
        rows["month"].to_numpy() - _number(first),
        rows["total"].to_numpy(),
        2 * AHEAD,
    )


def _number(month: datetime.date) -> int:
    return month.year * 12 + month.month


def _laid_out(bonds: Any, of: Any, month: Any, total: Any, months: int) -> Floats:
    """Sums by bond and month as a table; bonds in their order."""
    table = np.zeros((len(bonds), months))
    at = np.searchsorted(bonds, of)
    there = (at < len(bonds)) & (bonds[np.minimum(at, len(bonds) - 1)] == of)
    np.add.at(table, (at[there], month[there]), total[there])
    return table


def _learn(years: Floats, as_of: datetime.date) -> Errors | None:
    errors = errors_of(years[:, :AHEAD], years[:, AHEAD:])
    if errors is not None:
        PathErrors.objects.update_or_create(month=as_of.replace(day=1), defaults={"data": errors.as_data()})
    return errors


def announced_on(as_of: datetime.date) -> list[DutyChange]:
    """The changes that make the year ahead differ from the year before: those that end before it began are in neither.

    Those of which value does not tell the cost are among them: a page names them, and no sum counts them.
    """
    return list(DutyChange.objects.announced(months_earlier(as_of, AHEAD)))


def _announced(
    bonds: Any, accounts: Sequence[uuid.UUID] | None, as_of: datetime.date, changes: Sequence[DutyChange]
) -> Floats:
    """What announced changes add in each month ahead, a row a bond."""
    changes = [one for one in changes if one.can_be_estimated]
    if not changes:
        return np.zeros((len(bonds), AHEAD))
    first, months = months_earlier(as_of, AHEAD), months_from(as_of, AHEAD)
    given = {"changes": as_data(changes), "year": first, "last": months_earlier(as_of, 1)}
    rows = _read(_ADDED, ("bond_id", "change", "month", "total"), accounts, given)
    weight = np.array([weights(months, one.first, one.last) for one in changes])
    month = rows["month"].to_numpy() - _number(first)
    total = rows["total"].to_numpy() * weight[rows["change"].to_numpy(), month]
    return _laid_out(bonds, rows["bond_id"].to_numpy(), month, total, AHEAD)


def steps_for(sums: Floats) -> Floats:
    """The amount that the formula asks for, of many sums at once: `sufficiency.required_amount` defines it."""
    tenth = sums / 10
    small, large = np.ceil(tenth / 10_000 - 1e-9) * 10_000, np.ceil(tenth / 100_000 - 1e-9) * 100_000
    return np.where(tenth <= 50_000, 50_000.0, np.where(tenth <= 100_000, small, large))


def most_of(amounts: Floats) -> Floats:
    """The most that each bond is enough for: `sufficiency.most_for` defines it; below zero where it never is."""
    step = np.where(amounts <= 100_000, 10_000.0, 100_000.0)
    return np.where(amounts < 50_000, -1.0, np.floor(amounts / step) * step * 10)


def _write(
    cursor: Any, bonds: pl.DataFrame, years: Floats, added: Floats, errors: Errors, share: float, as_of: datetime.date
) -> None:
    said = np.maximum(years.sum(axis=1)[:, None] + np.cumsum(added, axis=1), 0.0)
    most = most_of(bonds["amount"].to_numpy())
    passed, held = np.zeros((len(bonds), AHEAD)), np.zeros(len(bonds))
    cells = errors.cell_of(years)
    for cell in set(cells):
        rows = np.flatnonzero([one == cell for one in cells])
        for start in range(0, len(rows), PIECE):
            at = rows[start : start + PIECE]
            paths = errors.cells[cell][None, :, :] * said[at][:, None, :]
            passed[at] = np.maximum.accumulate(paths > most[at][:, None, None], axis=2).mean(axis=1)
            held[at] = np.quantile(paths.max(axis=2), share, axis=1, method="higher")
    months = np.array([month.isoformat() for month in months_from(as_of, AHEAD)])
    found = pl.DataFrame(
        {"bond_id": bonds["bond_id"], "passes": passed[:, -1].round(4)}
        | {
            name: _month_of(passed, level, months)
            for name, level in (("short_early", 0.1), ("short_half", 0.5), ("short_late", 0.9))
        }
        | {"next_total": said[:, -1].round(2), "ask_for": np.maximum(steps_for(held), steps_for(years.sum(axis=1)))}
    )
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.seen; CREATE TEMPORARY TABLE seen (bond_id bigint, passes numeric(5,4),"
        " short_early date, short_half date, short_late date, next_total numeric(18,2), ask_for numeric(18,2)) ON COMMIT DROP"
    )
    cursor.copy_expert("COPY seen FROM STDIN WITH (FORMAT csv)", io.StringIO(found.write_csv(include_header=False)))
    cursor.execute(_WRITE, {"day": as_of})


def _month_of(passed: Floats, level: float, months: Any) -> list[str | None]:
    """The month by whose end so many of the paths have passed; None where they do not."""
    there = passed >= level
    return [months[at] if any_ else None for at, any_ in zip(there.argmax(axis=1), there.any(axis=1), strict=True)]
