"""Checks that an auditor would run: what they found, and what the account says of it."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.checks.check import Check
from examinations.checks.duties_on_file import said_of_duties_on_file
from examinations.checks.finding import first_day
from examinations.checks.listing import SHOWN, CheckList, checks_for, findings_of, marks_of
from examinations.checks.missing_additional_duty import KEY
from examinations.checks.notices_asking import notices_of
from examinations.exports.check import sheet_of
from examinations.models import CheckFinding, LookedAt
from examinations.models.check import LONGEST_REASON
from examinations.views.exports import asked_of
from look.downloads import FORMATS, Sheet, download
from look.formats import plural
from look.paging import CappedPaginator

PAGE = 25
HEADS_OF_ALL = ["Question", "By Which Rule", "Lines to Look At", "In Question", "Lines Without An Amount", "Looked At"]


class LookForm(forms.Form):
    """Lines of one page, and what one found in them."""

    lines = forms.ModelMultipleChoiceField(
        CheckFinding.objects.none(),
        error_messages={
            "required": "Choose the lines that you looked at.",
            "invalid_choice": "One of these lines is not in the list any more; look again.",
            "invalid_pk_value": "One of these lines is not in the list any more; look again.",
        },
    )
    reason = forms.CharField(
        label="What did you find?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words what you found."},
    )

    def __init__(self, *args: Any, rows: QuerySet[CheckFinding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lines"].queryset = rows  # type: ignore[attr-defined]


@allow()
@of_account(kind="entries")
def checks_page(request: HttpRequest, account: Account) -> HttpResponse:
    """All checks with their rows and their money."""
    today = timezone.localdate()
    counted = {
        one["kind"]: one
        for one in findings_of(account, request.user)
        .values("kind")
        .annotate(
            open=Count("id", filter=SHOWN["open"]),
            looked=Count("id", filter=SHOWN["looked-at"]),
            in_question=Sum("money", filter=SHOWN["open"]),
            unknown=Count("id", filter=SHOWN["open"] & Q(money=None)),
        )
    }
    rows = [(check, counted.get(check.key, {})) for check in checks_for(account)]
    if request.GET.get("download") in FORMATS:
        asks = [(check.title, f"{check.asks} In question: {check.money}") for check, _ in rows]
        return download(_sheet_of_all(rows), request.GET["download"], request, definitions=asks)
    context = {
        "rows": rows,
        "open": sum(one.get("open", 0) for _, one in rows),
        "looked": sum(one.get("looked", 0) for _, one in rows),
        "money": sum(one.get("in_question") or 0 for _, one in rows),
        "first": first_day(today),
        "chapter_99": KEY,
        "duties": said_of_duties_on_file(account, request.user, first_day(today)),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/checks.html", context)


@allow()
@of_account(kind="entries")
def check_page(request: HttpRequest, account: Account, check: str) -> HttpResponse:
    """The rows that one check found, most money first; members mark those that they looked at."""
    asked = asked_of(request, account)
    listed = CheckList(replace(asked, filters={**asked.filters, "check": [check]}))
    if listed.check is None:
        raise Http404
    form = LookForm(rows=listed.of_check)
    if request.method == "POST":
        form = LookForm(request.POST, rows=listed.of_check)
        if account.pk not in request.reach.own:
            raise Http404
        if form.is_valid():
            return _mark(request, account, form)
    paginator = CappedPaginator(listed.rows, PAGE)
    if request.GET.get("download") in FORMATS and not paginator.is_capped:
        return download(sheet_of(listed), request.GET["download"])
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    _say_what_was_found(page.object_list, account)
    asking = notices_of(page.object_list, request.user)
    for row in page.object_list:
        row.notices = asking.get(row.pk, [])
    sums = listed.rows.order_by().aggregate(count=Count("id"), in_question=Sum("money"))
    since = first_day(asked.today)
    of_duties = said_of_duties_on_file(account, request.user, since) if listed.check.key == KEY else ""
    context = {
        "check": listed.check,
        "duties": of_duties,
        "shown": listed.shown,
        "page": page,
        "sums": sums,
        "form": form,
        "chosen": request.POST.getlist("lines"),
        "may_mark": account.pk in request.reach.own,
        "newest": figures.newest_data(account, timezone.localdate()),
    }
    return render(request, "examinations/check.html", context)


def _mark(request: HttpRequest, account: Account, form: LookForm) -> HttpResponse:
    found = list(form.cleaned_data["lines"])
    marked = LookedAt.mark(found, account, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"{plural(marked, 'line is', 'lines are')} marked as looked at.")
    return redirect(request.get_full_path())


def _say_what_was_found(rows: list[CheckFinding], account: Account) -> None:
    """Give the rows of one page their marks: one statement for all of them."""
    marks = marks_of(rows, account)
    for row in rows:
        row.mark = marks.get((row.kind, row.entry_number, row.line))


def _sheet_of_all(rows: list[tuple[Check, dict[str, Any]]]) -> Sheet:
    cells = [
        [check.title, check.rule, *(one.get(name, 0) for name in ("open", "in_question", "unknown", "looked"))]
        for check, one in rows
    ]
    return Sheet("checks", HEADS_OF_ALL, cells)
