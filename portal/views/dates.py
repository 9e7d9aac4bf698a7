"""All dates that bind an account: a month as a calendar, and what comes as a list."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Delegation
from examinations import figures
from look.downloads import FORMATS, Facts, Sheet, about_list, download
from look.formats import long_day
from notifications.models import Feed
from portal.dates.bound import Bound
from portal.dates.entries import MOST_ENTRIES
from portal.dates.month import holidays_between, weeks_of
from portal.dates.sources import dates_that_bind

DAYS_LISTED = 60
MONTHS_AHEAD = 24
#: Of which kinds of data dates come; a delegate reads those of the kinds that it holds.
KINDS = ("entries", "examinations", "bonds")
HEADS = ["Day", "Days Left", "What", "Note", "Rule", "Dollars In Question", "Duty Deposited"]
#: What the second sheet of the file says its columns mean.
DEFINITIONS = (
    (
        "Day",
        "The last day, or the day from which something is in force. The portal counts these days; it files nothing.",
    ),
    ("Rule", "The section that sets the day; a day that no section sets is marked as a project default."),
    (
        "Dollars In Question",
        "Of an entry: what examinations found, and what the checks of its lines ask about and nobody has looked at.",
    ),
    ("Duty Deposited", "Of entries with nothing in question, counted by day."),
)


def _month_after(month: datetime.date, count: int) -> datetime.date:
    years, index = divmod(month.month - 1 + count, 12)
    return datetime.date(month.year + years, index + 1, 1)


def _asked_month(asked: str, today: datetime.date) -> datetime.date | None:
    """The first day of the month that the address names; None for no month, or one behind or too far ahead."""
    try:
        month = datetime.date.fromisoformat(f"{asked}-01")
    except ValueError:
        return None
    this = today.replace(day=1)
    return month if this <= month <= _month_after(this, MONTHS_AHEAD) else None


def _sheet(dates: list[Bound], today: datetime.date, about: Facts) -> Sheet:
    rows = ([one.day, (one.day - today).days, one.title, one.note, one.rule, one.money, one.duty] for one in dates)
    return Sheet("dates", HEADS, rows, about)


@require_safe
@allow()
@of_account(kind=KINDS)
def dates_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The next sixty days as a list and this month as a calendar, or another month as both."""
    today = timezone.localdate()
    asked = request.GET.get("month", "")
    month = _asked_month(asked, today)
    this = today.replace(day=1)
    if month is None or month == this:
        shown, start, end = this, today, today + datetime.timedelta(days=DAYS_LISTED)
    else:
        shown, start = month, month
        end = _month_after(month, 1) - datetime.timedelta(days=1)
    dates = dates_that_bind(account, request.user, start, end, as_of=today)
    if request.GET.get("download") in FORMATS:
        days = [("From", long_day(start)), ("To", long_day(end))]
        about = about_list("Dates that bind", account.name, request.user.name, days, DEFINITIONS)
        return download(_sheet(dates, today, about), request.GET["download"])
    context = {
        "today": today,
        "shown": shown,
        "this_month": shown == this,
        "unusable": bool(asked) and month is None,
        "days": DAYS_LISTED,
        "most_entries": MOST_ENTRIES,
        "dates": dates,
        "question": sum(one.money for one in dates if one.money),
        "in_question": sum(bool(one.money) for one in dates),
        "weeks": weeks_of(shown, dates, today),
        "before": _month_after(shown, -1) if shown > this else None,
        "behind": _month_after(shown, 1) if shown < _month_after(this, MONTHS_AHEAD) else None,
        "feeds": Feed.objects.open().filter(account=account, person=request.user)
        if account.pk in request.reach.own
        else None,
        "opened": [Delegation.Kind(kind).label.lower() for kind in KINDS if account.pk in getattr(request.reach, kind)]
        if account.pk in request.reach.delegated
        else None,
        "holidays": holidays_between(start, end),
        "of_broker": account.kind == Account.Kind.BROKER,
        "newest": figures.newest_data(account, today),
    }
    return render(request, "portal/dates.html", context)
