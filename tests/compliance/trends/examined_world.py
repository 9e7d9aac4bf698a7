"""The small world with two years of examinations: twenty importers without a problem, and one planted at Quillard."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils import timezone

from accounts.models import Account, Identifier
from compliance.trends.models import Trend, TrendStep
from examinations.models import Cost, Discrepancy, Draw, Entry, EntryLine, Examination, Selection
from tests.named_people import World, make_account

PLANTED = {"heading": "8501", "origin": "CN", "manufacturer_id": "CNBADMOT12SHA"}
#: Days before today on which the planted problem began.
BEGAN = 240
GOODS = (("6109100012", "MX", "MXSHIRT1MEX"), ("9403200050", "VN", "VNCHAIR1HAN"), ("8501104020", "CN", "CNGOODM1SHA"))
PORTS = ("2704", "1001", "3901")

TODAY = timezone.localdate()


def make_trend(account, **fields) -> Trend:
    given = {
        "measure": "discrepancy", "rests_on": "targeted", "found_on": TODAY, "as_of": TODAY,
        "since": TODAY - datetime.timedelta(days=200), "since_low": TODAY - datetime.timedelta(days=230),
        "since_high": TODAY - datetime.timedelta(days=190), "examinations": 61, "discrepancies": 14, "expected": 3.1,
        "revenue_found": 18_400, "revenue_at_stake": 90_000, "p_value": 1e-6, "q_value": 0.0004, "heading": "8501",
        "origin": "CN", "discrepancy_type": "CLASS", "months": [["2026-04-01", 10, 1, 0.5], ["2026-07-01", 20, 7, 1.0]],
    }  # fmt: skip
    trend = Trend.objects.create(account=account, **(given | fields))
    TrendStep.objects.create(trend=trend, account=account, state=trend.state, on=TODAY)
    return trend


AMOUNTS = {"value": Decimal(20_000), "duty": Decimal(600)}
AT_RANDOM = ("RANDOM", "FOLLOWUP")


def examine(
    account: Account,
    filer: Account | None,
    load: Any,
    rows: list[dict[str, Any]],
    start: int,
) -> list[Examination]:
    """One entry of one line and one examination of it for each row, in bulk.

    A row: days ago, hts, origin, manufacturer_id, port, reason, and what was found ("" nothing). `held`: the goods were
    held so many days, by a tailgate examination; without it papers were reviewed. `cost`: in dollars.
    """
    whose = {"account": account, "filer": filer, "load": load}
    number = account.identifiers.get()
    entries = [_entry(number, whose, row, f"ZZZ{start + at:08}") for at, row in enumerate(rows)]
    Entry.objects.bulk_create(entries)
    pairs = list(zip(entries, rows, strict=True))
    EntryLine.objects.bulk_create(_line(entry, whose, row) for entry, row in pairs)
    examinations = [_examination(entry, whose, row) for entry, row in pairs]
    Examination.objects.bulk_create(examinations)
    each = list(zip(examinations, rows, strict=True))
    Selection.objects.bulk_create(
        Selection(examination=one, account=account, reason=row["reason"]) for one, row in each
    )
    Draw.objects.bulk_create(
        Draw(examination=one, account=account, probability=Decimal("0.01"))
        for one, row in each
        if row["reason"] in AT_RANDOM
    )
    Discrepancy.objects.bulk_create(_find(one, account, row["found"]) for one, row in each if row["found"])
    Cost.objects.bulk_create(
        Cost(examination=one, account=account, by="file", amount=row["cost"]) for one, row in each if "cost" in row
    )
    return examinations


def _entry(identifier: Identifier, whose: dict[str, Any], row: dict[str, Any], number: str) -> Entry:
    fees = dict.fromkeys(("mpf", "hmf", "tax", "other_fees"), 0)
    return Entry(
        number=number, identifier=identifier, entry_type="01", port=row["port"], mode="11", lines=1,
        entry_date=TODAY - datetime.timedelta(days=row["ago"]), version_at=timezone.now(), **fees, **AMOUNTS, **whose,
    )  # fmt: skip


def _line(entry: Entry, whose: dict[str, Any], row: dict[str, Any]) -> EntryLine:
    goods = {name: row[name] for name in ("port", "origin", "hts", "manufacturer_id")}
    return EntryLine(
        entry=entry, line=1, ordinal=1, stands_for_line=True, entry_date=entry.entry_date, **goods, **AMOUNTS, **whose
    )


def _examination(entry: Entry, whose: dict[str, Any], row: dict[str, Any]) -> Examination:
    held = row.get("held")
    closed = entry.entry_date + datetime.timedelta(days=5 if held is None else held)
    return Examination(
        key=entry.number, number=entry.number, identifier=entry.identifier, entry=entry, entry_number=entry.number, line=1,
        type="ESR" if held is None else "TAIL", port=row["port"], selected=entry.entry_date, closed=closed,
        released=None if held is None else closed,
        disposition="DISCREPANCY_MTD" if row["found"] else "NO_DISCREPANCY",
        disclosed_reason="random" if row["reason"] in AT_RANDOM else "other", version_at=timezone.now(), **whose,
    )  # fmt: skip


def _find(one: Examination, account: Account, kind: str) -> Discrepancy:
    return Discrepancy(
        examination=one, account=account, ordinal=1, type=kind, disposition="DISCREPANCY_MTD",
        revenue_difference=Decimal(500),
    )  # fmt: skip


def usual(random: np.random.Generator, count: int, *, most: int = 700) -> list[dict[str, Any]]:
    """Examinations of which one in twenty finds something, of any kind."""
    rows = []
    for ago in random.integers(20, most, count).tolist():
        hts, origin, maker = GOODS[int(random.integers(3))]
        found = str(random.choice(["CLASS", "VALUE", "QTY"])) if random.random() < 0.05 else ""
        rows.append(
            {"ago": ago, "hts": hts, "origin": origin, "manufacturer_id": maker, "port": PORTS[int(random.integers(3))]}
            | {"reason": "RANDOM" if random.random() < 0.5 else "TARGETED", "found": found}
        )
    return rows


def bad(
    count: int, *, ago: int = BEGAN, every: int = 3, reason: str = "RANDOM", kind: str = "CLASS"
) -> list[dict[str, Any]]:
    """Examinations of the planted cell since it began, spread evenly; every third finds the same."""
    goods = {"hts": "8501104020", "origin": "CN", "manufacturer_id": PLANTED["manufacturer_id"]}
    return [
        goods
        | {"port": PORTS[at % 4 % 3]}
        | {"ago": 20 + (ago - 20) * at // count, "reason": reason, "found": kind if at % every == 0 else ""}
        for at in range(count)
    ]


def good_before(count: int) -> list[dict[str, Any]]:
    """The same cell before: nothing was found."""
    return [row | {"ago": row["ago"] + BEGAN, "found": ""} for row in bad(count, ago=360)]


def examine_all(world: World) -> World:
    """Peers without a problem, and Quillard with one since 240 days."""
    random = np.random.default_rng(3)
    for place in range(20):
        peer = make_account(f"Peer {place}", "importer", f"96-5{place:05}000")
        examine(peer, None, world.load, usual(random, 60), 1_000 + 100 * place)
    examine(world.quillard, world.lindale, world.load, usual(random, 100), 10_000)
    examine(world.quillard, world.lindale, world.load, [*bad(48), *good_before(30)], 20_000)
    examine(world.stranger, world.lindale, world.load, usual(random, 100), 30_000)
    return world
