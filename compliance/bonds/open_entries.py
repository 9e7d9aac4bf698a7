"""Which of an account's successive bonds are still open: asked of the entries that this person may read."""

import datetime
from collections.abc import Sequence

from django.db.models import Case, Count, DateField, F, Max, Q, Value, When

from accounts.access import reach_now
from accounts.models import Person
from compliance.bonds.liability import Liability, Open, liability_of, replaced_by, with_unseen
from compliance.bonds.models import Bond
from compliance.bonds.told import BondPage
from examinations.closing.windows import SAID_LIQUIDATED, UNDATED, ExpectedLiquidation
from examinations.models import Entry
from examinations.models.entry import Source


def _on(bond: Bond) -> Q:
    """The entries that a bond answers for: on its numbers, from the days on which it was in force."""
    numbers = [one.identifier_id for one in bond.numbers]  # type: ignore[attr-defined]
    rows = Q(identifier__in=numbers, entry_date__gte=bond.effective, bond_number__in=["", bond.number])
    return rows & Q(entry_date__lt=bond.terminates) if bond.terminates else rows


def open_entries(
    bonds: Sequence[Bond], person: Person, day: datetime.date
) -> dict[int, tuple[int, int, datetime.date | None]]:
    """Of each bond (its id) with open entries: how many, of how many no day can be told, and the last day of the others; one
    statement."""
    liquidation = Case(
        When(liquidation_date__isnull=False, then=F("liquidation_date")),
        When(UNDATED, then=Value(None, DateField())),
        default=ExpectedLiquidation(F("entry_date")),
        output_field=DateField(),
    )
    of = Case(*(When(_on(one), then=Value(one.pk)) for one in bonds))
    rows = Entry.objects.visible_to(person).filter(source=Source.CBP)
    rows = rows.exclude(liquidation_date__lte=day).exclude(SAID_LIQUIDATED, liquidation_date=None)
    covered = [one for bond in bonds for one in bond.numbers]  # type: ignore[attr-defined]
    numbers, accounts = {one.identifier_id for one in covered}, {one.account_id for one in covered}
    counted = (
        rows.filter(account__in=accounts, identifier__in=numbers, entry_date__gte=min(one.effective for one in bonds))
        .annotate(of=of, closes=liquidation)
        .exclude(of=None)
        .order_by()
        .values_list("of")
        .annotate(n=Count("pk"), undated=Count("pk", filter=Q(closes=None)), last=Max("closes"))
    )
    return {pk: (n, undated, last) for pk, n, undated, last in counted}


def liability_on(page: BondPage, person: Person, day: datetime.date) -> Liability | None:
    """How long the bonds of a page's account stay open, and the next one where one must be asked for; None where no two of
    them are ever open at once from today on."""
    judged = page.judged
    bonds = [one for one in page.bonds if one.is_judged and not one.of_another]
    if judged is None or not bonds:
        return None
    outlook = judged.outlook
    follows = any(judged.bond and one.effective > judged.bond.effective for one in bonds)
    asks = (
        outlook is not None and not outlook.is_enough and not judged.delinquent
    )  # else CBP determines the next amount
    begins = outlook.half if outlook and asks and not follows else None
    if len(bonds) == 1 and begins is None:
        return None
    found, held = open_entries(bonds, person, day), reach_now(person)
    chain = []
    for bond in bonds:
        entries, undated, last = found.get(bond.pk, (0, 0, None))
        one = Open(bond.number, bond.amount, bond.effective, bond.terminates, last, entries, undated)
        whose = {number.account_id for number in bond.numbers}  # type: ignore[attr-defined]
        if not held.everything and not whose <= held.entries:
            one = with_unseen(one)
        if bond == judged.bond and outlook and begins and bond.terminates is None:
            chain += replaced_by(one, outlook.ask_for, max(begins, day))
        else:
            chain.append(one)
    return liability_of(chain, day)
