"""Many accounts in one table: what each imported, how it is examined, how it stands."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Max, Min, OuterRef, Subquery, Sum

from accounts.models import Account, Assignment
from compliance.risk.models import Assessment
from examinations.figures import HELD, Period, twelve_whole_months
from examinations.models import EntryMonth, Examination, ExaminationMonth
from examinations.models.entry import Source
from look.downloads import Cell, Facts, Sheet


@dataclass
class Standing:
    """One account's row. Amounts are dollars of the last twelve whole months; `score` empty until computed."""

    account: Account
    entries: int = 0
    value: Decimal = Decimal(0)
    duties_taxes_fees: Decimal = Decimal(0)
    cargo: int = 0
    reviews: int = 0
    reviews_wrong: int = 0
    held: int = 0
    held_since: datetime.date | None = None
    assessment: Assessment | None = None
    manager: str = ""


def standings(accounts: Iterable[Account], as_of: datetime.date) -> list[Standing]:
    """The rows of these accounts in their order: six statements, however many accounts there are."""
    rows = {account.pk: Standing(account) for account in accounts}
    period = twelve_whole_months(as_of)
    _traded(rows, period)
    _examined(rows, period)
    _held(rows)
    for assessment in Assessment.objects.filter(account__in=rows, stands=True):
        rows[assessment.account_id].assessment = assessment
    current = Assignment.objects.on(as_of).filter(account__in=rows)
    for assignment in current.select_related("manager"):
        rows[assignment.account_id].manager = assignment.manager.name
    return list(rows.values())


def _side(rows: dict[uuid.UUID, Standing]) -> list[tuple[str, list[uuid.UUID]]]:
    """Importers are summed by what they imported, brokers by what they filed."""
    sides: dict[str, list[uuid.UUID]] = defaultdict(list)
    for pk, row in rows.items():
        sides["filer" if row.account.kind == Account.Kind.BROKER else "account"].append(pk)
    return list(sides.items())


def _traded(rows: dict[uuid.UUID, Standing], period: Period) -> None:
    for side, ids in _side(rows):
        sums = (
            EntryMonth.objects.filter(
                **{f"{side}__in": ids}, source=Source.CBP, month__range=(period.start, period.end)
            )
            .values(pk_of=F(side))
            .annotate(n=Sum("entries"), v=Sum("value"), d=Sum("duties_taxes_fees"))
        )
        for found in sums:
            row = rows[found["pk_of"]]
            row.entries, row.value, row.duties_taxes_fees = found["n"], found["v"], found["d"]


def _examined(rows: dict[uuid.UUID, Standing], period: Period) -> None:
    for side, ids in _side(rows):
        sums = (
            ExaminationMonth.objects.filter(**{f"{side}__in": ids}, month__range=(period.start, period.end))
            .values(pk_of=F(side))
            .annotate(n=Sum("cargo"), r=Sum("reviews"), w=Sum("reviews_wrong"))
        )
        for found in sums:
            row = rows[found["pk_of"]]
            row.cargo, row.reviews, row.reviews_wrong = found["n"], found["r"], found["w"]


def _held(rows: dict[uuid.UUID, Standing]) -> None:
    for side, ids in _side(rows):
        counts = (
            Examination.objects.filter(HELD, **{f"{side}__in": ids})
            .values(pk_of=F(side))
            .annotate(n=Count("id"), first=Min("selected"))
        )
        for found in counts:
            rows[found["pk_of"]].held, rows[found["pk_of"]].held_since = found["n"], found["first"]


SORTS = {
    "name": lambda row: row.account.name.casefold(),
    "score": lambda row: row.assessment.score if row.assessment else Decimal(-1),
    "value": lambda row: row.value,
    "duties": lambda row: row.duties_taxes_fees,
    "entries": lambda row: row.entries,
    "cargo": lambda row: row.cargo,
    "held": lambda row: (row.held, -(row.held_since or datetime.date.max).toordinal()),
}


def newest(accounts: Iterable[Account]) -> datetime.date | None:
    """The day of the newest examination of these accounts, for the stamp; one look into the index for each."""
    latest = Examination.objects.filter(account=OuterRef("pk")).order_by("-selected").values("selected")[:1]
    found = Account.objects.filter(pk__in=[one.pk for one in accounts]).annotate(day=Subquery(latest))
    return found.order_by().aggregate(newest=Max("day"))["newest"]


HEADS = [
    "Account",
    "Managed As",
    "State",
    "Center",
    "Manager",
    "Score",
    "Band",
    "Score As Of",
    "Value, Twelve Whole Months",
    "Duties, Taxes and Fees",
    "Entries",
    "Cargo Examinations",
    "Random Lines Reviewed",
    "Of These Wrong",
    "Held Now",
    "Held Since",
]


DEFINITIONS: Facts = (
    ("Twelve Whole Months", "The twelve whole months before this one; brokers are summed by what they filed."),
    ("Score", "The sum of named parts under a numbered version of the model; never shown to accounts."),
    ("Random Lines Reviewed", "Closed reviews of lines picked at random: only these tell how often errors happen."),
    ("Held Now", "Cargo examinations for which goods wait."),
)


def sheet_of(rows: Iterable[Standing]) -> Sheet:
    """The portfolio as a file, in its order."""
    return Sheet("accounts", HEADS, (_cells(row) for row in rows))


def _cells(row: Standing) -> list[Cell]:
    account, assessment = row.account, row.assessment
    return [
        account.name,
        account.get_kind_display(),
        account.get_state_display(),
        account.center.name if account.center else "",
        row.manager,
        assessment.score if assessment else None,
        assessment.get_band_display() if assessment else "",
        assessment.as_of if assessment else None,
        row.value,
        row.duties_taxes_fees,
        row.entries,
        row.cargo,
        row.reviews,
        row.reviews_wrong,
        row.held,
        row.held_since,
    ]
