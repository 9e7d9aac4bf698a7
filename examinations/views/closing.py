"""What closes soon: entries that may be corrected or protested for some days yet, with the money in question."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from examinations import closing, figures
from examinations.entry_dates import dates_of
from examinations.exports.about import CLOSING
from examinations.models import Entry, Port
from look.downloads import FORMATS, MOST_ROWS, Sheet, download
from look.formats import entry_number
from look.paging import CappedPaginator

PAGE = 25
DAYS = 30
AHEAD = [(days, f"{days} days") for days in (7, 30, 60, 90)]
BY_QUESTION = "-question"
SORTS = {
    "question": ("question", "-duty", "id"),
    "duty": ("duty", "id"),
    "closes": ("closes", "-question", "-duty", "id"),
    "entry": ("number", "id"),
    "entered": ("entry_date", "id"),
}
HEADS = [
    "Entry Summary Number",
    "Importer",
    "Entry Type Code",
    "Port of Entry Code",
    "Port",
    "Entry Date",
    "What Closes",
    "Last Day",
    "Days Left",
    "Standing",
    "Liquidation Date",
    "Duty Deposited",
    "More Owed",
    "Overpaid",
    "Found By Checks",
    "Which Checks",
    "From",
]


class ClosingForm(forms.Form):
    """How far ahead, and which window."""

    days = forms.TypedChoiceField(
        label="Closes within", choices=AHEAD, coerce=int, error_messages={"invalid_choice": "Choose 7 to 90 days."}
    )
    window = forms.ChoiceField(
        label="What closes",
        choices=[("", "Correction or protest"), *closing.WINDOWS],
        required=False,
        error_messages={"invalid_choice": "Choose correction, protest or both."},
    )
    found = forms.BooleanField(label="Only with money in question", required=False)


@dataclass(frozen=True)
class Asked:
    """What a page or a file of the list asks for."""

    account: Account
    person: Person
    as_of: datetime.date
    last: datetime.date
    window: str
    found: bool
    sort: str

    @property
    def sides(self) -> list[Q]:
        return closing.sides_of(self.account)

    @property
    def bare(self) -> QuerySet[Entry]:
        """The entries without the money in question, in no order."""
        return closing.closing(self.sides, self.person, self.as_of, self.last, window=self.window)

    @property
    def rows(self) -> QuerySet[Entry]:
        """The entries with the money in question, in their order."""
        rows = closing.with_money(self.bare, self.person, self.account)
        return _sorted(rows.filter(question__gt=0) if self.found else rows, self.sort)


def _sorted(rows: QuerySet[Entry], asked: str) -> QuerySet[Entry]:
    """Order by a known column, a minus before it turns it around."""
    first, *rest = SORTS[asked.removeprefix("-")]
    names = [f"-{first}" if asked.startswith("-") else first, *rest]
    order = [
        F(name[1:]).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True) for name in names
    ]
    return rows.order_by(*order)


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


def _sheet(rows: QuerySet[Entry], ports: dict[str, str], person: Person, today: datetime.date) -> Sheet:
    found = list(rows.select_related("account")[:MOST_ROWS])
    checks = closing.checks_of(found, person)
    cells = (
        [
            entry_number(one.number),
            one.account.name,
            one.entry_type,
            one.port,
            ports.get(one.port, ""),
            one.entry_date,
            "Protest" if one.protest_by else "Correction",
            one.closes,
            (one.closes - today).days,
            str(dates_of(one, today).standing),
            one.liquidation,
            one.duty,
            one.owed,
            one.overpaid,
            one.checked,
            "; ".join(part.check.title for part in checks.get(one.pk, [])),
            one.get_source_display(),
        ]
        for one in found
    )
    return Sheet("closing", HEADS, cells)


@allow()
@of_account(kind="entries")
def closing_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Which entries can still be corrected or protested, for how long, and how much money that is about."""
    today = timezone.localdate()
    asked = request.GET.dict()
    asked.setdefault("days", str(DAYS))
    form = ClosingForm(asked)
    usable = form.is_valid()
    days = form.cleaned_data.get("days") or DAYS
    window = form.cleaned_data.get("window", "")
    last = today + datetime.timedelta(days=days)
    ports = dict(Port.objects.values_list("code", "name"))
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS else BY_QUESTION
    asked = Asked(account, request.user, today, last, window, found=bool(form.cleaned_data.get("found")), sort=sort)
    if request.GET.get("download") in FORMATS and usable:
        found = asked.rows
        if not CappedPaginator(found, PAGE).is_capped:
            sheet = _sheet(found, ports, request.user, today)
            return download(sheet, request.GET["download"], request, form=form, definitions=CLOSING)
    listed, sums = _listed(asked) if usable else (Entry.objects.none(), {"count": 0})
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
        "usable": usable,
        "days": days,
        "window": window,
        "page": page,
        "sort": sort,
        "sums": sums,
        "ports": ports,
        "of_broker": account.kind == Account.Kind.BROKER,
        "newest": figures.newest_data(account, today),
        "today": today,
        "urgent": today + datetime.timedelta(days=7),
    }
    return render(request, "examinations/closing.html", context)
