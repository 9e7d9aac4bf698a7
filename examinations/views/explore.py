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
from examinations.exploring.kept import examinations_by
from examinations.exploring.measures import MEASURES, Measure
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, Pivot, TooLarge, Value
from examinations.exploring.trade import trade_of, why_not
from examinations.figures import Period
from examinations.figures.definitions import DEFINITIONS
from examinations.figures.definitions import in_full as definitions_in_full
from examinations.models import Port, SavedView
from examinations.views.period import PeriodForm, asked_client, asked_period
from look.downloads import FORMATS, Cell, Facts, Sheet, about_list, download, filters_in_words
from look.formats import amount, count, halves

#: The address of a table has so many parts, pages and choices of other pages included.
MOST_PARTS = 20
PARTS = ("measure", "rows", "columns", "start", "end", "party")
#: The questions that everyone asks, and what answers them.
QUESTIONS = (
    ("Which port holds me longest?", {"measure": "days", "rows": "port", "columns": "quarter"}),
    ("Which supplier is behind the discrepancies?", {"measure": "wrong", "rows": "manufacturer", "columns": "finding"}),
    ("Which heading costs me duty?", {"measure": "owed", "rows": "heading", "columns": "finding"}),
    ("Where do the goods come from?", {"measure": "value", "rows": "origin", "columns": "quarter"}),
)
DEFAULT = {"measure": "cargo", "rows": "port", "columns": "month"}


class ChoiceForm(forms.Form):
    """Measure, rows and columns."""

    measure = forms.ChoiceField(label="Count")
    rows = forms.ChoiceField(label="By (rows)")
    columns = forms.ChoiceField(label="Against (columns)", required=False)

    def __init__(self, asked: dict[str, str], *, of_cost: bool, of_reasons: bool, of_entries: bool) -> None:
        super().__init__(asked)
        offered = [one for one in MEASURES.values() if of_cost or not one.of_cost]
        groups = [("Examinations", False)] + ([("Entries", True)] if of_entries else [])
        measures = [
            (name, [(one.key, one.label) for one in offered if one.of_entries == entries]) for name, entries in groups
        ]
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
        measure, row = MEASURES.get(asked.get("measure", "")), DIMENSIONS.get(asked.get("rows", ""))
        if measure and row and measure.of_entries:
            column = DIMENSIONS.get(asked.get("columns", ""))
            if reason := why_not(row, column):
                self.add_error("rows" if why_not(row, None) else "columns", reason)
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
        self,
        found: Pivot,
        measure: Measure,
        row: Dimension,
        column: Dimension | None,
        period: Period,
        client: Account | None = None,
    ) -> None:
        self.found, self.measure, self.row, self.column = found, measure, row, column
        # Sums of entries are of whole months.
        self.period = period.whole if measure.of_entries else period
        self.narrowed = {"party": [str(client.pk)]} if client else {}
        self.known: dict[str, str] = {}
        for kind, codes in ((row, found.rows), (column, found.columns)):
            if kind and kind.key == "port":
                self.known |= dict(Port.objects.filter(code__in=codes).values_list("code", "name"))
            elif kind and kind.key == "party":
                named = Account.objects.filter(pk__in=[code for code in codes if code]).values_list("pk", "name")
                self.known |= {str(pk): name for pk, name in named}

    def name(self, dimension: Dimension, code: str) -> str:
        return name_of(dimension, code, self.known)

    def link(self, base: str, row: str | None, column: str | None) -> str:
        """The list of what a cell counts: "" where no filter gives exactly its rows."""
        page = self.measure.page
        asked, period = self.measure.rows | self.narrowed, self.period
        for dimension, code in ((self.row, row), (self.column, column)):
            if code is None or dimension is None:
                continue
            narrowed = filter_of(dimension, code, page)
            if narrowed is None or any(value not in asked.get(name, [value]) for name, value in narrowed.items()):
                return ""
            asked |= {name: [value] for name, value in narrowed.items()}
            meant = period_of(dimension.key, code)
            if meant:
                period = Period(max(period.start, meant.start), min(period.end, meant.end))
        days = {"start": [period.start.isoformat()], "end": [period.end.isoformat()]}
        return f"{base}/{page}/?{urlencode(asked | days, doseq=True)}"

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
        """Which row has the most, or which rows have equally many, and how much of what; None where there is nothing."""
        # Released on the day of selection is a median too; a count or a sum of nothing is none.
        told = (lambda value: value is not None) if self.measure.unit == "days" else bool
        rows = [code for code in self.found.rows if code and told(self.found.of_row[code])]
        if not rows:
            return None
        highest = max(self.found.of_row[code] or 0 for code in rows)
        first = [code for code in rows if self.found.of_row[code] == highest]
        most, whole = (_text(value, self.measure.unit) for value in (highest, self.found.of_all))
        each, one = (" each", False) if len(first) > 1 else ("", True)
        if self.measure.unit == "days":
            days = "day" if most == "1" else "days"
            if len(rows) == 1:
                return self._named(first), f"is alone in this table, with {most} {days} held"
            verb = "holds" if one else "hold"
            return self._named(first), f"{verb} longest: {most} {days}{each}, against {whole} over all"
        verb, dollars = "has" if one else "have", "$" if self.measure.unit == "money" else ""
        if most == whole:
            return self._named(first), f"{verb} all {self.measure.said}: {dollars}{most}{each}"
        return self._named(first), f"{verb} the most {self.measure.said}: {dollars}{most} of {dollars}{whole}{each}"

    def _named(self, rows: list[str]) -> str:
        """Rows that are first together: two by name, of more the first."""
        first, *others = (self.name(self.row, code) for code in rows)
        if len(others) > 1:
            return f"{first} and {len(others)} others"
        return " and ".join([first, *others])

    def sheet(self, about: Facts) -> Sheet:
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
        return Sheet(f"{self.measure.key}-by-{self.row.key}", [self.row.label, *self.heads, self.whole], rows, about)


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
    of_entries = account.pk not in request.reach.delegated or account.pk in request.reach.entries
    period_form, period = asked_period(request, today, account=account)
    client = asked_client(period_form)
    form = ChoiceForm(_asked(request), of_cost=of_cost, of_reasons=of_reasons, of_entries=of_entries)
    table, too_large = None, None
    if form.is_valid() and period_form.is_valid():
        measure, row = MEASURES[form.cleaned_data["measure"]], DIMENSIONS[form.cleaned_data["rows"]]
        column = DIMENSIONS.get(form.cleaned_data["columns"])
        try:
            count_by = trade_of if measure.of_entries else examinations_by
            found = count_by(account, period, measure, row, column, request.user, client)
            table = Table(found, measure, row, column, period, client)
        except TooLarge as refused:
            too_large = refused
        if table and request.GET.get("download") in FORMATS:
            return download(table.sheet(_about(request, account, form, period_form)), request.GET["download"])
    context = _context(request, account, table, form, period_form) | {
        "period": table.period if table else period,
        "client": client,
        "too_large": too_large,
        "most_rows": MOST_ROWS,
        "most_columns": MOST_COLUMNS,
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/explore.html", context)


def _about(request: HttpRequest, account: Account, form: ChoiceForm, period_form: PeriodForm) -> Facts:
    """The second sheet: what was asked, and what each figure means."""
    measure = MEASURES[form.cleaned_data["measure"]]
    filters = [("Count", measure.label), *filters_in_words(period_form)]
    for name in ("rows", "columns"):
        if chosen := DIMENSIONS.get(form.cleaned_data[name]):
            filters.append((str(form.fields[name].label), chosen.label))
    return about_list("Explore", account.name, request.user.name, filters, definitions_in_full())


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

    def clean_query(self) -> str:
        try:
            sent = dict(parse_qsl(self.cleaned_data["query"], max_num_fields=MOST_PARTS))
        except ValueError as error:
            raise forms.ValidationError("This asks for more than a view can keep.") from error
        return urlencode({name: sent[name] for name in PARTS if name in sent})


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
        what = (
            "this asks for more than a view holds"
            if "query" in form.errors
            else "give the view a name of up to 80 characters"
        )
        messages.error(request, f"Nothing was kept: {what}.")
        return redirect(back)
    query, shared = form.cleaned_data["query"], form.cleaned_data["shared"]
    kept = SavedView.objects.keep(account, form.cleaned_data["name"], query, shared=shared, by=request.user)
    messages.success(request, f"Kept as “{kept.name}”.")
    return redirect(f"{back}?{query}")


@require_POST
@allow()
@of_account(kind="examinations")
def remove_view(request: HttpRequest, account: Account, view_id: int) -> HttpResponse:
    """Remove a view of one's own."""
    view = SavedView.objects.visible_to(request.user).filter(pk=view_id, account=account, by=request.user).first()
    if view is None:
        raise Http404
    view.remove(by=request.user)
    messages.success(request, "The view is removed.")
    return redirect(f"{request.account_base}/explore/")
