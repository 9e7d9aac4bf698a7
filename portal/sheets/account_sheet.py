"""The account on one sheet: numbers, brokers, bonds, people, and whom to call about a hold at night.

What staff read beside it stands below the sheet or, of people, in lines that the account's own copy lacks.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from accounts.answering import Answering, answering_for
from accounts.models import Account, Enrollment, FilingRelation, Identifier, NightContact, Person
from compliance.bonds.models import Bond
from compliance.bonds.standing import Standing, standing_of
from compliance.bonds.words import one_line
from examinations import figures
from examinations.models import EntryMonth
from examinations.models.entry import Source
from portal.sheets.people import Somebody, people_of

RELATIONS = 12


@dataclass(frozen=True)
class AccountSheet:
    """Money in dollars of `period`, twelve whole months. relations: brokers of an importer, clients of a broker, who
    filed last first; of more than RELATIONS those, and `more_relations` says so."""

    period: figures.Period
    entries: int
    value: Decimal
    duties_taxes_fees: Decimal
    examined: figures.Rate | None
    held: int
    identifiers: list[Identifier]
    enrollments: list[Enrollment]
    relations: list[FilingRelation]
    more_relations: bool
    bonds: list[Bond]
    bond: Standing | None
    bond_line: str
    people: list[Somebody]
    answering: Answering | None
    night: NightContact | None


def sheet_of(account: Account, person: Person, today: datetime.date) -> AccountSheet:
    """What the person may see of it; as many statements as there are tables."""
    period = figures.twelve_whole_months(today)
    (examined,) = figures.entries_examined(account, period)
    months = EntryMonth.objects.visible_to(person).filter(figures.of_account(account), source=Source.CBP)
    sums = months.filter(month__range=(period.start, period.end)).aggregate(
        n=Sum("entries"), v=Sum("value"), d=Sum("duties_taxes_fees")
    )
    side = "broker" if account.kind == Account.Kind.BROKER else "importer"
    relations = FilingRelation.objects.filter(**{side: account}).select_related("importer", "broker")
    filed = list(relations.order_by("-last_filed", "pk")[: RELATIONS + 1])
    bond = standing_of(account, today)
    answering = answering_for(account, today)
    return AccountSheet(
        period=period,
        entries=sums["n"] or 0,
        value=sums["v"] or Decimal(0),
        duties_taxes_fees=sums["d"] or Decimal(0),
        examined=examined,
        held=figures.held_now(account, today).visible_to(person).count(),
        identifiers=list(Identifier.objects.visible_to(person).filter(account=account)),
        enrollments=list(Enrollment.objects.filter(account=account)),
        relations=filed[:RELATIONS],
        more_relations=len(filed) > RELATIONS,
        bonds=list(Bond.objects.visible_to(person).covering(account)),
        bond=bond,
        bond_line=one_line(bond.review, today) if bond and bond.review else "",
        people=people_of(account, person, answering, today),
        answering=answering,
        night=NightContact.objects.visible_to(person).filter(account=account).select_related("recorded_by").first(),
    )
