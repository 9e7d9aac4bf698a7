"""Which examinations of an account one person asks for, in which order: the same for the page and for its file."""

from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, F, QuerySet

from accounts.models import Account, Person
from examinations import figures
from examinations.breakdowns.uncounted import waiting_of
from examinations.exports.kinds import Asked
from examinations.filters import SORTS, ExaminationFilter, american, this_year
from examinations.models import Dimension, Examination, ExaminationBreakdown
from examinations.models.examination import CARGO, OPEN_REVIEW, ExaminationType

NEWEST_FIRST = "-selected"
DIGITS_OF_PORT = 4
MAY_BE_EMPTY = ("days",)


def asked_filters(asked: Asked) -> dict[str, Any]:
    """What the address asks for; without a period or a number to find, this year."""
    filters: dict[str, Any] = {name: values[-1] for name, values in asked.filters.items() if values}
    filters["result"] = list(asked.filters.get("result", []))
    if not any(filters.get(name) for name in ("start", "end", "find")):
        start, end = this_year(asked.today)
        filters |= {"start": start.isoformat(), "end": end.isoformat()}
    return filters | {name: american(filters.get(name, "")) for name in ("start", "end")}


def _sorted(rows: QuerySet[Examination], asked: str) -> tuple[QuerySet[Examination], str]:
    """Order by a known column; a minus before its name turns it around. Newest first otherwise."""
    name = asked.removeprefix("-")
    if name not in SORTS:
        name, asked = "selected", NEWEST_FIRST
    first, *rest = SORTS[name]
    down = asked.startswith("-")
    # Where nothing can be empty nothing is said of it: the index has the rows in that order, and no other.
    last = True if first in MAY_BE_EMPTY else None
    order = [F(first).desc(nulls_last=last) if down else F(first).asc(nulls_last=last)]
    order += [F(part.lstrip("-")).desc() if down or part.startswith("-") else F(part).asc() for part in rest]
    return rows.order_by(*order), asked


def visible_examinations(account: Account, person: Person, client: Account | None = None) -> QuerySet[Examination]:
    """The account's examinations that this person may see; of a broker's also those that it filed, or of one client."""
    if account.kind == Account.Kind.BROKER or client:
        return figures.examinations_of(account, client).visible_to(person)
    return Examination.objects.visible_of(account.pk, person)  # type: ignore[attr-defined,no-any-return]


def ports_of(account: Account, everything: QuerySet[Examination], filters: dict[str, Any]) -> list[str]:
    """The ports that the list can be narrowed to, from the sums; another that is asked for, if something was there."""
    sums = ExaminationBreakdown.objects.filter(figures.of_account(account), dimension=Dimension.PORT)
    ports = set(sums.values_list("code", flat=True).distinct())
    asked = str(filters.get("port", ""))
    if len(asked) == DIGITS_OF_PORT and asked not in ports:
        there = everything.filter(port=asked).order_by().values("pk")
        if ports:
            # What sums lack: rows loaded just now, since they are counted behind a load, and reviews that are open. Each is
            # asked for itself: of both together all rows of the account would be looked at.
            there = there.filter(OPEN_REVIEW).union(there.filter(Exists(waiting_of(account))), all=True)
        if there.exists():
            ports.add(asked)
    return sorted(ports)


class ExaminationList:
    """The filter, its rows in their order, and which columns this person reads."""

    def __init__(self, asked: Asked) -> None:
        account, reach = asked.account, asked.reach
        self.asked = asked
        everything = visible_examinations(account, asked.person)
        filters = asked_filters(asked)
        self.sees_reasons = reach.sees_law_enforcement_data(account.pk)
        # A broker never sees what its clients paid.
        of_importer = account.kind != Account.Kind.BROKER
        self.sees_cost = of_importer and reach.sees_cost(account.pk)
        self.with_reviews = bool(filters.get("reviews"))
        rows = figures.with_days(everything, asked.today)
        if not self.with_reviews:
            rows = rows.exclude(type=ExaminationType.ESR)
        self.filter = ExaminationFilter(
            filters,
            queryset=rows,
            person=asked.person,
            account=account,
            ports=ports_of(account, everything, filters),
            sees_reasons=self.sees_reasons,
        )
        self.usable = self.filter.is_valid()
        self.rows, self.sort = _sorted(
            self.filter.qs if self.usable else rows.none(), str(filters.get("sort", NEWEST_FIRST))
        )

    def cut(self, page: Page, cargo: int) -> QuerySet[Examination]:
        """The rows of a page. cargo: how many of all are cargo examinations.

        Reviews hold no goods and have no days: in an order by days they come after all cargo, and need not be sorted.
        """
        if self.sort.removeprefix("-") not in MAY_BE_EMPTY or page.end_index() > cargo:
            return page.object_list  # type: ignore[return-value]
        return self.rows.filter(CARGO)[max(0, page.start_index() - 1) : page.end_index()]
