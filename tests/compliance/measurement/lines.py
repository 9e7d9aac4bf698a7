"""Entry lines of one fiscal year, in three bands of value, and reviews of those that a plan drew."""

import datetime
from decimal import Decimal
from typing import Any

from compliance.measurement.major import Thresholds
from compliance.measurement.models import DrawnLine, MajorRules, MeasurementPlan
from examinations.models import Discrepancy, Entry, EntryLine, Examination, Selection
from tests.named_people import World

PERIOD = (datetime.date(2024, 10, 1), datetime.date(2025, 9, 30))
#: The day that estimates are asked for, after every review below.
AS_OF = datetime.date(2026, 11, 25)
VALUES = (Decimal(100), Decimal(5_000), Decimal(50_000))


def import_lines(world: World, many: int) -> None:
    """So many entries of one line, a third in each band, in PERIOD; whatever else the world holds lies outside it."""
    template = Entry.objects.filter(account=world.quillard).order_by("pk").first()
    assert template is not None
    row = template.rows.get()
    kept = {"load": world.load, "account": world.quillard, "filer": world.lindale, "port": "2704"}
    entries = Entry.objects.bulk_create(
        Entry(
            number=f"9XZ2{n:06}1",
            identifier=template.identifier,
            entry_type="01",
            entry_date=PERIOD[0] + datetime.timedelta(days=n % 360),
            mode="11",
            lines=1,
            value=VALUES[n % 3],
            duty=Decimal(20),
            mpf=0,
            hmf=0,
            tax=0,
            other_fees=0,
            version_at=template.version_at,
            **kept,
        )
        for n in range(many)
    )
    EntryLine.objects.bulk_create(
        EntryLine(
            entry=entry,
            line=1,
            ordinal=1,
            stands_for_line=True,
            entry_date=entry.entry_date,
            origin="CN",
            hts=row.hts,
            value=entry.value,
            duty=entry.duty,
            **kept,
        )
        for entry in entries
    )


def plan_of(world: World, **fields: Any) -> MeasurementPlan:
    given = {"name": "Fiscal year 2025", "starts": PERIOD[0], "ends": PERIOD[1], "lines": 40, "floor": 5} | fields
    return MeasurementPlan.draft(by=world.hq, **given)


def drawn_of(plan: MeasurementPlan) -> list[DrawnLine]:
    return list(plan.drawn.order_by("stratum__place", "entry_number"))


def first_thresholds() -> Thresholds:
    return MajorRules.objects.get(number=1).thresholds


def review(
    world: World, drawn: DrawnLine, result: str = "NO_DISCREPANCY", *findings: dict[str, Any], **fields: Any
) -> Examination:
    """A closed random review of papers of a drawn line; `reason` and fields of the examination as given."""
    reason = fields.pop("reason", "RANDOM")
    day = fields.pop("day", datetime.date(2026, 11, 2))
    entry = Entry.objects.get(number=drawn.entry_number)
    given: dict[str, Any] = {
        "key": f"{drawn.entry_number}:{drawn.line}:{Examination.objects.count()}",
        "number": "",
        "account": entry.account,
        "filer": entry.filer,
        "identifier": entry.identifier,
        "entry": entry,
        "entry_number": entry.number,
        "line": drawn.line,
        "type": "ESR",
        "port": entry.port,
        "selected": day - datetime.timedelta(days=5),
        "examined": day,
        "closed": day,
        "disposition": result,
        "version_at": entry.version_at,
        "load": world.load,
    } | fields
    made = Examination.objects.create(**given)
    Selection.objects.create(examination=made, account=entry.account, reason=reason)
    for ordinal, finding in enumerate(findings, 1):
        Discrepancy.objects.create(
            **{"examination": made, "account": entry.account, "ordinal": ordinal, "disposition": result} | finding
        )
    return made
