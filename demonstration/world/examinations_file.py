"""Examinations of cargo and reviews of lines as rows of one file, with what is held today at the importer's
sign-in."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from demonstration.world.companies import IMPORTER_PLACE, Importers
from demonstration.world.duties import Calendar
from demonstration.world.entries import MODES, Entries
from demonstration.world.examinations import (
    AGENCIES,
    AQI,
    AT_RANDOM,
    HOLDS,
    PGA,
    REASONS,
    TYPES,
    Examinations,
    disposition_codes,
)
from demonstration.world.lines import Lines
from demonstration.world.numbers import container_numbers
from demonstration.world.places import PORTS, SEA
from demonstration.world.results import DISPOSITIONS, KINDS, NONE
from demonstration.world.reviews import Reviews

HEADER = ("Examination Number", "Importer Number", "Entry Summary Number", "Entry Summary Line Number",
          "Bill of Lading Number", "Container Number", "Mode of Transportation Code", "Hold Type Code",
          "Examination Type Code", "Agency Code", "Selection Reason Code", "Selection Probability",
          "Port Code",
          "Selected Date", "Notified Date", "Presented Date", "Examined Date", "Released Date",
          "Disposition Code",
          "Discrepancy Type Code", "Declared Amount", "Found Amount", "Revenue Difference Amount",
          "Examination Cost Amount")  # fmt: skip
WAITING = 16  # examinations of goods whose entry is still to come
SECOND_FINDING, SECOND_CONTAINER = 0.10, 0.12
REVIEW_REASONS = ("RANDOM", "TARGETED", "FOLLOWUP")


def dollars(cents: int) -> str:
    """Cents as dollars with two decimals."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


class Register:
    """Collects rows and gives examinations their numbers, which rise with the year."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.rows: list[dict[str, str]] = []
        self.serials: dict[str, int] = {}

    def number(self, prefix: str, day: int) -> str:
        """The next number of that prefix in the year of a day."""
        key = f"{prefix}-{(self.calendar.start + timedelta(days=day)).year % 100:02d}"
        self.serials[key] = self.serials.get(key, 0) + 1
        return f"{key}{self.serials[key]:05d}"

    def text(self, day: int) -> str:
        """A day as ISO date; empty for none."""
        return "" if day < 0 else (self.calendar.start + timedelta(days=day)).isoformat()

    def add(self, **cells: str) -> None:
        """Add a row; keys are headers in small letters with underscores."""
        self.rows.append({name.replace("_", " "): value for name, value in cells.items()})

    def write(self, path: Path) -> int:
        """Write all rows; returns their number."""
        with path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            keys = [name.lower() for name in HEADER]
            writer.writerows([row.get(key, "") for key in keys] for row in self.rows)
        return len(self.rows)


def _importer_number(who: Importers, entries: Entries, entry: int) -> str:
    return who.numbers[int(entries.importer[entry])][int(entries.suffix[entry])]


def _result(kind: int, declared: int, found: int, revenue: int) -> dict[str, str]:
    return {
        "discrepancy_type_code": KINDS[kind],
        "declared_amount": dollars(declared),
        "found_amount": dollars(found),
        "revenue_difference_amount": dollars(revenue),
    }


def add_cargo(
    rng: np.random.Generator,
    register: Register,
    found: Examinations,
    entries: Entries,
    numbers: list[str],
    who: Importers,
) -> None:
    """Rows of the examinations of entries, by day of selection."""
    codes = disposition_codes(found, rng)
    order = np.lexsort((found.entry, found.selected))
    boxes = container_numbers(rng.choice(899_999, size=2 * len(found), replace=False) + 100_000)
    bills = rng.integers(100_000_000, 999_999_999, len(found))
    second = rng.random((2, len(found)))
    kinds = rng.integers(0, len(KINDS), len(found))
    for at in order.tolist():
        entry, kind = int(found.entry[at]), int(found.kind[at])
        vessel = int(entries.way[entry]) == SEA
        row = {
            "examination_number": register.number("EX", int(found.selected[at])),
            "importer_number": _importer_number(who, entries, entry),
            "entry_summary_number": numbers[entry],
            "bill_of_lading_number": f"ZQXA{bills[at]}" if vessel or entry % 3 == 0 else "",
            "container_number": boxes[2 * at] if vessel else "",
            "mode_of_transportation_code": MODES[entries.mode[entry]],
            "hold_type_code": HOLDS[kind],
            "examination_type_code": TYPES[kind],
            "agency_code": "USDA" if kind == AQI else AGENCIES[found.agency[at]] if kind == PGA else "",
            "selection_reason_code": REASONS[found.reason[at]],
            "selection_probability": f"{AT_RANDOM:.6f}" if found.reason[at] == 0 else "",
            "port_code": PORTS[entries.port[entry]],
            "disposition_code": codes[at],
            "examination_cost_amount": dollars(int(found.cost[at])) if found.cost[at] >= 0 else "",
        }
        for step in ("selected", "notified", "presented", "examined", "released"):
            row[f"{step}_date"] = register.text(int(getattr(found, step)[at]))
        finding = found.finding
        if found.gravity[at] == NONE:
            register.add(**row)
            if vessel and second[0, at] < SECOND_CONTAINER:
                register.add(**{**row, "container_number": boxes[2 * at + 1]})
            continue
        value = int(finding.declared[at])
        register.add(**row, **_result(int(finding.kind[at]), value, int(finding.found[at]), int(finding.revenue[at])))
        if second[1, at] < SECOND_FINDING and kinds[at] != finding.kind[at]:
            lesser = "DISCREPANCY_LOL" if str(codes[at]).startswith("DISCREPANCY") else codes[at]
            register.add(**{**row, "disposition_code": lesser}, **_result(int(kinds[at]), value, value, 0))


def add_reviews(
    register: Register, found: Reviews, lines: Lines, entries: Entries, numbers: list[str], who: Importers
) -> None:
    """Rows of the reviews of lines, by day of selection."""
    finding = found.finding
    for at in np.lexsort((found.line, found.selected)).tolist():
        line = int(found.line[at])
        entry = int(lines.entry[line])
        known = found.examined[at] >= 0
        row = {
            "examination_number": register.number("RV", int(found.selected[at])),
            "importer_number": _importer_number(who, entries, entry),
            "entry_summary_number": numbers[entry],
            "entry_summary_line_number": f"{lines.number[line]:03d}",
            "mode_of_transportation_code": MODES[entries.mode[entry]],
            "examination_type_code": "ESR",
            "selection_reason_code": REVIEW_REASONS[found.reason[at]],
            "selection_probability": f"{found.probability[at]:.6f}" if found.probability[at] > 0 else "",
            "port_code": PORTS[entries.port[entry]],
            "selected_date": register.text(int(found.selected[at])),
            "examined_date": register.text(int(found.examined[at])),
            "disposition_code": DISPOSITIONS[finding.gravity[at]] if known else "PENDING",
        }
        if known and finding.gravity[at] != NONE:
            row |= _result(
                int(finding.kind[at]),
                int(finding.declared[at]),
                int(finding.found[at]),
                int(finding.revenue[at]),
            )
        register.add(**row)


def _recent(entries: Entries, importer: int, oldest: int, taken: set[int], sea: bool) -> int | None:
    """A recent entry of the importer, by sea or not, Los Angeles and Laredo first; None where there is
    none."""
    mine = np.flatnonzero((entries.importer == importer) & (entries.day >= oldest) & ((entries.way == SEA) == sea))
    left = [int(entry) for entry in mine.tolist() if int(entry) not in taken]
    first = PORTS.index("2704" if sea else "2304")
    left.sort(key=lambda entry: (entries.port[entry] != first, -entries.day[entry], entry))
    return left[0] if left else None


def add_held_now(register: Register, entries: Entries, numbers: list[str], who: Importers) -> None:
    """What is held today for the importer of the sign-in: three entries at different stages, one container
    before its
    entry. Dates are federal working days before the world's today."""
    importer = min(IMPORTER_PLACE, len(who) - 2)
    as_of = register.calendar.as_of()

    def back(days: int) -> date:
        when = as_of - timedelta(days=days)
        return when - timedelta(days=max(0, when.weekday() - 4))

    taken: set[int] = set()
    oldest = register.calendar.days - 1 - 12
    plans = (
        (True, "TAIL", "COMMERCIAL", (7, 6, 6), "", "ZZXU2290415"),
        (True, "INT", "COMMERCIAL", (6, 5, 1), "1150.00", "ZZXU4308175"),
        (False, "NII", "MANIFEST", (4, 4, 1), "", ""),
    )
    for sea, kind, hold, steps, cost, box in plans:
        entry = _recent(entries, importer, oldest, taken, sea)
        if entry is None:
            entry = _recent(entries, importer, 0, taken, not sea) or int(
                np.flatnonzero(entries.importer == importer)[-1]
            )
        taken.add(entry)
        selected, notified, presented = (back(days).isoformat() for days in steps)
        register.add(
            examination_number=register.number("EX", register.calendar.days - 1 - steps[0]),
            importer_number=_importer_number(who, entries, entry),
            entry_summary_number=numbers[entry],
            bill_of_lading_number=f"ZQXA43081{len(box):02d}{steps[0]}" if sea else "",
            container_number=box,
            mode_of_transportation_code=MODES[entries.mode[entry]],
            hold_type_code=hold,
            examination_type_code=kind,
            selection_reason_code="TARGETED",
            port_code=PORTS[entries.port[entry]],
            selected_date=selected,
            notified_date=notified,
            presented_date=presented,
            disposition_code="PENDING",
            examination_cost_amount=cost,
        )
    register.add(
        examination_number=register.number("EX", register.calendar.days - 1 - 4),
        importer_number=who.numbers[importer][0],
        bill_of_lading_number="ZQXA511902441",
        container_number="ZZXU5119026",
        mode_of_transportation_code="11",
        hold_type_code="MANIFEST",
        examination_type_code="NII",
        selection_reason_code="UNKNOWN",
        port_code="2704",
        selected_date=back(4).isoformat(),
        notified_date=back(4).isoformat(),
        disposition_code="PENDING",
    )


def add_waiting(rng: np.random.Generator, register: Register, who: Importers) -> None:
    """Examinations of containers whose entry is not filed yet, at importers other than the sign-in's."""
    others = np.setdiff1d(np.arange(len(who) // 2), [IMPORTER_PLACE])
    boxes = container_numbers(rng.choice(99_999, size=WAITING, replace=False))
    newest = register.calendar.days - 2
    for place, box in enumerate(boxes):
        at = int(others[int(rng.integers(len(others)))])
        selected = newest - int(rng.integers(1, 7))
        released = selected + 2 if place % 4 == 0 and selected + 2 <= newest else -1
        notified = selected + 1 if place % 3 else -1
        register.add(
            examination_number=register.number("EX", selected),
            importer_number=who.numbers[at][0],
            bill_of_lading_number=f"ZQXA{int(rng.integers(100_000_000, 999_999_999))}",
            container_number=box,
            mode_of_transportation_code="11",
            hold_type_code="MANIFEST",
            examination_type_code="NII",
            selection_reason_code="TARGETED",
            port_code="2709" if place % 2 else "4601",
            selected_date=register.text(selected),
            notified_date=register.text(notified),
            presented_date=register.text(released),
            released_date=register.text(released),
            disposition_code="NO_DISCREPANCY" if released >= 0 else "PENDING",
        )
