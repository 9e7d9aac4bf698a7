"""Which bond of an account is told of today, and what the published formula asks for on all numbers that it covers."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from accounts.models import Account, Person
from compliance.bonds.duties import duties_on
from compliance.bonds.models import Bond, BondReview, Delinquency
from compliance.bonds.sufficiency import required_amount, utilisation
from examinations import figures


@dataclass(frozen=True)
class Standing:
    """A continuous bond of activity 1 against the last twelve whole months.

    total, required: dollars of duties, taxes and fees, and the amount asked for; use: share of the bond, 1 is all of
    it; estimated: whether fees of some entries are; numbers: how many importer numbers the bond covers; delinquent: since
    when bills are overdue, so that the amount is for CBP to determine; None where none are.
    """

    bond: Bond
    total: Decimal
    use: Decimal
    required: Decimal
    estimated: bool
    numbers: int
    delinquent: datetime.date | None = None

    @property
    def review(self) -> BondReview | None:
        """What the review found last; None before it did."""
        return getattr(self.bond, "review", None)

    @property
    def gap(self) -> Decimal:
        """Dollars that the bond lacks; negative where it is more than enough."""
        return self.required - self.bond.amount

    @property
    def short(self) -> bool:
        """Whether the formula asks for more than the bond."""
        return self.gap > 0


def standing_of(account: Account, day: datetime.date) -> Standing | None:
    """How the account's bond stands on that day; None without one. Of several in force the worst is told, as the review found them:
    what is enough needs nobody."""
    overdue = Delinquency.objects.on(day).filter(account=OuterRef("account"))  # type: ignore[attr-defined]
    bonds = Bond.objects.in_force(day).filter(account=account).select_related("review")  # type: ignore[attr-defined]
    bond = bonds.annotate(delinquent_since=Subquery(overdue.values("since")[:1])).worst_first().first()
    if bond is None:
        return None
    months = figures.twelve_whole_months(day)
    duties = duties_on(bond, months.start, months.end.replace(day=1))
    return Standing(
        bond=bond,
        total=duties.total,
        use=utilisation(duties.total, bond.amount),
        required=required_amount(duties.total),
        estimated=duties.unsure_entries > 0,
        numbers=bond.covered.count(),
        delinquent=bond.delinquent_since,
    )


def bond_of_another(account: Account, person: Person, day: datetime.date) -> Bond | None:
    """The bond in force of another principal that covers a number of this account, which has none of its own.

    How far it is used is its principal's to know: it tells of the trade of all on it.
    """
    bonds = Bond.objects.visible_to(person).in_force(day).covering(account)
    return bonds.filter(of_another=True).order_by("-effective").first()  # type: ignore[no-any-return]
