"""What closes soon: entries that may be corrected or protested for some days yet, with the money in question."""

import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import closing, figures
from examinations.closing.listing import Asked, ClosingList
from examinations.entry_dates import dates_of
from examinations.exports.closing import sheet_of
from examinations.models import Entry, Port
from examinations.views.exports import asked_of
from look.downloads import FORMATS, download
from look.paging import CappedPaginator

PAGE = 25


def _listed(asked: Asked) -> tuple[Any, dict[str, Any]]:
    """The list to cut a page from, and its sums. By money in question only the few that are asked about are read, and
    the others are counted from sums, where these hold all entries."""
    if asked.sort.removeprefix("-") != "question" or not closing.hold_all([asked.account]):
        return asked.rows.select_related("account"), _sums(asked.rows)
    days = (asked.sides, asked.person, asked.as_of, asked.last)
    few, down = closing.asked_about([asked.account], *days, window=asked.window), asked.sort.startswith("-")
    if asked.found:
        return closing.Ranked(few, asked.bare.none(), down=down), closing.sums_of_few(few)
    by_day = closing.closing_days(*days, window=asked.window)
    return closing.Ranked(few, asked.bare, down=down, days=by_day), closing.sums_of_days(by_day, few)


def _sums(rows: QuerySet[Entry]) -> dict[str, Any]:
    """The row of sums, over all pages, and the sentence at the head."""
    return rows.order_by().aggregate(
        count=Count("id"),
        corrections=Count("id", filter=Q(correction_by__isnull=False)),
        first=Min("closes"),
        sum_duty=Sum("duty"),
        with_question=Count("id", filter=Q(question__gt=0)),
        sum_question=Sum("question"),
        sum_owed=Sum("owed"),
        sum_overpaid=Sum("overpaid"),
        sum_checked=Sum("checked"),
    )


@allow()
@of_account(kind="entries")
def closing_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Which entries can still be corrected or protested, for how long, and how much money that is about."""
    today = timezone.localdate()
    found = ClosingList(asked_of(request, account))
    asked, form = found.asked, found.form
    if request.GET.get("download") in FORMATS and found.usable and not CappedPaginator(asked.rows, PAGE).is_capped:
        return download(sheet_of(found), request.GET["download"])
    listed, sums = _listed(asked) if found.usable else (Entry.objects.none(), {"count": 0})
    ports = dict(Port.objects.values_list("code", "name"))
    paginator = CappedPaginator(listed, PAGE)
    paginator.count = min(sums["count"], paginator.CAP + 1)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    checks = closing.checks_of(page.object_list, request.user)
    for one in page.object_list:
        one.checks = checks.get(one.pk, [])
        one.dates, one.left = dates_of(one, today), (one.closes - today).days
    context = {
        "form": form,
        "usable": found.usable,
        "days": found.days,
        "window": asked.window,
        "page": page,
        "sort": asked.sort,
        "sums": sums,
        "ports": ports,
        "of_broker": account.kind == Account.Kind.BROKER,
        "newest": figures.newest_data(account, today),
        "today": today,
        "urgent": today + datetime.timedelta(days=7),
    }
    return render(request, "examinations/closing.html", context)
