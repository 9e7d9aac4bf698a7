"""The figures of a period by port, heading, supplier and so on: one line for each value, to sort and to take away."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.exports.figures_by import sheet_of
from examinations.figures import MONTH, TOO_FEW, WITHOUT_ENTRIES, Line, Period, months_earlier
from examinations.figures.before import (
    A_YEAR,
    NOTHING_BEFORE,
    Before,
    period_before,
    then,
)
from examinations.figures.definitions import DEFINITIONS
from examinations.figures_by import FiguresBy, dimensions_of, sure
from examinations.models import Dimension
from examinations.models.examination import DiscrepancyType
from examinations.peers.reading import medians_at_ports
from examinations.views.exports import asked_of
from examinations.views.figures_said import MANY, ONE, finding_said, longest_said
from examinations.views.rows_behind import CARGO_EXAMINED, entries_behind, entries_of, of_value, rows_behind
from look.charts import Interval
from look.charts.scales import nice_top
from look.downloads import FORMATS, MOST_ROWS, download
from look.formats import month

PAGE = 25


@dataclass(frozen=True)
class Row:
    """One line of the table as the page shows it."""

    line: Line
    name: str
    code: str
    interval: Interval | None
    links: dict[str, str]
    before: Before
    change: str


def tabs(
    request: HttpRequest, account: Account, period: Period, by: str, client: Account | None = None
) -> dict[str, Any]:
    """What the row of tabs needs, on each page of figures."""
    narrowed = {"party": str(client.pk)} if client else {}
    asked = {"start": period.start.isoformat(), "end": period.end.isoformat()} | narrowed
    return {
        "dimensions": list(dimensions_of(request.reach, account).items()),
        "by": by,
        "period_query": urlencode(asked),
        "client": client,
        "client_query": urlencode(narrowed),
    }


def _links(base: str, period: Period, by: str, line: Line, finding: str, client: Account | None) -> dict[str, str]:
    """The rows behind each figure of a line, by the name of the figure."""
    of_client = {"party": str(client.pk)} if client else {}
    earlier = period_before(period, by)
    if by == MONTH:
        narrowed, period = {}, Period(line.code, line.code)
        before = months_earlier(line.code, A_YEAR)
        entries = (entries_of(base, period, **of_client), entries_of(base, Period(before, before), **of_client))
    else:
        narrowed = of_value(by, line.code)
        if not narrowed:
            return {}
        of_entries = by not in WITHOUT_ENTRIES
        entries = tuple(
            entries_behind(base, one, by, line.code, **of_client) if of_entries else "" for one in (period, earlier)
        )
    links = {
        name: rows_behind(base, period, name, **narrowed, **of_client)
        for name in ("cargo", "random", "random_cargo", "other", "owed", *(() if finding else ("released", "overpaid")))
        if not (by == Dimension.TYPE and name in ("random",)) and not (by == Dimension.REASON and name != "cargo")
    }
    for name, address in zip(("", "_before"), entries, strict=True):
        if address:
            links |= {f"entries{name}": address, f"examined{name}": f"{address}&{CARGO_EXAMINED}"}
    if finding:
        links["found"] = rows_behind(base, period, "found", **narrowed, **of_client, finding=finding)
    return links


def _rows(lines: list[Line], base: str, found: FiguresBy) -> list[Row]:
    by, names, whole = found.by, found.names, found.whole
    top = nice_top(max((line.examined.high for line in lines if sure(line.examined) >= 0), default=0.05))[0]
    return [
        Row(
            line,
            month(line.code) if by == MONTH else names.get(line.code, line.code) or "Not given",
            "" if by == MONTH or names.get(line.code, line.code) == line.code else line.code,
            Interval(
                line.examined.rate,
                line.examined.low,
                line.examined.high,
                min(top, 1.0),
                whole.examined.rate if whole.examined else None,
            )
            if line.examined and line.examined.tells
            else None,
            _links(base, found.period, by, line, found.finding, found.client),
            then(found.against.before, line.code),
            found.against.words(line),
        )
        for line in lines
    ]


@allow()
@of_account(kind="examinations")
def figures_by_page(request: HttpRequest, account: Account) -> HttpResponse:
    """One table of the period's figures, by the dimension that the address names."""
    today = timezone.localdate()
    taken = request.GET.get("download") in FORMATS
    found = FiguresBy(asked_of(request, account), whole_file=taken)
    if taken and found.usable and len(found.lines) <= MOST_ROWS:
        return download(sheet_of(found), request.GET["download"])
    by, finding, whole, client, label = found.by, found.finding, found.whole, found.client, found.labels[found.by]
    peers = medians_at_ports(account, request.user) if by == Dimension.PORT and not client else {}
    lines = found.in_order()
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": found.form,
        "period": found.period,
        "whole": whole,
        "rows": _rows(list(page.object_list), request.account_base, found),
        "page": page,
        "total": len(lines),
        "sort": found.sort,
        "label": label,
        "all_of_them": MANY[by],
        "only_found": found.only_found,
        "many": MANY[by] if len(lines) != 1 else ONE[by],
        "of_entries": by not in WITHOUT_ENTRIES,
        "tells": found.tells,
        "finding": finding,
        "finding_label": DiscrepancyType(finding).label if finding else "",
        "findings": DiscrepancyType.choices,
        "said": _said(found, peers),
        "few": TOO_FEW,
        "peers": peers,
        "earlier": found.earlier,
        "before": found.against.before.get("", NOTHING_BEFORE),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/figures_by.html", context | tabs(request, account, found.period, by, client))


def _said(found: FiguresBy, peers: dict[str, float]) -> list[str]:
    """The sentences at the head; what was asked is answered first."""
    by, whole, names = found.by, found.whole, found.names
    when = "a year before" if by == MONTH else "in the months just before"
    said = [finding_said(found.lines, whole, by, found.finding, names), found.against.sentence(by, when, names)]
    by_days = found.sort.removeprefix("-") == "days"
    longest = [] if found.finding else longest_said(found.lines, whole, by, peers, names, asked=by_days)
    return [sentence for sentence in ([*longest, *reversed(said)] if by_days else [*said, *longest]) if sentence]


@allow()
@of_account(kind="examinations")
def definitions_page(request: HttpRequest, account: Account) -> HttpResponse:
    """What each figure means."""
    period = figures.twelve_months(timezone.localdate())
    context = {"definitions": list(DEFINITIONS.values())}
    return render(
        request, "examinations/figures_definitions.html", context | tabs(request, account, period, "definitions")
    )
