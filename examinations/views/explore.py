"""The pivot: what, by what, against what, in which period; with questions one click away and views to keep."""

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
from examinations.exploring.dimensions import DIMENSIONS
from examinations.exploring.entries import entries_by, why_not
from examinations.exploring.examinations import examinations_by
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import MOST_COLUMNS, MOST_ROWS, TooLarge
from examinations.exploring.question import Question
from examinations.exploring.shares import shares_by
from examinations.figures.definitions import DEFINITIONS
from examinations.figures.definitions import in_full as definitions_in_full
from examinations.filters.period import PeriodForm, asked_client, asked_period
from examinations.models import EntryMonth, SavedView
from examinations.models.entry import Source
from examinations.views.explore_table import Table
from look.downloads import FORMATS, Facts, about_list, download, filters_in_words

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
#: Where CBP has loaded nothing yet.
DEFAULT_OF_OWN = {"measure": "own-value", "rows": "manufacturer", "columns": "month"}
OWN_QUESTION = ("What do my own files hold?", DEFAULT_OF_OWN)


class ChoiceForm(forms.Form):
    """Measure, rows and columns."""

    measure = forms.ChoiceField(label="Count")
    rows = forms.ChoiceField(label="By (rows)")
    columns = forms.ChoiceField(label="Against (columns)", required=False)

    def __init__(
        self, asked: dict[str, str], *, of_cost: bool, of_reasons: bool, of_entries: bool, of_random: bool, of_own: bool
    ) -> None:
        super().__init__(asked)
        offered = [
            one for one in MEASURES.values() if (of_cost or not one.of_cost) and (of_random or not one.of_random)
        ]
        groups = {"Examinations": [one for one in offered if not one.of_entries]}
        if of_entries:
            groups["Entries"] = [one for one in offered if one.of_entries and not one.is_own]
        if of_own:
            groups["Entries from you"] = [one for one in offered if one.is_own]
        measures = [(name, [(one.key, one.label) for one in of_group]) for name, of_group in groups.items()]
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
        if measure and row and measure.of_months:
            column = DIMENSIONS.get(asked.get("columns", ""))
            if reason := why_not(row, column, measure):
                self.add_error("rows" if why_not(row, None, measure) else "columns", reason)
        return asked


def _asked(request: HttpRequest, sources: set[str]) -> dict[str, str]:
    given = {name: request.GET[name] for name in ("measure", "rows", "columns") if name in request.GET}
    default = DEFAULT_OF_OWN if sources == {Source.OWN} else DEFAULT
    return given if "measure" in given or "rows" in given else default | given


def _sources(request: HttpRequest, account: Account) -> set[str]:
    """Whose entries of the account's there are, of those that this person may see: CBP's, from itself, or both."""
    months = EntryMonth.objects.visible_to(request.user).filter(figures.of_account(account))
    return set(months.order_by().values_list("source", flat=True).distinct())


@allow()
@of_account(kind="examinations")
def explore_page(request: HttpRequest, account: Account) -> HttpResponse:
    """A table of what was asked, its cells leading to their rows."""
    today = timezone.localdate()
    of_cost = account.kind == Account.Kind.IMPORTER and request.reach.sees_cost(account.pk)
    of_reasons = request.reach.sees_law_enforcement_data(account.pk)
    of_entries = account.pk not in request.reach.delegated or account.pk in request.reach.entries
    period_form, period = asked_period(request.GET, today, account=account)
    client = asked_client(period_form)
    of_random = request.reach.reads_disclosed_reasons(account.pk)
    sources = _sources(request, account)
    form = ChoiceForm(
        _asked(request, sources),
        of_cost=of_cost,
        of_reasons=of_reasons,
        of_entries=of_entries,
        of_random=of_random,
        of_own=Source.OWN in sources and client is None,
    )
    table, too_large = None, None
    if form.is_valid() and period_form.is_valid():
        measure, row = MEASURES[form.cleaned_data["measure"]], DIMENSIONS[form.cleaned_data["rows"]]
        column = DIMENSIONS.get(form.cleaned_data["columns"])
        try:
            count_by = shares_by if measure.is_share else entries_by if measure.of_entries else examinations_by
            found = count_by(Question(account, period, measure, row, column, request.user, client))
            table = Table(found, measure, row, column, period, client)
        except TooLarge as refused:
            too_large = refused
        if table and request.GET.get("download") in FORMATS:
            return download(table.sheet(_about(request, account, form, period_form)), request.GET["download"])
    questions = (*QUESTIONS, *([OWN_QUESTION] if Source.OWN in sources else []))
    context = _context(request, account, table, form, period_form) | {
        "questions": _addresses(request, questions),
        "period": table.period if table else period,
        "client": client,
        "too_large": too_large,
        "most_rows": MOST_ROWS,
        "most_columns": MOST_COLUMNS,
        "too_few": figures.TOO_FEW,
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


def _addresses(request: HttpRequest, questions: tuple[tuple[str, dict[str, str]], ...]) -> list[tuple[str, str]]:
    """Questions with the address that answers them, in the period that is asked for now."""
    kept = {name: request.GET[name] for name in ("start", "end") if request.GET.get(name)}
    return [(words, f"?{urlencode(asked | kept)}") for words, asked in questions]


def _context(
    request: HttpRequest, account: Account, table: Table | None, form: ChoiceForm, period_form: PeriodForm
) -> dict[str, Any]:
    base = request.account_base
    return {
        "form": form,
        "period_form": period_form,
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
