"""What happened after the files came: a file that corrects entries, costs that the importer recorded, questions asked.

Which entries and examinations follows from the loaded rows alone, so that the same seed and day give the same.
"""

import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
from django.db.models import Q, Sum

from accounts.models import Account, Assignment, Person
from demonstration.world import World
from examinations.duty.programs import HEADINGS, Program, rows_of
from examinations.models import Cost, Entry, EntryLine, Examination, ResultQuestion
from examinations.models.entry import Source
from examinations.models.examination import Disposition, ExaminationType

CORRECTED = 3
#: So many entries turn out to be excluded from section 301, and their additional duty comes off.
EXCLUDED, EXCLUDED_DAYS = 2, (40, 280)
SECTION_301 = "^(" + "|".join(one.prefix for one in HEADINGS if one.program == Program.SECTION_301) + ")"
#: Each asks about a result that it fits: nothing owed, an entry of several lines.
WAITING_ANSWERED = (
    (
        Q(owed=None) | Q(owed=0),
        ResultQuestion.Kind.UNCLEAR,
        "We see what was found, but not what we did wrong, and nothing more seems to be owed. What should we do "
        "differently?",
        "Nothing more is owed. The paper that proves the declaration came after the examination: send it with the entry "
        "next time, and there is nothing to find.",
    ),
    (
        Q(entry__lines__gt=1),
        ResultQuestion.Kind.DATA,
        "The declared value that is shown here is that of another line of the same entry. Can you look at it?",
        "",
    ),
)
COSTS = (
    (Cost.Kind.EXAMINATION, "385.00", "Invoice of the examination station"),
    (Cost.Kind.DRAYAGE, "412.50", "To the station and back"),
    (Cost.Kind.STORAGE, "180.00", ""),
)


def write_corrections(folder: Path, world: World) -> Path | None:
    """A file as CBP would send it after corrections: newest entries of the importer whole, first line worth more, and
    older ones without the duty of section 301, for which an exclusion was claimed after filing."""
    entries = Entry.objects.filter(account__name=world.importer, source=Source.CBP, lines__gt=1, corrected=False)
    numbers = list(entries.order_by("-entry_date", "number").values_list("number", flat=True)[:CORRECTED])
    excluded = excluded_entries(world)
    if not numbers and not excluded:
        return None
    number = pl.col("Entry Summary Number")
    rows = pl.read_csv(folder / "entries.csv", infer_schema=False).filter(number.is_in([*numbers, *excluded]))
    value = pl.col("Line Tariff Goods Value Amount")
    amount = value.str.replace_all(r"[$,]", "").cast(pl.Decimal(18, 2))
    first = pl.col("Entry Summary Line Number").cast(pl.Int32) == 1
    more = (amount + Decimal("1250.00")).cast(pl.String)
    hts = pl.col("HTS Number - Full").str.replace_all(".", "", literal=True)
    path = folder / "corrections.csv"
    rows.with_columns(
        pl.when(first & (amount > 0) & number.is_in(numbers))
        .then(more)
        .otherwise(value)
        .alias("Line Tariff Goods Value Amount"),
        pl.when(number.is_in(excluded) & hts.str.contains(SECTION_301))
        .then(pl.lit("0.00"))
        .otherwise(pl.col("Line Tariff Duty Amount"))
        .alias("Line Tariff Duty Amount"),
        pl.lit("Y").alias("Post Summary Correction Indicator"),
    ).write_csv(path)
    return path


def excluded_entries(world: World) -> list[str]:
    """Numbers of entries that paid section 301, neither new nor too old to be corrected after filing."""
    nearest, farthest = (world.as_of - datetime.timedelta(days=days) for days in EXCLUDED_DAYS)
    paid = EntryLine.objects.filter(
        rows_of(Program.SECTION_301),
        account__name=world.importer,
        source=Source.CBP,
        duty__gt=0,
        entry_date__range=(farthest, nearest),
        entry__liquidation_date=None,
    )
    dated = paid.values_list("entry_date", "entry__number").distinct().order_by("-entry_date", "entry__number")
    return [number for _, number in dated[:EXCLUDED]]


def live(world: World) -> None:
    """The importer's own costs and questions, and its manager's answer."""
    account = Account.objects.filter(name=world.importer).first()
    person = Person.objects.filter(email="importer@demo.example").first()
    if account is None or person is None:
        return
    ended = account.examinations.filter(closed__isnull=False).order_by("-selected", "number")
    cargo = ended.exclude(type=ExaminationType.ESR)
    for examination in cargo[:2]:
        _record_costs(examination, person, world.as_of)
    found = ended.exclude(disposition=Disposition.NO_DISCREPANCY).annotate(
        owed=Sum("discrepancies__revenue_difference")
    )
    assignment = Assignment.objects.on(world.as_of).filter(account=account).select_related("manager").first()
    for fits, kind, text, answer in WAITING_ANSWERED:
        asked = ResultQuestion.objects.filter(account=account).values("examination")
        examination = found.filter(fits).exclude(pk__in=asked).first()
        if examination is None:
            continue
        question = ResultQuestion.objects.ask(examination, account=account, kind=kind, text=text, by=person)
        if answer and assignment:
            question.answer(answer, by=assignment.manager)


def _record_costs(examination: Examination, person: Person, as_of: datetime.date) -> None:
    day = min(examination.closed or as_of, as_of)
    for kind, amount, note in COSTS:
        Cost.objects.record(examination, kind=kind, dated=day, amount=Decimal(amount), note=note, by=person)
