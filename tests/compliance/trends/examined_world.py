"""The small world with two years of examinations: twenty importers without a problem, and one planted at Quillard."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from accounts.models import Account
from compliance.trends.models import Trend, TrendStep
from examinations.models import Discrepancy, Draw, Entry, EntryLine, Examination, Selection
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


def examine(
    account: Account,
    filer: Account | None,
    load: Any,
    rows: list[dict[str, Any]],
    start: int,
) -> list[Examination]:
    """One entry of one line and one examination of it for each row, in bulk.

    A row: days ago, hts, origin, manufacturer_id, port, reason, and what was found ("" nothing).
    """
    identifier = account.identifiers.get()
    today = timezone.localdate()
    amounts = {"value": Decimal(20_000), "duty": Decimal(600)}
    entries, lines, examinations, selections, finds, draws = [], [], [], [], [], []
    for at, row in enumerate(rows):
        day = today - datetime.timedelta(days=row["ago"])
        entries.append(
            Entry(
                number=f"ZZZ{start + at:08}",
                identifier=identifier,
                account=account,
                filer=filer,
                entry_type="01",
                port=row["port"],
                entry_date=day,
                mode="11",
                lines=1,
                mpf=0,
                hmf=0,
                tax=0,
                other_fees=0,
                version_at=timezone.now(),
                load=load,
                **amounts,
            )
        )
    Entry.objects.bulk_create(entries)
    for entry, row in zip(entries, rows, strict=True):
        lines.append(
            EntryLine(
                entry=entry,
                line=1,
                ordinal=1,
                stands_for_line=True,
                account=account,
                filer=filer,
                entry_date=entry.entry_date,
                port=row["port"],
                origin=row["origin"],
                hts=row["hts"],
                manufacturer_id=row["manufacturer_id"],
                load=load,
                **amounts,
            )
        )
        wrong, random = bool(row["found"]), row["reason"] in ("RANDOM", "FOLLOWUP")
        examinations.append(
            Examination(
                key=entry.number,
                number=entry.number,
                account=account,
                filer=filer,
                identifier=identifier,
                entry=entry,
                entry_number=entry.number,
                line=1,
                type="ESR",
                port=row["port"],
                selected=entry.entry_date,
                closed=entry.entry_date + datetime.timedelta(days=5),
                disposition="DISCREPANCY_MTD" if wrong else "NO_DISCREPANCY",
                disclosed_reason="random" if random else "other",
                version_at=timezone.now(),
                load=load,
            )
        )
    EntryLine.objects.bulk_create(lines)
    Examination.objects.bulk_create(examinations)
    for one, row in zip(examinations, rows, strict=True):
        selections.append(Selection(examination=one, account=account, reason=row["reason"]))
        if row["reason"] in ("RANDOM", "FOLLOWUP"):
            draws.append(Draw(examination=one, account=account, probability=Decimal("0.01")))
        if row["found"]:
            finds.append(
                Discrepancy(
                    examination=one,
                    account=account,
                    ordinal=1,
                    type=row["found"],
                    disposition="DISCREPANCY_MTD",
                    revenue_difference=Decimal(500),
                )
            )
    Selection.objects.bulk_create(selections)
    Draw.objects.bulk_create(draws)
    Discrepancy.objects.bulk_create(finds)
    return examinations


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


@pytest.fixture
def examined(world: World) -> World:
    """Peers without a problem, and Quillard with one since 240 days."""
    random = np.random.default_rng(3)
    for place in range(20):
        peer = make_account(f"Peer {place}", "importer", f"96-5{place:05}000")
        examine(peer, None, world.load, usual(random, 60), 1_000 + 100 * place)
    examine(world.quillard, world.lindale, world.load, usual(random, 100), 10_000)
    examine(world.quillard, world.lindale, world.load, [*bad(48), *good_before(30)], 20_000)
    examine(world.stranger, world.lindale, world.load, usual(random, 100), 30_000)
    return world
