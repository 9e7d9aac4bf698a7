"""Checks that an auditor would run: what they found, and what the account says of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.checks.catalogue import CHECKS, OF_LINE_ALONE
from examinations.checks.check import Check
from examinations.checks.finding import first_day
from examinations.models import CheckFinding, LookedAt
from examinations.models.check import LONGEST_REASON
from look.downloads import FORMATS, Cell, Facts, Sheet, about_list, download
from look.formats import entry_number, long_day, plural
from look.paging import CappedPaginator

PAGE = 25
SAID = {"open": "Lines to look at", "looked-at": "Lines looked at", "all": "All lines"}
SHOWN = {"open": Q(looked_at=False), "looked-at": Q(looked_at=True), "all": Q()}
HEADS = ["Entry Summary Number", "Line", "Entry Date", "HTS Number", "Country of Origin Code", "Manufacturer ID"]
HEADS += ["Value", "In Question", "Why", "Looked At", "What Was Found", "From"]
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


def _found(request: HttpRequest, account: Account) -> QuerySet[CheckFinding]:
    rows = CheckFinding.objects.visible_to(request.user).filter(figures.of_account(account))
    return rows.with_looks(account)


def _checks_for(account: Account) -> list[Check]:
    """A broker is shown what tells nothing of lines that others filed."""
    of_broker = account.kind == Account.Kind.BROKER
    return [check for key, check in CHECKS.items() if not of_broker or key in OF_LINE_ALONE]


@allow()
@of_account(kind="entries")
def checks_page(request: HttpRequest, account: Account) -> HttpResponse:
    """All checks with their rows and their money."""
    today = timezone.localdate()
    counted = {
        one["kind"]: one
        for one in _found(request, account)
        .values("kind")
        .annotate(
            open=Count("id", filter=SHOWN["open"]),
            looked=Count("id", filter=SHOWN["looked-at"]),
            in_question=Sum("money", filter=SHOWN["open"]),
            unknown=Count("id", filter=SHOWN["open"] & Q(money=None)),
        )
    }
    rows = [(check, counted.get(check.key, {})) for check in _checks_for(account)]
    if request.GET.get("download") in FORMATS:
        asks = [(check.title, f"{check.asks} In question: {check.money}") for check, _ in rows]
        return download(_sheet_of_all(rows), request.GET["download"], request, definitions=asks)
    context = {
        "rows": rows,
        "open": sum(one.get("open", 0) for _, one in rows),
        "looked": sum(one.get("looked", 0) for _, one in rows),
        "money": sum(one.get("in_question") or 0 for _, one in rows),
        "first": first_day(today),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/checks.html", context)


@allow()
@of_account(kind="entries")
def check_page(request: HttpRequest, account: Account, check: str) -> HttpResponse:
    """The rows that one check found, most money first; members mark those that they looked at."""
    asked = next((one for one in _checks_for(account) if one.key == check), None)
    if asked is None:
        raise Http404
    shown = request.GET.get("show", "open")
    shown = shown if shown in SHOWN else "open"
    of_check = _found(request, account).filter(kind=check)
    found = of_check.filter(SHOWN[shown]).order_by(F("money").desc(nulls_last=True), "-entry_date", "id")
    form = LookForm(rows=of_check)
    if request.method == "POST":
        form = LookForm(request.POST, rows=of_check)
        if account.pk not in request.reach.own:
            raise Http404
        if form.is_valid():
            return _mark(request, account, form)
    paginator = CappedPaginator(found, PAGE)
    if request.GET.get("download") in FORMATS and not paginator.is_capped:
        said = [("Shown", SAID[shown]), ("Entered since", long_day(first_day(timezone.localdate())))]
        asks = [(asked.title, f"{asked.asks} In question: {asked.money}")]
        about = about_list(asked.title, account.name, request.user.name, said, asks)
        return download(_sheet(found, account, check, about), request.GET["download"])
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    _say_what_was_found(page.object_list, account)
    sums = found.order_by().aggregate(count=Count("id"), in_question=Sum("money"))
    context = {
        "check": asked,
        "shown": shown,
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


def _looks(rows: list[CheckFinding], account: Account) -> dict[tuple[str, str, int], LookedAt]:
    marks = LookedAt.objects.filter(account=account, entry_number__in={row.entry_number for row in rows})
    return {(one.kind, one.entry_number, one.line): one for one in marks.select_related("by")}


def _say_what_was_found(rows: list[CheckFinding], account: Account) -> None:
    """Give the rows of one page their marks: one statement for all of them."""
    marks = _looks(rows, account)
    for row in rows:
        row.mark = marks.get((row.kind, row.entry_number, row.line))


def _sheet_of_all(rows: list[tuple[Check, dict[str, Any]]]) -> Sheet:
    cells = [
        [check.title, check.rule, *(one.get(name, 0) for name in ("open", "in_question", "unknown", "looked"))]
        for check, one in rows
    ]
    return Sheet("checks", HEADS_OF_ALL, cells)


def _sheet(found: QuerySet[CheckFinding], account: Account, check: str, about: Facts) -> Sheet:
    rows = list(found)
    marks = _looks(rows, account)

    def cells(row: CheckFinding) -> list[Cell]:
        mark = marks.get((row.kind, row.entry_number, row.line))
        line: list[Cell] = [entry_number(row.entry_number), f"{row.line:03}", row.entry_date, row.hts, row.origin]
        line += [row.manufacturer_id, row.value, row.money, row.because]
        return [*line, mark.at.date() if mark else None, mark.reason if mark else "", row.get_source_display()]

    return Sheet(f"check-{check}", HEADS, [cells(row) for row in rows], about)
