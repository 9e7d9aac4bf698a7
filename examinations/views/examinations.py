"""The list of an account's examinations, and one of them."""

import datetime
from typing import Any

from django.db.models import Count, Max, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from examinations import figures, past
from examinations.entry_dates import dates_of
from examinations.exports import found
from examinations.exports.about import FOUND
from examinations.exports.examinations import sheet_of
from examinations.filters import this_year
from examinations.holding import holding_of
from examinations.list_sums import sums_of
from examinations.listing import ExaminationList
from examinations.milestones import clock_of, steps_of
from examinations.models import Cost, Discrepancy, EntryLine, Examination, Port
from examinations.models.detention import detention_of
from examinations.results import deed_of, result_of
from examinations.textiles import with_textiles
from examinations.views.costs import CostForm, may_record
from examinations.views.detention import is_staff
from examinations.views.exports import asked_of
from examinations.views.questions import questions_about
from examinations.waiting import waiting_of
from look.downloads import FORMATS, download
from look.paging import CappedPaginator

PAGE = 15
ROWS_SHOWN = 50


def _annotate(page: list[Examination], person: Person, as_of: datetime.date) -> None:
    """Give the rows of one page their money: two statements for all of them."""
    cost = Cost.objects.visible_to(person).by_examination([row.pk for row in page])
    for row in page:
        row.cost = cost.get(row.pk)
        row.result = result_of(row, holding_of(row, detention_of(row), as_of))
        differences = [
            part.revenue_difference for part in row.discrepancies.all() if part.revenue_difference is not None
        ]
        row.revenue_difference = sum(differences) if differences else None
        row.found = ", ".join(dict.fromkeys(part.get_type_display() for part in row.discrepancies.all()))


@allow()
@of_account(kind="examinations")
def examination_list(request: HttpRequest, account: Account) -> HttpResponse:
    """Which, where, how long, what came of it; as a page or as a file."""
    today = timezone.localdate()
    listed = ExaminationList(asked_of(request, account))
    paginator = CappedPaginator(listed.rows, PAGE)
    if request.GET.get("download") in FORMATS and listed.usable and not paginator.is_capped:
        return download(sheet_of(listed), request.GET["download"])
    sums = sums_of(listed)
    paginator.count = min(sums["count"], paginator.CAP + 1)
    page = paginator.get_page(request.GET.get("page"))
    parts = Prefetch("discrepancies", Discrepancy.objects.visible_to(request.user))
    shown = listed.cut(page, sums["cargo"]).prefetch_related(parts).select_related("account", "detention")
    page.object_list = list(shown.select_related("selection") if listed.sees_reasons else shown)
    _annotate(page.object_list, request.user, today)
    context = {
        "filter": listed.filter,
        "usable": listed.usable,
        "page": page,
        "sort": listed.sort,
        "sums": sums,
        "ports": listed.filter.port_names,
        "sees_reasons": listed.sees_reasons,
        "sees_cost": listed.sees_cost,
        "of_broker": account.kind == Account.Kind.BROKER,
        "year": figures.entries_examined(account, figures.Period(*this_year(today)))[0],
        "held": figures.held_now(account, today).order_by().aggregate(count=Count("id"), longest=Max("days")),
        "newest": figures.newest_data(account, today),
        "reviews": listed.with_reviews,
        "today": today,
    }
    return render(request, "examinations/list.html", context)


def _reason(examination: Examination, *, whole: bool) -> str:
    if whole:
        return examination.selection.get_reason_display() if hasattr(examination, "selection") else ""
    return examination.told_reason


def _cost_of(request: HttpRequest, examination: Examination) -> dict[str, Any]:
    """What it cost, as the panel shows it: the account's own rows, and the file's value that they replace."""
    rows = list(Cost.objects.visible_to(request.user).filter(examination=examination).order_by("dated", "pk"))
    own = [row for row in rows if row.by == Cost.By.ACCOUNT]
    return {
        "sees_cost": request.reach.sees_cost(examination.account_id),
        "own_costs": own,
        "file_cost": next((row for row in rows if row.by == Cost.By.FILE), None),
        "cost_total": sum(row.amount for row in own) if own else None,
        "cost_form": CostForm() if may_record(request, examination) else None,
    }


@allow()
@of_account(kind="examinations")
def examination_page(request: HttpRequest, account: Account, examination_id: int) -> HttpResponse:
    """One examination with its milestones, its entry and what was found."""
    today = timezone.localdate()
    rows = figures.with_days(figures.examinations_of(account).visible_to(request.user), today)
    rows = with_textiles(rows, request.user).select_related("entry", "identifier", "detention")
    examination = rows.filter(pk=examination_id).first()
    if examination is None:
        raise Http404
    discrepancies = examination.discrepancies.visible_to(request.user)
    if request.GET.get("download") in FORMATS:
        sheet = found.sheet_of(examination, discrepancies)
        return download(sheet, request.GET["download"], request, definitions=FOUND)
    waiting = waiting_of(examination, request.user, today)
    entry_rows = EntryLine.objects.visible_to(request.user).filter(entry=examination.entry_id)
    if examination.line:
        entry_rows = entry_rows.filter(line=examination.line)
    context = {
        "examination": examination,
        "result": result_of(examination, waiting.holding),
        "deed": deed_of(examination),
        "port": Port.objects.filter(code=examination.port).first(),
        "waiting": waiting,
        "holding": waiting.holding,
        "detention": waiting.detention,
        "staff": is_staff(request, examination),
        "discrepancies": discrepancies,
        **_cost_of(request, examination),
        **questions_about(request, account, examination),
        "past": past.examination_changes(examination, request.user),
        "reason": _reason(examination, whole=request.reach.sees_law_enforcement_data(examination.account_id)),
        "sees_reason": request.reach.sees_law_enforcement_data(examination.account_id),
        "entry": examination.entry,
        "entry_rows": entry_rows.order_by("line", "ordinal")[:ROWS_SHOWN] if examination.entry_id else [],
        "steps": steps_of(
            examination,
            examination.entry,
            today,
            waiting.holding,
            waiting.detention,
            waiting.waits_for,
            textiles=examination.textiles,
        ),
        "clock": clock_of(examination, waiting.holding, waiting.detention, today),
        "dates": dates_of(examination.entry, today) if examination.entry else None,
        "newest": figures.newest_data(account, today),
        "today": today,
    }
    return render(request, "examinations/one.html", context)
