"""The pivot: what, by what, against what, in which period; with questions one click away and views to keep."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.exploring.dimensions import DIMENSIONS, Dimension, filter_of, name_of, period_of
from examinations.exploring.measures import MEASURES, Measure
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, Pivot, TooLarge, Value, pivot_of
from examinations.figures import Period
from examinations.figures.definitions import DEFINITIONS
from examinations.models import Port, SavedView
from examinations.views.period import PeriodForm, asked_period
from look.downloads import FORMATS, Cell, Sheet, download
from look.formats import amount, count, halves

PARTS = ("measure", "rows", "columns", "start", "end")
#: The questions that everyone asks, and what answers them.
QUESTIONS = (
    ("Which port holds me longest?", {"measure": "days", "rows": "port", "columns": "quarter"}),
    ("Which supplier is behind the discrepancies?", {"measure": "wrong", "rows": "manufacturer", "columns": "finding"}),
    ("Which heading costs me duty?", {"measure": "owed", "rows": "heading", "columns": "finding"}),
)
DEFAULT = {"measure": "cargo", "rows": "port", "columns": "month"}


class ChoiceForm(forms.Form):
    """Measure, rows and columns."""

    measure = forms.ChoiceField(label="Count")
    rows = forms.ChoiceField(label="By (rows)")
    columns = forms.ChoiceField(label="Against (columns)", required=False)

    def __init__(self, asked: dict[str, str], *, of_cost: bool, of_reasons: bool) -> None:
        super().__init__(asked)
        measures = [(one.key, one.label) for one in MEASURES.values() if of_cost or not one.of_cost]
        told = [(one.key, one.label) for one in DIMENSIONS.values() if of_reasons or not one.law_enforcement]
        for name, choices in (("measure", measures), ("rows", told), ("columns", [("", "Nothing"), *told])):
            field = self.fields[name]
            field.choices = choices  # type: ignore[attr-defined]
            field.error_messages["invalid_choice"] = "Choose one from the list."

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if asked.get("rows") and asked.get("rows") == asked.get("columns"):
            self.add_error("columns", "Rows and columns are the same; choose another, or nothing.")
        return asked


@dataclass(frozen=True)
class Shown:
    """One cell as the page shows it: its text, and the list of its rows where one can be made."""

    text: str
    link: str = ""


def _text(value: Value, unit: str) -> str:
    if value is None or (unit == "money" and not value):
        return ""
    if unit == "days":
        return halves(float(value))
    return amount(value) if unit == "money" else count(value)


class Table:
    """A pivot with its names and its links."""

    def __init__(
        self, found: Pivot, measure: Measure, row: Dimension, column: Dimension | None, period: Period
    ) -> None:
        self.found, self.measure, self.row, self.column, self.period = found, measure, row, column, period
        codes = [code for kind, given in ((row, found.rows), (column, found.columns)) for code in given if kind]
        of_ports = row.key == "port" or (column is not None and column.key == "port")
        self.ports = dict(Port.objects.filter(code__in=codes).values_list("code", "name")) if of_ports else {}

    def name(self, dimension: Dimension, code: str) -> str:
        return name_of(dimension, code, self.ports)

    def link(self, base: str, row: str | None, column: str | None) -> str:
        """The list of what a cell counts: "" where no filter gives exactly its rows."""
        asked, period = dict(self.measure.rows), self.period
        for dimension, code in ((self.row, row), (self.column, column)):
            if code is None or dimension is None:
                continue
            narrowed = filter_of(dimension, code)
            if narrowed is None or any(value not in asked.get(name, [value]) for name, value in narrowed.items()):
                return ""
            asked |= {name: [value] for name, value in narrowed.items()}
            meant = period_of(dimension.key, code)
            if meant:
                period = Period(max(period.start, meant.start), min(period.end, meant.end))
        days = {"start": [period.start.isoformat()], "end": [period.end.isoformat()]}
        return f"{base}/examinations/?{urlencode(asked | days, doseq=True)}"

    def cell(self, base: str, value: Value, row: str | None, column: str | None) -> Shown:
        text = _text(value, self.measure.unit)
        return Shown(text, self.link(base, row, column) if text not in ("", "0") else "")

    def lines(self, base: str) -> list[tuple[str, list[Shown], Shown]]:
        """Rows with their name, their cells and their sum; the greatest first where rows are no time."""
        rows = self.found.rows
        if period_of(self.row.key, rows[0] if rows else "") is None:
            rows = sorted(rows, key=lambda code: -float(self.found.of_row[code] or 0))
        return [
            (
                self.name(self.row, row),
                [self.cell(base, self.found.cells.get((row, at)), row, at) for at in self.found.columns],
                self.cell(base, self.found.of_row[row], row, None),
            )
            for row in rows
        ]

    def sums(self, base: str) -> list[Shown]:
        """The last line: by column, and all."""
        below = [self.cell(base, self.found.of_column[at], None, at) for at in self.found.columns]
        return [*below, self.cell(base, self.found.of_all, None, None)]

    @property
    def heads(self) -> list[str]:
        return [self.name(self.column, code) for code in self.found.columns] if self.column else []

    @property
    def whole(self) -> str:
        """What the last column says of a row: a median of all is no sum of medians."""
        return "All" if self.measure.unit == "days" else "Sum"

    @property
    def sentence(self) -> tuple[str, str] | None:
        """Which row has the most, and how much of what; None where there is nothing."""
        rows = [code for code in self.found.rows if code and self.found.of_row[code]]
        if not rows:
            return None
        first = max(rows, key=lambda code: self.found.of_row[code] or 0)
        most, whole = (_text(value, self.measure.unit) for value in (self.found.of_row[first], self.found.of_all))
        if self.measure.unit == "days":
            days = "day" if most == "1" else "days"
            if len(rows) == 1:
                return self.name(self.row, first), f"holds {most} {days}, and is alone in this table"
            return self.name(self.row, first), f"holds longest: {most} {days}, against {whole} over all"
        dollars = "$" if self.measure.unit == "money" else ""
        return self.name(self.row, first), f"has the most {self.measure.said}: {dollars}{most} of {dollars}{whole}"

    def sheet(self) -> Sheet:
        rows: list[list[Cell]] = [
            [
                self.name(self.row, row),
                *(_number(self.found.cells.get((row, at))) for at in self.found.columns),
                _number(self.found.of_row[row]),
            ]
            for row in self.found.rows
        ]
        rows.append([self.whole, *(_number(self.found.of_column[at]) for at in self.found.columns)])
        rows[-1].append(_number(self.found.of_all))
        return Sheet(f"{self.measure.key}-by-{self.row.key}", [self.row.label, *self.heads, self.whole], rows)


def _number(value: Value) -> Cell:
    return value if value is None or isinstance(value, int | float | Decimal) else None


def _asked(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET[name] for name in ("measure", "rows", "columns") if name in request.GET}
    return given if "measure" in given or "rows" in given else DEFAULT | given


@allow()
@of_account(kind="examinations")
def explore_page(request: HttpRequest, account: Account) -> HttpResponse:
    """A table of what was asked, its cells leading to their rows."""
    today = timezone.localdate()
    of_cost = account.kind == Account.Kind.IMPORTER and request.reach.sees_cost(account.pk)
    of_reasons = request.reach.sees_law_enforcement_data(account.pk)
    period_form, period = asked_period(request, today)
    form = ChoiceForm(_asked(request), of_cost=of_cost, of_reasons=of_reasons)
    table, too_large = None, False
    if form.is_valid() and period_form.is_valid():
        measure, row = MEASURES[form.cleaned_data["measure"]], DIMENSIONS[form.cleaned_data["rows"]]
        column = DIMENSIONS.get(form.cleaned_data["columns"])
        try:
            table = Table(pivot_of(account, period, measure, row, column, request.user), measure, row, column, period)
        except TooLarge:
            too_large = True
        if table and request.GET.get("download") in FORMATS:
            return download(table.sheet(), request.GET["download"], request)
    context = _context(request, account, table, form, period_form) | {
        "period": period,
        "too_large": too_large,
        "most_rows": MOST_ROWS,
        "most_columns": MOST_COLUMNS,
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/explore.html", context)


def _context(
    request: HttpRequest, account: Account, table: Table | None, form: ChoiceForm, period_form: PeriodForm
) -> dict[str, Any]:
    base = request.account_base
    kept = {name: request.GET[name] for name in ("start", "end") if request.GET.get(name)}
    questions = [(words, f"?{urlencode(asked | kept)}") for words, asked in QUESTIONS]
    return {
        "form": form,
        "period_form": period_form,
        "questions": questions,
        "table": table,
        "lines": table.lines(base) if table else [],
        "sums": table.sums(base) if table else [],
        "views": SavedView.objects.visible_to(request.user).filter(account=account).select_related("by"),
        "definition": DEFINITIONS.get(table.measure.definition) if table else None,
        "asked": urlencode({name: request.GET.get(name, "") for name in PARTS if request.GET.get(name)}),
    }


class SaveForm(forms.Form):
    """A name for what is shown."""

    name = forms.CharField(max_length=80)
    shared = forms.BooleanField(required=False)
    query = forms.CharField(max_length=400, required=False)


@require_POST
@allow()
@of_account(kind="examinations")
def save_view(request: HttpRequest, account: Account) -> HttpResponse:
    """Keep what is shown, or rename nothing: a second one of the same name takes the place of the first."""
    back = f"{request.account_base}/explore/"
    form = SaveForm(request.POST)
    if not request.reach.opens(account.pk):
        raise Http404
    if not form.is_valid():
        messages.error(request, "Nothing was kept: give the view a name of up to 80 characters.")
        return redirect(back)
    sent = dict(parse_qsl(form.cleaned_data["query"], max_num_fields=20))
    query = urlencode({name: sent[name] for name in PARTS if name in sent})
    SavedView.objects.update_or_create(
        account=account,
        by=request.user,
        name=form.cleaned_data["name"],
        defaults={"query": query, "shared": form.cleaned_data["shared"] and account.pk in request.reach.own},
    )
    messages.success(request, f"Kept as “{form.cleaned_data['name']}”.")
    return redirect(f"{back}?{query}")


@require_POST
@allow()
@of_account(kind="examinations")
def remove_view(request: HttpRequest, account: Account, view_id: int) -> HttpResponse:
    """Remove a view of one's own."""
    gone, _ = SavedView.objects.filter(pk=view_id, account=account, by=request.user).delete()
    if not gone:
        raise Http404
    messages.success(request, "The view is removed.")
    return redirect(f"{request.account_base}/explore/")
