"""All dates that bind an account, out of every room. What a person may not see gives no date."""

import datetime
from collections.abc import Iterable

from accounts.models import Account, Person
from examinations import clocks
from portal.dates.asked import Asked, Source, found
from portal.dates.bound import Bound, in_order
from portal.dates.entered import dates_from_entry
from portal.dates.entries import closing_windows, reconciliations
from portal.dates.goods import dates_of_goods
from portal.dates.small import (
    bond_letters,
    bond_terminations,
    comments_due,
    delegations,
    follow_ups,
    isa_letters,
    isa_tests,
    notices_in_force,
    notices_to_confirm,
    plan_actions,
    requests_to_answer,
)


def status_report(asked: Asked) -> list[Bound]:
    """The days between which a broker files its triennial status report."""
    if asked.account.kind != Account.Kind.BROKER:
        return []
    days = []
    for begins, last in clocks.status_reports(*asked.span):
        opens, ends = (
            "The triennial status report can be filed from today on",
            "Last day for the triennial status report",
        )
        days.append(Bound(begins, f"status-report-begins-{begins.year}", opens))
        days.append(Bound(last, f"status-report-{last.year}", ends, urgent=True))
    return [one for one in days if asked.spans(one.day)]


SOURCES: tuple[Source, ...] = (
    dates_of_goods,
    requests_to_answer,
    dates_from_entry,
    closing_windows,
    reconciliations,
    bond_terminations,
    bond_letters,
    notices_in_force,
    notices_to_confirm,
    comments_due,
    delegations,
    status_report,
    isa_letters,
    isa_tests,
    plan_actions,
    follow_ups,
)


def dates_that_bind(
    account: Account,
    person: Person,
    start: datetime.date,
    end: datetime.date,
    *,
    as_of: datetime.date,
    sources: Iterable[Source] = SOURCES,
) -> list[Bound]:
    """All dates of an account between two days, both included, that this person may see, in their order."""
    return in_order(found(Asked(account, person, start, end, as_of), sources))


#: What the first page says besides goods held, requests and notices, which stand there by themselves.
ON_THE_FIRST_PAGE: tuple[Source, ...] = (
    closing_windows,
    reconciliations,
    bond_terminations,
    bond_letters,
    status_report,
)
DAYS_OF_THE_FIRST_PAGE, MOST_ON_THE_FIRST_PAGE = 30, 3


def first_dates(account: Account, person: Person, as_of: datetime.date) -> tuple[list[Bound], int]:
    """The few dates that a first page names, urgent ones before others and none
    without money, and how many there are within thirty days."""
    last = as_of + datetime.timedelta(days=DAYS_OF_THE_FIRST_PAGE)
    dates = dates_that_bind(account, person, as_of, last, as_of=as_of, sources=ON_THE_FIRST_PAGE)
    about_money = [one for one in dates if one.urgent or one.duty != 0]
    named = sorted(about_money, key=lambda one: not one.urgent)[:MOST_ON_THE_FIRST_PAGE]
    return in_order(named), len(dates)
