"""The list of an account's entries, and one of them with all its lines."""

import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Identifier
from examinations import figures, past
from examinations.entries import kept, listing, sheets
from examinations.entries.asked import EntryList
from examinations.entries.liquidation import liquidation_of
from examinations.entries.names import type_name
from examinations.entries.rows import Shown, in_reading_order
from examinations.entry_dates import Standing, dates_of
from examinations.exports.about import ENTRY_LINES
from examinations.exports.entries import sheet_of
from examinations.holding import holding_of
from examinations.models import CustomsRequest, Entry, EntryLine, Examination, Port
from examinations.models.detention import detention_of
from examinations.models.entry import NO_DUTY_TYPES, Source
from examinations.requests.words import lines_of, standing_of
from examinations.results import deed_of, result_of
from examinations.views.exports import asked_of
from look.downloads import FORMATS, MOST_ROWS, download
from look.paging import CappedPaginator

PAGE = 25
LINES_SHOWN = 50


@allow()
@of_account(kind="entries")
def entry_list(request: HttpRequest, account: Account) -> HttpResponse:
    """Which entries, through whom, worth what, examined or not, liquidated or not; as a page or as a file."""
    today = timezone.localdate()
    listed = EntryList(asked_of(request, account))
    chosen, usable, found, sort = listed.filter, listed.usable, listed.rows, listed.sort
    asked = chosen.form.cleaned_data if usable else {}
    sums = listed.sums()
    few = sums["count"] <= MOST_ROWS
    if request.GET.get("download") in FORMATS and usable and few:
        return download(sheet_of(listed), request.GET["download"])
    paginator = CappedPaginator(found, PAGE)
    paginator.count = min(sums["count"], MOST_ROWS + 1)
    page = paginator.get_page(request.GET.get("page"))
    shown = slice(max(0, page.start_index() - 1), page.end_index())
    page.object_list = listing.whole(kept.first_in_order(found, listed.days, asked, sort, shown.stop)[shown])
    examined = sheets.examinations_of_entries(page.object_list, request.user)
    for entry in page.object_list:
        entry.liquidation = liquidation_of(entry, today)
        entry.examined = examined.get(entry.pk, 0)
        entry.fees = sum(amount or 0 for amount in (entry.mpf, entry.hmf, entry.tax, entry.other_fees))
        entry.by = sheets.filed_by(entry)
    context = {
        "filter": chosen,
        "usable": usable,
        "page": page,
        "sort": sort,
        "sums": sums,
        "ports": chosen.port_names,
        "of_broker": chosen.is_broker,
        "period": asked,
        "party": dict(chosen.filters["party"].extra["choices"]).get(request.GET.get("party", ""), ""),
        "newest": figures.newest_data(account, today),
        "today": today,
        "years_back": today - datetime.timedelta(days=5 * 365),
    }
    return render(request, "examinations/entries.html", context)


def _lines(rows: Any, entry: Entry, asked: str | None) -> tuple[Page, list[Shown]]:
    """A page of lines, and all tariff rows of these lines."""
    paginator = Paginator(
        rows.filter(stands_for_line=True).order_by("line").values_list("line", flat=True), LINES_SHOWN
    )
    paginator.count = entry.lines
    page = paginator.get_page(asked)
    lines = list(page.object_list)
    of_page = rows.filter(line__range=(lines[0], lines[-1])) if lines else rows.none()
    return page, in_reading_order(of_page, entry.entry_date)


@allow()
@of_account(kind="entries")
def entry_page(request: HttpRequest, account: Account, number: str) -> HttpResponse:
    """One entry: its lines and tariff rows, its money, its examinations, who filed it, where its liquidation stands."""
    today = timezone.localdate()
    plain = number.replace("-", "").upper()
    entries = listing.entries_of(account).visible_to(request.user).select_related("account", "filer")
    # CBP's before one's own, where a broker and its client each have theirs.
    entry = entries.filter(number=plain).order_by("source").first()
    if entry is None:
        raise Http404
    rows = EntryLine.objects.visible_to(request.user).filter(entry=entry)
    if request.GET.get("download") in FORMATS:
        return download(sheets.line_sheet(entry, rows), request.GET["download"], request, definitions=ENTRY_LINES)
    page, shown = _lines(rows, entry, request.GET.get("page"))
    found = Examination.objects.visible_to(request.user).filter(entry=entry).select_related("detention")
    examinations = list(found.order_by("-selected", "-pk"))
    for one in examinations:
        one.result, one.deed = result_of(one, holding_of(one, detention_of(one), today)), deed_of(one)
    requests = list(
        CustomsRequest.objects.visible_to(request.user).filter(entry=entry).with_lines().order_by("-issued")
    )
    for asked in requests:
        asked.standing, asked.asked_lines = standing_of(asked, today), lines_of(asked.line_numbers)
    dates = dates_of(entry, today)
    sees_bond = request.reach.everything or entry.account_id in request.reach.bonds
    context = {
        "entry": entry,
        "page": page,
        "rows": shown,
        "parts_of_set": any(not one.row.counts_value for one in shown),
        "type": type_name(entry.entry_type),
        "no_duty": entry.entry_type in NO_DUTY_TYPES,
        "port": Port.objects.filter(code=entry.port).first(),
        "by": sheets.filed_by(entry),
        "number": Identifier.objects.visible_to(request.user).filter(pk=entry.identifier_id).first(),
        "fees": sum(amount or 0 for amount in (entry.mpf, entry.hmf, entry.tax, entry.other_fees)),
        "liquidation": liquidation_of(entry, today),
        "dates": dates,
        "liquidated": dates.standing == Standing.LIQUIDATED,
        "late": entry.summary_date is not None and entry.summary_date > dates.summary_by,
        "examinations": examinations,
        "requests": requests,
        "sees_bond": sees_bond,
        "past": past.entry_changes(entry, request.user, sees_bond=sees_bond),
        "of_broker": account.kind == Account.Kind.BROKER,
        "from_you": entry.source == Source.OWN,
        "reported": timezone.localdate(entry.version_at),
        "today": today,
    }
    return render(request, "examinations/entry.html", context)
