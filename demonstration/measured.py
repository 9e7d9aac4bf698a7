"""The measurement of the last two fiscal years: each plan frozen early in October, the older closed, the newer half filled in.

The lines are those that the plan's own seed draws from the loaded entries, so the same seed and day give the same.
"""

import csv
import datetime
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from django.db.models import Sum

from accounts.models import Person
from compliance.measurement.forms import last_fiscal_year
from compliance.measurement.models import DrawnLine, MeasurementPlan
from demonstration.world import World
from examinations.calendar import add_working_days
from examinations.loading.load import load_path
from examinations.models import EntryLine
from examinations.models.entry import Source

HEADQUARTERS = "hq@demo.example"
DRAWN_AFTER_DAYS, REVIEW_DAYS, CLOSED_AFTER_DAYS = 5, 90, 150
MOST_LINES, ONE_LINE_IN, WHOLE_LINES = 1_200, 40, 60
#: In the smallest world too, each stratum has its floor of two: ten Centers by three bands, and some to share out.
LEAST_LINES = 80
#: A line in a hundred is never examined: its importer is gone, its papers cannot be found.
NEVER = 0.01
MAJOR, MINOR, DEAR_IS_WORSE = 0.014, 0.042, 1.3
MOST_OF_SMALL = Decimal(350)
GRAVE = (
    ("CLASS", 36),
    ("VALUE", 20),
    ("SPI_CLAIM", 14),
    ("ORIGIN", 10),
    ("QTY", 8),
    ("ADCVD", 6),
    ("PGA", 4),
    ("IPR", 2),
)
SMALL = (("CLASS", 28), ("QTY", 20), ("MISSING_DOC", 20), ("DESC", 14), ("VALUE", 10), ("MARKING", 8))
COLUMNS = (
    *("Examination Number", "Importer Number", "Entry Summary Number", "Entry Summary Line Number"),
    *("Examination Type Code", "Selection Reason Code", "Selection Probability", "Port Code", "Selected Date"),
    *("Examined Date", "Disposition Code", "Discrepancy Type Code", "Declared Amount", "Found Amount"),
    "Revenue Difference Amount",
)


def plant(folder: Path, world: World, seed: int) -> list[MeasurementPlan]:
    """Draft, freeze and fill in the plans by their own verbs and the loader. Raises ValueError for a rejected row."""
    by, _ = Person.objects.get_or_create(
        email=HEADQUARTERS, defaults={"name": "Headquarters", "role": Person.Role.HEADQUARTERS}
    )
    _, newest = last_fiscal_year(world.as_of - datetime.timedelta(days=30))
    plans = []
    for year in (newest.year - 1, newest.year):
        plan = freeze(year, seed, by)
        if plan is None:
            continue
        path = write_reviews(folder, world, plan)
        if load_path("examinations", path).rejected:
            raise ValueError(f"Rows of {path.name} were rejected.")
        if year != newest.year:
            plan.close(by=by, on=plan.frozen_on + datetime.timedelta(days=CLOSED_AFTER_DAYS))
        plans.append(plan)
    return plans


def freeze(year: int, seed: int, by: Person) -> MeasurementPlan | None:
    """The plan of a fiscal year, drafted and frozen; None where no line was filed in it."""
    starts, ends = datetime.date(year - 1, 10, 1), datetime.date(year, 9, 30)
    lines = EntryLine.objects.filter(entry_date__range=(starts, ends), source=Source.CBP)
    duties = lines.values("entry", "line").annotate(sum=Sum("duty")).order_by("-sum").values_list("sum", flat=True)
    dearest = list(duties[WHOLE_LINES - 1 : WHOLE_LINES])
    if not dearest:
        return None
    wanted = max(LEAST_LINES, min(MOST_LINES, lines.filter(stands_for_line=True).count() // ONE_LINE_IN))
    plan = MeasurementPlan.draft(
        by=by,
        name=f"Fiscal year {year}",
        starts=starts,
        ends=ends,
        whole_from=max(1, (dearest[0] / 1_000).to_integral_value("ROUND_CEILING")) * 1_000,
        lines=wanted,
        floor=max(2, min(20, wanted // 50)),
        review_days=REVIEW_DAYS,
    )
    plan.freeze(by=by, seed=seed, on=ends + datetime.timedelta(days=DRAWN_AFTER_DAYS))
    return plan


def write_reviews(folder: Path, world: World, plan: MeasurementPlan) -> Path:
    """What the Centers reported of the drawn lines by the day of the world, as an examinations file."""
    path = folder / f"measured-{plan.ends.year}.csv"
    chance = random.Random(f"{plan.seed} {plan.name}")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for number, drawn in enumerate(plan.drawn.order_by("entry_number", "line"), 1):
            writer.writerows(
                {"Examination Number": f"CM{plan.ends:%y}{number:05}", **row} for row in _rows(chance, drawn, world)
            )
    return path


def _rows(chance: random.Random, drawn: DrawnLine, world: World) -> Iterator[dict[str, str]]:
    begun = add_working_days(drawn.plan.frozen_on, 1 + chance.randrange(30))
    examined = add_working_days(begun, 1 + min(int(chance.expovariate(1 / 7)), 40))
    never, u = chance.random() < NEVER, chance.random()
    finding = _finding(chance, drawn, u)
    if begun > world.as_of - datetime.timedelta(days=2):
        return
    known = not never and examined <= world.as_of - datetime.timedelta(days=2)
    yield {
        "Entry Summary Number": drawn.entry_number,
        "Entry Summary Line Number": f"{drawn.line:03}",
        "Examination Type Code": "ESR",
        "Selection Reason Code": "RANDOM",
        "Selection Probability": f"{drawn.probability:.9f}",
        "Port Code": drawn.port,
        "Selected Date": f"{begun:%m/%d/%Y}",
        **({"Examined Date": f"{examined:%m/%d/%Y}", **finding} if known else {"Disposition Code": "PENDING"}),
    }


def _finding(chance: random.Random, drawn: DrawnLine, u: float) -> dict[str, str]:
    worse = DEAR_IS_WORSE if drawn.value >= 25_000 else 1.0
    if u >= (MAJOR + MINOR) * worse:
        return {"Disposition Code": "NO_DISCREPANCY"}
    grave = u < MAJOR * worse
    kinds = GRAVE if grave else SMALL
    (kind,) = chance.choices([name for name, _ in kinds], [weight for _, weight in kinds])
    declared = drawn.value
    off = Decimal(str(round(chance.uniform(0.11, 0.4) if grave else chance.uniform(0.01, 0.06), 3)))
    found = declared * (1 + off) if kind in ("VALUE", "QTY") else declared
    sign = -1 if chance.random() < 0.2 else 1
    money = drawn.duty * off + Decimal(chance.randrange(80, 900)) if grave else min(drawn.duty * off, MOST_OF_SMALL)
    tells = grave or chance.random() < 0.5
    return {
        "Disposition Code": "DISCREPANCY_MTD" if grave else "DISCREPANCY_LOL",
        "Discrepancy Type Code": kind,
        "Declared Amount": f"{declared:.2f}",
        "Found Amount": f"{found:.2f}",
        "Revenue Difference Amount": f"{sign * money:.2f}" if tells else "",
    }
