"""What later files changed in an entry or an examination: which field, from what, to what. Rows in, words out.
It asks the models how they call a thing, and the database nothing.

A superseded row is the row as it was before a load; what followed it is the next one of the same key, or what stands.
"""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from examinations.files_named import load_of
from examinations.models import EntryLine, SupersededRow
from examinations.models.examination import DiscrepancyType, Disposition, ExaminationType, HoldType
from look.formats import DASH, cents, entry_number, hts, long_day

Row = dict[str, Any]
ENTRY, LINE, EXAMINATION, COST = (f"examinations_{name}" for name in ("entry", "entryline", "examination", "cost"))


@dataclass(frozen=True)
class Before:
    """A row of an entry as it was before a load, under the names that a superseded row has."""

    pk: int
    table: str
    key: str
    why: str
    was: Row
    load_id: uuid.UUID
    at: datetime.datetime


@dataclass
class Item:
    """One field of one row; `was` or `now` is a dash where there was or is nothing.

    load: which brought what was, None where nothing was. brought: its file in words, where it is not that of the rest.
    """

    what: str
    field: str
    was: str
    now: str
    load: uuid.UUID | None = None
    brought: str = ""


@dataclass
class Change:
    """What one load did. reported: as of when the values before it had been said, where that is known.

    file: the file that did it, as the reader may call it; brought: the one that had brought most of the values before.
    """

    load: uuid.UUID
    at: datetime.datetime
    items: list[Item] = field(default_factory=list)
    reported: datetime.date | None = None
    file: str = ""
    brought: str = ""

    @property
    def day(self) -> datetime.date:
        """The day of the load."""
        return timezone.localdate(self.at)

    @property
    def before(self) -> uuid.UUID | None:
        """The load that had brought most of what was."""
        return next((load for load, _ in Counter(one.load for one in self.items if one.load).most_common(1)), None)


#: What the past is read from: what the ledger keeps as JSON, and entries with their rows.
Superseded = SupersededRow | Before


def _moment(value: Any) -> datetime.datetime:
    return datetime.datetime.fromisoformat(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return DASH if value in (None, "") else str(value)


def _money(value: Any) -> str:
    return DASH if value is None else f"${cents(value)}"


def _day(value: Any) -> str:
    return long_day(datetime.date.fromisoformat(value) if isinstance(value, str) else value)


def _yes(value: Any) -> str:
    return "yes" if value else "no"


def _number(value: Any) -> str:
    return DASH if value is None else f"{Decimal(str(value)).normalize():,f}"


def _label(choices: Any) -> Callable[[Any], str]:
    return lambda value: str(dict(choices.choices).get(value, _text(value)))


FIELDS: dict[str, dict[str, tuple[str, Callable[[Any], str]]]] = {
    ENTRY: {
        "entry_type": ("Type", _text),
        "port": ("Port", _text),
        "entry_date": ("Entry date", _day),
        "summary_date": ("Summary date", _day),
        "importer_name": ("Importer", _text),
        "filer_name": ("Filer", _text),
        "mode": ("Mode of transport", _text),
        "review_team": ("CBP’s team", _text),
        "bond_number": ("Bond", _text),
        "lines": ("Lines", _number),
        "value": ("Value", _money),
        "duty": ("Duty", _money),
        "mpf": ("Processing fee", _money),
        "hmf": ("Harbor fee", _money),
        "tax": ("Tax", _money),
        "other_fees": ("Other fees", _money),
        "liquidation_date": ("Liquidation date", _day),
        "liquidation_status": ("Liquidation", _text),
        "liquidated_duty": ("Duty at liquidation", _money),
        "extension_status": ("Extension or suspension", _text),
        "reconciliation_due": ("Reconciliation due", _day),
        "corrected": ("Post-summary correction", _yes),
    },
    LINE: {
        "hts": ("HTS number", lambda value: hts(value) if value else DASH),
        "origin": ("Origin", _text),
        "export_country": ("Exported from", _text),
        "manufacturer_id": ("Manufacturer", _text),
        "spi": ("Preference claim", _text),
        "value": ("Value", _money),
        "duty": ("Duty", _money),
        "mpf": ("Processing fee", _money),
        "hmf": ("Harbor fee", _money),
        "tax": ("Tax", _money),
        "other_fees": ("Other fees", _money),
        "quantity": ("Quantity", _number),
        "adcvd_case": ("AD/CVD case", _text),
    },
    EXAMINATION: {
        "entry_number": ("Entry", lambda value: entry_number(value) if value else DASH),
        "line": ("Line", _text),
        "bill": ("Bill of lading", _text),
        "container": ("Container", _text),
        "type": ("Type", _label(ExaminationType)),
        "hold": ("Hold", _label(HoldType)),
        "agency": ("Agency", _text),
        "port": ("Port", _text),
        "selected": ("Selected", _day),
        "notified": ("Notified", _day),
        "presented": ("Presented", _day),
        "examined": ("Examined", _day),
        "released": ("Released", _day),
        "disposition": ("Result", _label(Disposition)),
        "discrepancies": ("Found", lambda value: "; ".join(_found(one) for one in value or []) or DASH),
    },
    COST: {"amount": ("Cost in the file", _money)},
}


def _found(one: Row) -> str:
    kind, amount = _label(DiscrepancyType)(one["type"]), one.get("revenue_difference")
    return kind if amount is None else f"{kind} ({_money(amount)})"


def _line(line: str, ordinal: str) -> str:
    return f"Line {line}" + (f", row {ordinal}" if ordinal != "1" else "")


def _what(row: Superseded) -> str:
    if row.table != LINE:
        return ""
    _, line, ordinal = row.key.split("/")
    return _line(line, ordinal)


def _items(row: Superseded, now: Row, hidden: frozenset[str]) -> list[Item]:
    items = []
    for name, (label, shown) in FIELDS[row.table].items():
        before, after = shown(row.was.get(name)), shown(now.get(name))
        if before != after and name not in hidden:
            items.append(Item(_what(row), label, before, after, load_of(row.was)))
    return items


def changes_of(
    superseded: Iterable[Superseded],
    now: dict[tuple[str, str], Row],
    hidden: frozenset[str] = frozenset(),
    *,
    whole: bool = True,
) -> list[Change]:
    """The changes, newest first.

    now: what stands, by table and key, with `load_id`: of each key of `superseded`, and the tariff rows that a load
    added. hidden: fields that the reader may not see. whole: whether `superseded` is all of the past, so that the first
    that is known of a row is how it began.
    """
    histories: dict[tuple[str, str], list[Superseded]] = defaultdict(list)
    found: dict[uuid.UUID, Change] = {}
    # By their ids: loads come one after the other, and `at` is when each began to wait for its turn.
    for row in sorted(superseded, key=lambda one: one.pk):
        histories[row.table, row.key].append(row)
        change = found.setdefault(row.load_id, Change(row.load_id, row.at))
        if reported := row.was.get("version_at"):
            change.reported = timezone.localdate(_moment(reported))
    for (table, key), rows in histories.items():
        followed: list[Row] = [*(row.was for row in rows[1:]), now.get((table, key), {})]
        if table == LINE and whole:
            _say_added(found, key, rows[0].was)
        for row, after in zip(rows, followed, strict=True):
            found[row.load_id].items += _step(row, after, hidden)
            if table == LINE and row.why == SupersededRow.Why.WITHDRAWN:
                _say_added(found, key, after)
    for (table, key), row in now.items():
        if table == LINE and (table, key) not in histories:
            _say_added(found, key, row)
    for one in found.values():
        one.items.sort(key=lambda item: item.what != "")  # the entry as a whole before its lines
    return [one for one in reversed(found.values()) if one.items]


def _say_added(found: dict[uuid.UUID, Change], key: str, row: Row) -> None:
    """Say of a tariff row that a load added it; not of one that came with its entry, which changed nothing."""
    load = load_of(row)
    if load is not None and load in found:
        _, line, ordinal = key.split("/")
        found[load].items.append(Item(_line(line, ordinal), "Row", DASH, f"added, {hts(row['hts'])}"))


def _step(row: Superseded, after: Row, hidden: frozenset[str]) -> list[Item]:
    brought = load_of(row.was)
    if row.why == SupersededRow.Why.WITHDRAWN:
        said = f"{hts(row.was['hts'])}, {_money(row.was['value'])}, duty {_money(row.was['duty'])}"
        return [Item(_what(row), "Row", said, "withdrawn", brought)]
    if row.why == SupersededRow.Why.LINKED:
        return [] if row.was.get("entry_id") else [Item("", "Entry", "not loaded yet", "linked to it")]
    if row.table == COST and not after:
        return [Item("", "Cost in the file", _money(row.was["amount"]), DASH, brought)]
    return _items(row, after, hidden) if after else []


def line_rows(number: str, rows: Iterable[EntryLine]) -> dict[tuple[str, str], Row]:
    """Tariff rows that stand, by the key of their history."""
    return {(LINE, f"{number}/{row.line}/{row.ordinal}"): as_row(row) for row in rows}


def as_row(instance: Any) -> Row:
    """A stored row under the names that its history has."""
    return {one.attname: getattr(instance, one.attname) for one in instance._meta.concrete_fields}
