"""What the importer of the sign-in uploaded itself: entries of this week, which CBP's files do not hold yet.

One row of the file is of a number that another account has, as happens where a broker's export holds several clients.
"""

import datetime
from pathlib import Path

import polars as pl

from accounts.identifiers import entry_check_digit
from accounts.models import Account, Identifier, Person
from demonstration.world import World
from examinations.loading.load import Outcome, load_file
from examinations.models import Entry, Load
from examinations.models.entry import Source

FILE = "entries of this week.csv"
ENTRIES, MOST_LINES = 3, 6
#: Serial numbers that no filer of the invented world has reached.
FIRST_SERIAL = 9_900_001
#: What CBP says of an entry later.
NOT_YET = ("Entry Summary Date", "Review Team Number", "Liquidation Date", "Liquidation Status",
           "Total Liquidated Duty Amount", "Reconciliation Due Date", "Extension/Suspension Status")  # fmt: skip


def write_own_file(folder: Path, world: World) -> Path | None:
    """The file: the importer's newest entries once more, under numbers and days of their own. None without any."""
    known = Entry.objects.filter(
        account__name=world.importer, source=Source.CBP, entry_type="01", lines__lte=MOST_LINES
    )
    pattern = list(known.order_by("-entry_date", "number").values_list("number", flat=True)[:ENTRIES])
    other = (
        Identifier.objects.filter(account__name=world.stranger, kind=Identifier.Kind.IMPORTER).order_by("pk").first()
    )
    if not pattern or other is None:
        return None
    rows = pl.read_csv(folder / "entries.csv", infer_schema=False)
    parts = [
        _again(rows.filter(pl.col("Entry Summary Number") == number), at, world.as_of)
        for at, number in enumerate(pattern)
    ]
    foreign = _again(rows.filter(pl.col("Entry Summary Number") == pattern[0]).tail(1), len(parts), world.as_of)
    parts.append(foreign.with_columns(pl.lit(other.value).alias("Importer Number"), pl.lit("").alias("Importer Name")))
    path = folder / FILE
    pl.concat(parts).write_csv(path)
    return path


def _again(rows: pl.DataFrame, at: int, as_of: datetime.date) -> pl.DataFrame:
    """Rows of one entry as those of another, entered some days ago."""
    filer, serial = rows["Entry Summary Number"][0][:3], f"{FIRST_SERIAL + at:07}"
    day = as_of - datetime.timedelta(days=1 + at)
    said = {"Entry Summary Number": f"{filer}{serial}{entry_check_digit(filer, serial)}", "Entry Date": f"{day:%m/%d/%Y}",
            "Post Summary Correction Indicator": "N"} | dict.fromkeys(NOT_YET, "")  # fmt: skip
    return rows.with_columns(*(pl.lit(text).alias(name) for name, text in said.items()))


def upload(folder: Path, world: World) -> Outcome | None:
    """Bring the file in as the importer does at *Your files*."""
    account = Account.objects.filter(name=world.importer).first()
    person = Person.objects.filter(email="importer@demo.example").first()
    path = write_own_file(folder, world)
    if account is None or person is None or path is None:
        return None
    return load_file(Load.objects.take("entries", FILE, by=person, account=account), path)
