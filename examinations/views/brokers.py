"""The brokers of an importer, side by side."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import Truncator

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.entries.brokers import Filed, side_by_side
from examinations.exports.about import BROKERS
from examinations.filters.period import asked_period
from look.charts import RateRow, Rates
from look.downloads import FORMATS, Sheet, download

#: So many letters of a name stand before the bars; the table has it whole.
LABEL = 17
HEADS = [
    "Broker",
    "Entries",
    "Value Amount",
    "Duty Amount",
    "Entries with a Summary Date",
    "Summaries Filed Late",
    "Corrected after Filing",
    "Cargo Examinations",
    "Requests and Notices",
    "Of These Changed the Entry",
    "Random Lines Reviewed",
    "Of These Wrong",
    "Examined for Another Reason",
    "Of These Wrong, Another Reason",
]
#: The last columns tell what was picked at random and what was not.
OF_REASONS = 4


def _sheet(rows: list[Filed], *, tells: bool) -> Sheet:
    cells = [
        [
            *(
                one.name,
                one.entries,
                one.value,
                one.duty,
                one.summaries,
                one.late,
                one.corrected,
                one.cargo,
                one.requests,
                one.changed,
            ),
            *(one.random.count if one.random else 0, one.random.found if one.random else 0),
            *(one.other.count if one.other else 0, one.other.found if one.other else 0),
        ]
        for one in rows
    ]
    shown = len(HEADS) if tells else len(HEADS) - OF_REASONS
    return Sheet("brokers", HEADS[:shown], [line[:shown] for line in cells])


def _chart(rows: list[Filed]) -> Rates | None:
    """Random reviews alone: what was picked for a reason tells nothing about how often a broker errs."""
    known = [row for row in rows if row.random]
    if len(known) < 2:
        return None
    shown = [
        RateRow(
            Truncator(row.name).chars(LABEL),
            row.random.found,
            row.random.count,
            row.random.rate,
            row.random.low,
            row.random.high,
        )
        for row in known
    ]
    ordered = sorted(shown, key=lambda row: row.rate)
    apart = ordered[-1].low > ordered[0].high
    title = (
        f"Lines filed through {ordered[-1].label} are wrong more often than through {ordered[0].label}"
        if apart
        else "By random reviews the brokers cannot be told apart"
    )
    return Rates(
        title, "Share of random reviews of lines with a discrepancy; bars are 95\u00a0% intervals", "Reviews", shown
    )


@allow()
@of_account(kind="entries")
def brokers_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Which broker filed how much, how much of it late or corrected, and how often it was wrong."""
    if account.kind == Account.Kind.BROKER:
        raise Http404
    today = timezone.localdate()
    form, period = asked_period(request.GET, today)
    rows = side_by_side(account, period, request.user)
    tells = request.reach.reads_disclosed_reasons(account.pk)
    if not tells:
        rows = [replace(row, random=None, other=None) for row in rows]
    if request.GET.get("download") in FORMATS and form.is_valid():
        return download(_sheet(rows, tells=tells), request.GET["download"], request, form=form, definitions=BROKERS)
    late = sum(row.late for row in rows)
    context = {
        "form": form,
        "period": period,
        "rows": rows,
        "tells": tells,
        "dates_asked": urlencode({"start": period.start, "end": period.end}),
        "entries": sum(row.entries for row in rows),
        "late": late,
        "latest": max(rows, key=lambda row: row.late) if late else None,
        "chart": _chart(rows),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/brokers.html", context)
