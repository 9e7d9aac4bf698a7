"""Which requests of an account one person asks for: the same for the page and for its file."""

from accounts.models import Account, Person
from examinations import figures
from examinations.exports.kinds import Asked, last_of
from examinations.filters import american
from examinations.models import CustomsRequest
from examinations.models.request import RequestQuerySet
from examinations.requests.filters import RequestFilter, in_order


def requests_of(account: Account, person: Person) -> RequestQuerySet:
    """The account's requests that this person may see, with `answer_by` and `said_on`."""
    rows: RequestQuerySet = CustomsRequest.objects.visible_to(person)  # type: ignore[attr-defined]
    return rows.of(account).with_dates()


def asked_filters(asked: Asked) -> dict[str, str]:
    """What the address asks for; without a period or a number to find, the last twelve months."""
    filters = last_of(asked.filters)
    if not any(filters.get(name) for name in ("start", "end", "find")):
        period = figures.twelve_months(asked.today)
        filters |= {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return filters | {name: american(filters.get(name, "")) for name in ("start", "end")}


class RequestList:
    """The filter and its rows in their order."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.everything = requests_of(asked.account, asked.person)
        self.filter = RequestFilter(asked_filters(asked), queryset=self.everything)
        self.usable = self.filter.is_valid()
        self.rows = in_order(self.filter.qs if self.usable else self.everything.none())
