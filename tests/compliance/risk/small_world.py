"""A small world, loaded as files are, in which every input of the score counts for some account."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account, Enrollment
from examinations.breakdowns.counting import recount as recount_breakdowns
from examinations.duty.months import recount as recount_duty
from examinations.models import EntryMonth
from tests.examinations.loading.files import (
    account_row,
    bond_row,
    days_ago,
    entry_number,
    entry_row,
    examination_row,
    load,
)

IMPORTERS = ["96-447182000", "96-111111100", "96-222222200", "96-333333300"]


def entries_of_the_world() -> Iterator[dict[str, Any]]:
    serial = 0
    for place, importer in enumerate(IMPORTERS):
        for month in range(0, 30, place + 1):
            serial += 1
            changes: dict[str, Any] = {
                "Importer Number": importer,
                "Importer Name": "",
                "Entry Date": days_ago(5 + month * 30),
                "Entry Summary Date": "",
                "Entry Type Code": ["01", "03", "23", "11", "22"][serial % 5],
                "Line Tariff Goods Value Amount": str(1_000 * (serial % 7 + 1) * (place + 1) ** 3),
                "Line Tariff Duty Amount": str(Decimal("33.37") * (serial % 5) * (place + 1) ** 3),
                "HTS Number - Full": ["8501104020", "6109100012", "0901210020", "9403200050"][
                    (serial + month // 7) % 4
                ],
                "Country of Origin Code": ["CN", "VN", "MX"][month // 9 % 3],
                "Manufacturer ID": "" if serial % 6 == 0 else f"CNMAKER{month // (place + 5)}SHA",
                "Line SPI Code": "S" if serial % 4 == 0 else "",
            }
            if serial % 3 == 0:
                changes |= {"Line MPF Amount": "", "Line HMF Amount": ""}
            filer = "9XZ" if serial % 2 else "M2P"
            yield entry_row(serial, **changes) | {"Entry Summary Number": entry_number(serial, filer)}


def examinations_of_the_world(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    reasons = ["RANDOM", "TARGETED", "UNKNOWN", "AGENCY", "FOLLOWUP", "RANDOM"]
    for number, entry in enumerate(entries):
        wrong = number % 3 == 0
        review = number % 2 == 0
        month, day, year = map(int, entry["Entry Date"].split("/"))
        when = datetime.date(year, month, day)
        row = examination_row(
            f"X{number}",
            **{
                "Importer Number": entry["Importer Number"],
                "Entry Summary Number": entry["Entry Summary Number"],
                "Entry Summary Line Number": "001" if review else "",
                "Examination Type Code": "ESR" if review else "NII",
                "Selection Reason Code": reasons[number % 6],
                "Selected Date": when.strftime("%m/%d/%Y"),
                "Released Date": "" if review else (when + datetime.timedelta(days=2)).strftime("%m/%d/%Y"),
                "Examined Date": (when + datetime.timedelta(days=1)).strftime("%m/%d/%Y"),
                "Disposition Code": "DISCREPANCY_MTD" if wrong else "NO_DISCREPANCY",
                "Discrepancy Type Code": "CLASS" if wrong else "",
                "Revenue Difference Amount": str([700, -250, "12.34"][number % 9 // 3]) if wrong else "",
            },
        )
        if number % 11 == 10:
            row |= {"Disposition Code": "PENDING", "Discrepancy Type Code": "", "Revenue Difference Amount": ""}
            row |= {"Released Date": "", "Examined Date": ""}
        yield row


def make_small_world(tmp_path: Path) -> None:
    """Four importers and two brokers, loaded as files are; one importer never joined the program."""
    kinds = {"Identifier": "9XZ", "Account Type": "BROKER", "Center Code": "", "Program Codes": "", "Contact Email": ""}
    load(
        "accounts",
        tmp_path,
        [
            account_row("Quillard Electric", **{"Program Codes": "CTPAT:2:2020-01-01;ISA"}),
            account_row("Stranger Goods", **{"Identifier": IMPORTERS[1], "Contact Email": "", "Program Codes": ""}),
            account_row("Late Joiner", **{"Identifier": IMPORTERS[2], "Contact Email": "", "Program Codes": "ACE"}),
            account_row("Lindale Customs Brokers", **kinds),
        ],
    )
    entries = list(entries_of_the_world())
    assert load("entries", tmp_path, entries).rejected == 0
    outcome = load("examinations", tmp_path, list(examinations_of_the_world(entries)))
    assert outcome.rejected == 0
    load(
        "bonds",
        tmp_path,
        [
            bond_row("1001", **{"Bond Amount": "50000"}),
            bond_row(
                "1002", **{"Importer Number": IMPORTERS[1], "Bond Amount": "60000", "Termination Date": days_ago(3)}
            ),
            bond_row(
                "1003", **{"Importer Number": IMPORTERS[1], "Bond Amount": "90000", "Effective Date": days_ago(2)}
            ),
            bond_row("1004", **{"Importer Number": IMPORTERS[2], "Activity Code": "1a", "Bond Amount": "70000"}),
            bond_row("1005", **{"Importer Number": IMPORTERS[2], "Bond Type Code": "9", "Bond Amount": "80000"}),
            bond_row("1006", **{"Importer Number": IMPORTERS[3], "Bond Amount": "1000"}),
        ],
    )
    late = Account.objects.get(name="Late Joiner")
    Enrollment.objects.create(
        account=late, program="CTPAT", tier=3, since=timezone.localdate() + datetime.timedelta(days=9)
    )
    recount_breakdowns(None)
    recount_duty(None)
    # What an account uploads itself: its own pages show it, risk never counts it.
    month = EntryMonth.objects.first()
    assert month is not None
    EntryMonth.objects.create(
        identifier_id=month.identifier_id,
        account_id=month.account_id,
        source="own",
        month=timezone.localdate().replace(day=1) - datetime.timedelta(days=1),
        value=10**9,
        duty=10**9,
        entries=5,
        duties_taxes_fees=10**9,
    )


@pytest.fixture
def small_world(tmp_path: Path) -> None:
    make_small_world(tmp_path)
