"""How often is this account examined, how long is it held, how often is it wrong."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.figures import Figures, Line
from examinations.figures.both_before import both_of, said_of
from examinations.figures.comparing import change_in_words
from examinations.figures.control import p_chart
from examinations.figures.definitions import in_full as definitions_in_full
from examinations.figures.names import names_of
from examinations.figures.sheet import HEADS, rows_of
from examinations.filters.period import asked_client, asked_period
from examinations.models import Dimension, PeerMeasure
from examinations.models.examination import ExaminationType
from examinations.peers.reading import Beside, beside_peers, group_of
from examinations.views.figures_by import tabs
from examinations.views.rows_behind import CARGO_EXAMINED, ROWS, entries_behind, entries_of, rows_behind
from look.charts import Columns, Moment, Month, RateRow, Rates, Series
from look.downloads import FORMATS, Sheet, about_list, download, filters_in_words
from look.formats import plural

PORTS_SHOWN = 8
#: Entries of two years below which a line by month would be noise.
LEAST_FOR_A_LINE = 240
SHARE = "Share of entries with a cargo examination"


def _rates(found: Figures) -> Rates | None:
    """Random and other side by side: never one number of both; and the random rate of the year before."""
    series = (
        ("At random", found.all.random),
        ("A year before", found.year_before.random),
        ("Other reasons", found.all.other),
    )
    rows = [RateRow(label, rate.found, rate.count, rate.rate, rate.low, rate.high) for label, rate in series if rate]
    if not rows:
        return None
    random, other = found.all.random, found.all.other
    if random and other and other.low > random.high:
        title = "What CBP picks for a reason is wrong more often than what it picks at random"
    else:
        title = "The two rates cannot be told apart" if random and other else "Only one of the two rates is known"
    return Rates(title, "Share with any discrepancy; bars are 95\u00a0% intervals", "Closed", rows)


def _columns(found: Figures, today: datetime.date) -> Columns | None:
    if not found.all.cargo:
        return None
    most = max(month.cargo for month in found.months)
    top = [f"{month.code:%B %Y}" for month in found.months if month.cargo == most]
    months = [Month(f"{one.code:%b}", one.cargo, one.code == today.replace(day=1)) for one in found.months]
    title = f"Most examinations were selected in {' and '.join(top)}" if len(top) < 3 else "No month stands out"
    return Columns(title, "Cargo examinations by month of selection", "Examinations", months)


def _two_years(found: Figures, today: datetime.date, *, limits: bool) -> Series | None:
    """The share of entries examined over two years: for the manager against exact limits, in months or quarters."""
    ended = [line for line in found.two_years if line.code < today.replace(day=1) and line.examined]
    counted = [(line.code, line.examined.found, line.examined.count) for line in ended if line.examined]
    if not limits:
        known = sum(count for _, _, count in counted)
        if known < LEAST_FOR_A_LINE:
            return None
        moments = [Moment(f"{day:%b %y}", x, n, x / n) for day, x, n in counted]
        title = "Two years of being examined, month by month"
        return Series(title, f"{SHARE}, by month of entry", sum(x for _, x, _ in counted) / known, moments)
    chart = p_chart(counted)
    if chart is None:
        return None
    moments = [
        Moment(f"{one.start:%b %y}", one.found, one.count, one.rate, one.limit, one.above or one.run)
        for one in chart.points
    ]
    said = "quarter" if chart.quarters else "month"
    title = (
        f"{plural(len(chart.marked), said)} left what chance explains"
        if chart.marked
        else f"No {said} left what chance explains"
    )
    return Series(title, f"{SHARE}, by {said} of entry; the black steps are exact limits", chart.p, moments)


def _types(found: Figures) -> list[tuple[str, Line]]:
    labels = dict(ExaminationType.choices)
    cargo = [line for line in found.types if line.code != ExaminationType.ESR]
    return [(labels.get(line.code, line.code), line) for line in sorted(cargo, key=lambda line: -line.stay.count)]


def _peers(rows: list[Beside], found: Figures, *, tells: bool) -> list[dict[str, Any]]:
    """The account's own figure of the page's period beside the median of its peers."""
    stay = found.all.stay
    own = {
        PeerMeasure.EXAMINED: found.all.examined,
        PeerMeasure.DAYS: stay.median,
        PeerMeasure.LONG_STAYS: stay.long_rate,
        PeerMeasure.WRONG: found.all.random,
    }
    shown = [row for row in rows if tells or row.measure != PeerMeasure.WRONG]
    return [{"row": row, "label": row.measure.label, "own": own[row.measure]} for row in shown]


@allow()
@of_account(kind="examinations")
def figures_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The figures of a period, twelve months unless asked otherwise."""
    today = timezone.localdate()
    form, period = asked_period(request.GET, today, account=account)
    client = asked_client(form)
    found = figures.figures(account, period, request.user, client)
    tells = request.reach.reads_disclosed_reasons(account.pk)
    if request.GET.get("download") in FORMATS and form.is_valid():
        about = about_list("Figures", account.name, request.user.name, filters_in_words(form), definitions_in_full())
        return download(Sheet("figures", HEADS, rows_of(found, tells=tells), about), request.GET["download"])
    ports = sorted(found.ports, key=lambda line: (-line.cargo, line.code))[:PORTS_SHOWN]
    government = request.user.is_government
    group = None if client else group_of(account, request.user)  # peers are of all that one filed
    narrowed = {"party": client.pk} if client else {}
    base, by_port = request.account_base, Dimension.PORT.value
    entries = entries_of(base, period, **narrowed)
    links = {name: rows_behind(base, period, name, **narrowed) for name in ROWS}
    links |= {"entries": entries, "examined": f"{entries}&{CARGO_EXAMINED}"}
    earlier = both_of(found)
    entries_at = {line.code: entries_behind(base, period, by_port, line.code, **narrowed) for line in ports}
    context = {
        "form": form,
        "figures": found,
        "all": found.all,
        "from_you": None if client else figures.from_you(account, period, request.user),
        "ports": ports,
        "more_ports": len(found.ports) - len(ports),
        "port_names": names_of(Dimension.PORT, [line.code for line in ports]),
        "entries_at": entries_at,
        "examined_at": {code: f"{address}&{CARGO_EXAMINED}" for code, address in entries_at.items()},
        "port_links": {line.code: rows_behind(base, period, "cargo", port=line.code, **narrowed) for line in ports},
        "types": _types(found),
        "peers": _peers(beside_peers(account, group, request.user) if group else [], found, tells=tells),
        "group": group,
        "links": links,
        "tells": tells,
        "opens_own_rate": request.reach.everything or account.pk in request.reach.trends,
        "rates": _rates(found) if tells else None,
        "two_years": _two_years(found, today, limits=government),
        "government": government,
        "columns": _columns(found, today),
        "change": change_in_words(found, period),
        "earlier": earlier,
        "then": said_of(earlier),
        "costs": found.cost or any(one.cost for one in earlier),
        "newest": figures.newest_data(account, today),
        "today": today,
    }
    return render(request, "examinations/figures.html", context | tabs(request, account, period, "", client))
