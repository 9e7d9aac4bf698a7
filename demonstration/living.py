"""What happened after the files came: a file that corrects entries, costs that the importer recorded, questions asked.

Which entries and examinations follows from the loaded rows alone, so that the same seed and day give the same.
"""

import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl

from accounts.models import Account, Assignment, Person
from demonstration.world import World
from examinations.models import Cost, Entry, Examination, ResultQuestion
from examinations.models.entry import Source
from examinations.models.examination import Disposition, ExaminationType

CORRECTED = 3
WAITING_ANSWERED = (
    (
        ResultQuestion.Kind.UNCLEAR,
        "We see what was found, but not what we did wrong, and nothing more seems to be owed. What should we do "
        "differently?",
        "Nothing more is owed. The paper that proves the declaration came after the examination: send it with the entry "
        "next time, and there is nothing to find.",
    ),
    (
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
    """A file as CBP would send it after corrections: newest entries of the importer whole, first line worth more."""
    entries = Entry.objects.filter(account__name=world.importer, source=Source.CBP, lines__gt=1, corrected=False)
    numbers = list(entries.order_by("-entry_date", "number").values_list("number", flat=True)[:CORRECTED])
    if not numbers:
        return None
    rows = pl.read_csv(folder / "entries.csv", infer_schema=False).filter(pl.col("Entry Summary Number").is_in(numbers))
    value = pl.col("Line Tariff Goods Value Amount")
    amount = value.str.replace_all(r"[$,]", "").cast(pl.Decimal(18, 2))
    first = pl.col("Entry Summary Line Number").cast(pl.Int32) == 1
    more = (amount + Decimal("1250.00")).cast(pl.String)
    path = folder / "corrections.csv"
    rows.with_columns(
        pl.when(first & (amount > 0)).then(more).otherwise(value).alias("Line Tariff Goods Value Amount"),
        pl.lit("Y").alias("Post Summary Correction Indicator"),
    ).write_csv(path)
    return path


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
    found = ended.exclude(disposition=Disposition.NO_DISCREPANCY)[: len(WAITING_ANSWERED)]
    assignment = Assignment.objects.on(world.as_of).filter(account=account).select_related("manager").first()
    for examination, (kind, text, answer) in zip(found, WAITING_ANSWERED, strict=False):
        question = ResultQuestion.objects.ask(examination, account=account, kind=kind, text=text, by=person)
        if answer and assignment:
            question.answer(answer, by=assignment.manager)


def _record_costs(examination: Examination, person: Person, as_of: datetime.date) -> None:
    day = min(examination.closed or as_of, as_of)
    for kind, amount, note in COSTS:
        Cost.objects.record(examination, kind=kind, dated=day, amount=Decimal(amount), note=note, by=person)
