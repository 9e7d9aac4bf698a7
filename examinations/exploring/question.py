"""What a table is asked: one value, however many it passes through."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Account, Person
from examinations.exploring.dimensions import Dimension
from examinations.exploring.measures import Measure
from examinations.figures import Period, of_account
from examinations.figures.table import of_months


@dataclass(frozen=True)
class Question:
    """What is counted of an account in a period, by what (row), against what (column; None: nothing), and for whom.

    client: of a broker's, alone; None: of all.
    """

    account: Account
    period: Period
    measure: Measure
    row: Dimension
    column: Dimension | None
    person: Person
    client: Account | None = None

    @property
    def dimensions(self) -> list[Dimension]:
        """The row, and the column where there is one."""
        return [self.row, self.column] if self.column else [self.row]

    @property
    def other_side(self) -> str:
        """The field of who an examination or entry is shared with: of a broker's its client, of an importer's its filer."""
        return "account" if self.account.kind == Account.Kind.BROKER else "filer"

    @property
    def within(self) -> Q:
        """The rows of sums by month that it is about."""
        return of_account(self.account, self.client) & of_months(self.period)
