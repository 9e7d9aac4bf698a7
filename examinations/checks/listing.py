"""Which lines of one check one person asks for: the same for the page and for its file."""

from django.db.models import F, Q, QuerySet

from accounts.models import Account, Person
from examinations import figures
from examinations.checks.catalogue import CHECKS, OF_LINE_ALONE
from examinations.checks.check import Check
from examinations.exports.kinds import Asked, last_of
from examinations.models import CheckFinding, LookedAt

SAID = {"open": "Lines to look at", "looked-at": "Lines looked at", "all": "All lines"}
SHOWN = {"open": Q(looked_at=False), "looked-at": Q(looked_at=True), "all": Q()}
#: By line what its account's people said of it.
Marks = dict[tuple[str, str, int], LookedAt]


def checks_for(account: Account) -> list[Check]:
    """A broker is shown what tells nothing of lines that others filed."""
    of_broker = account.kind == Account.Kind.BROKER
    return [check for key, check in CHECKS.items() if not of_broker or key in OF_LINE_ALONE]


def findings_of(account: Account, person: Person) -> QuerySet[CheckFinding]:
    """What all checks found on the account's lines, as far as this person may see it, with `looked_at`."""
    rows = CheckFinding.objects.visible_to(person).filter(figures.of_account(account))
    return rows.with_looks(account)


def marks_of(rows: list[CheckFinding], account: Account) -> Marks:
    """The marks of these lines; one statement."""
    marks = LookedAt.objects.filter(account=account, entry_number__in={row.entry_number for row in rows})
    return {(one.kind, one.entry_number, one.line): one for one in marks.select_related("by")}


class CheckList:
    """The lines of one check, most money first. check: None for one that this account is not shown."""

    def __init__(self, asked: Asked) -> None:
        filters = last_of(asked.filters)
        self.asked = asked
        self.check = next((one for one in checks_for(asked.account) if one.key == filters.get("check")), None)
        shown = filters.get("show", "open")
        self.shown = shown if shown in SHOWN else "open"
        everything = findings_of(asked.account, asked.person)
        self.of_check = everything.filter(kind=self.check.key) if self.check else everything.none()
        found = self.of_check.filter(SHOWN[self.shown])
        self.rows = found.order_by(F("money").desc(nulls_last=True), "-entry_date", "id")
