"""The figures of a period by port, heading, supplier and so on: one line for each value, to sort and to take away."""

from collections.abc import Callable, Mapping
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
from examinations.figures import MONTH, TOO_FEW, Line, Period, months_earlier
from examinations.figures.before import (
    A_YEAR,
    NOTHING_BEFORE,
    Before,
    before_of,
    changes,
    in_words,
    period_before,
    real_changes,
    then,
)
from examinations.figures.comparing import Change
from examinations.figures.definitions import DEFINITIONS
from examinations.figures.definitions import in_full as definitions_in_full
from examinations.figures.names import in_a_sentence, names_of
from examinations.intervals import Rate
from examinations.models import Dimension
from examinations.models.examination import DiscrepancyType
from examinations.peers.reading import medians_at_ports
from examinations.views.figures_said import MANY, ONE, WITHOUT_ENTRIES, finding_said, longest_said
from examinations.views.period import asked_client, asked_period
from examinations.views.rows_behind import CARGO_EXAMINED, entries_behind, entries_of, of_value, rows_behind
from look.charts import Interval
from look.charts.scales import nice_top
from look.downloads import FORMATS, Cell, Facts, Sheet, about_list, download, filters_in_words
from look.formats import count, month, months, plural

PAGE = 25
#: The tabs, in their order; the reason only for who may see it.
DIMENSIONS = {
    Dimension.PORT.value: "Port",
    Dimension.HEADING.value: "Heading",
    Dimension.CHAPTER.value: "Chapter",
    Dimension.ORIGIN.value: "Origin",
    Dimension.MANUFACTURER.value: "Supplier",
    Dimension.ENTRY_TYPE.value: "Entry type",
    Dimension.TYPE.value: "Examination type",
    MONTH: "Month",
}


def _sure(rate: Rate | None) -> float:
    """What a rate sorts by: those of too few come last."""
    return rate.rate if rate and rate.tells else -1.0


SORTS: dict[str, Callable[[Line], Any]] = {
    "code": lambda line: line.code,
    "value": lambda line: line.value,
    "entries": lambda line: line.entries,
    "examined": lambda line: line.examined.found if line.examined else 0,
    "rate": lambda line: _sure(line.examined),
    "cargo": lambda line: line.cargo,
    "days": lambda line: -1 if line.stay.median is None else line.stay.median,
    "random": lambda line: _sure(line.random),
    "other": lambda line: _sure(line.other),
    "owed": lambda line: line.owed,
    "found": lambda line: line.found,
}


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


@dataclass(frozen=True)
class Against:
    """The period before, by code, and which rates changed by more than chance."""

    before: Mapping[Any, Before]
    compared: Mapping[Any, Change]
    real: Mapping[Any, Change]

    def words(self, line: Line) -> str:
        return in_words(line, then(self.before, line.code), self.compared, self.real)

    def sentence(self, by: str, when: str, names: Mapping[str, str]) -> str:
        """The rate that changed most by more than chance; empty where none did."""
        if not self.real:
            return ""
        code, one = max(self.real.items(), key=lambda item: abs(item[1].now.rate - item[1].before.rate))
        name = month(code) if by == MONTH else in_a_sentence(by, code, names)
        often = "more" if one.now.rate > one.before.rate else "less"
        return (
            f"{name} is examined {often} often than {when}: {count(one.now.found)} of "
            f"{plural(one.now.count, 'entry', 'entries')} now, {count(one.before.found)} of {count(one.before.count)} then."
        )


def _against(lines: list[Line], before: Mapping[Any, Before]) -> Against:
    compared = changes(lines, before)
    return Against(before, compared, real_changes(compared))


def dimensions_of(request: HttpRequest, account: Account) -> dict[str, str]:
    """The tabs that this person has."""
    more = request.reach.sees_law_enforcement_data(account.pk)
    return DIMENSIONS | ({Dimension.REASON.value: "Reason"} if more else {})


def tabs(
    request: HttpRequest, account: Account, period: Period, by: str, client: Account | None = None
) -> dict[str, Any]:
    """What the row of tabs needs, on each page of figures."""
    narrowed = {"party": str(client.pk)} if client else {}
    asked = {"start": period.start.isoformat(), "end": period.end.isoformat()} | narrowed
    return {
        "dimensions": list(dimensions_of(request, account).items()),
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


def _rows(
    lines: list[Line],
    base: str,
    period: Period,
    by: str,
    finding: str,
    whole: Line,
    client: Account | None,
    against: Against,
    names: Mapping[str, str],
) -> list[Row]:
    top = nice_top(max((line.examined.high for line in lines if _sure(line.examined) >= 0), default=0.05))[0]
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
            _links(base, period, by, line, finding, client),
            then(against.before, line.code),
            against.words(line),
        )
        for line in lines
    ]


def _sheet(
    lines: list[Line],
    by: str,
    tells: bool,
    finding: str,
    against: Against,
    about: Facts,
    names: Mapping[str, str],
) -> Sheet:
    heads = [
        DIMENSIONS.get(by, "Reason"),
        "Name",
        "Entries",
        "Entries Examined",
        "Examination Rate",
        "Low",
        "High",
        "Value",
    ]
    heads += ["Duty", "Cargo Examinations", "Held Now", "Released", "Median Days", "Ninth Decile Days"]
    heads += ["Over Five Business Days", "Closed", "With Discrepancy"]
    heads += ["Random Reviews", "With Error", "Random Cargo", "With Error (Cargo)", "Other", "Hits"] if tells else []
    heads += ["More Owed", "Overpaid"]
    heads += [f"{DiscrepancyType(finding).label} Discrepancies"] if finding else []
    heads += ["Entries Before", "Entries Examined Before", "Cargo Examinations Before"]
    heads += [] if by in WITHOUT_ENTRIES else ["Change of the Examination Rate"]
    rows = (_cells(line, names, tells, finding) + _then(line, by, against) for line in lines)
    return Sheet(f"figures-by-{by.replace('_', '-')}", heads, rows, about)


def _then(line: Line, by: str, against: Against) -> list[Cell]:
    before = then(against.before, line.code)
    counts: list[Cell] = [before.entries, before.examined, before.cargo]
    return counts if by in WITHOUT_ENTRIES else [*counts, against.words(line)]


def _cells(line: Line, names: Mapping[str, str], tells: bool, finding: str) -> list[Cell]:
    def pair(rate: Rate | None) -> list[Cell]:
        return [rate.count if rate else 0, rate.found if rate else 0]

    rate = line.examined
    cells: list[Cell] = [line.code, names.get(line.code, ""), line.entries, rate.found if rate else 0]
    cells += [round(rate.rate, 6), round(rate.low, 6), round(rate.high, 6)] if rate else [None, None, None]
    cells += [line.value, line.duty, line.cargo, line.held, line.stay.count, line.stay.median, line.stay.ninth_decile]
    cells += [line.stay.long_stays, line.closed, line.wrong]
    if tells:
        cells += [*pair(line.random), *pair(line.random_cargo), *pair(line.other)]
    cells += [line.owed, line.overpaid]
    return cells + ([line.found] if finding else [])


def _asked(request: HttpRequest, account: Account) -> tuple[str, str, str]:
    """Dimension, discrepancy and order that the address asks for; the usual ones for nonsense."""
    by = request.GET.get("by", "")
    by = by if by in dimensions_of(request, account) else Dimension.PORT.value
    finding = request.GET.get("finding", "")
    finding = finding if finding in DiscrepancyType.values else ""
    usual = "code" if by == MONTH else "-found" if finding else "-cargo"
    sort = request.GET.get("sort", "")
    return by, finding, sort if sort.removeprefix("-") in SORTS else usual


@allow()
@of_account(kind="examinations")
def figures_by_page(request: HttpRequest, account: Account) -> HttpResponse:
    """One table of the period's figures, by the dimension that the address names."""
    today = timezone.localdate()
    form, period = asked_period(request, today, account=account)
    client = asked_client(form)
    by, finding, sort = _asked(request, account)
    taken = request.GET.get("download") in FORMATS and form.is_valid()
    worth = taken or sort.removeprefix("-") == "value"
    # Of a discrepancy only the values are listed where it was found, and how long goods were held there is not asked.
    stays = taken or not finding
    whole, lines = figures.table_of(account, period, by, request.user, finding, client, worth=worth, stays=stays)
    only_found = bool(finding) and by != MONTH
    codes = [line.code for line in lines] if only_found else None
    against = _against(lines, before_of(account, period, by, request.user, client, codes))
    earlier = period_before(period, by)
    when = "a year before" if by == MONTH else "in the months just before"
    peers = medians_at_ports(account, request.user) if by == Dimension.PORT and not client else {}
    by_days = sort.removeprefix("-") == "days"
    # Asked for once, whatever the sentences have to name.
    names = {} if by == MONTH else names_of(by, [line.code for line in lines])
    found = [finding_said(lines, whole, by, finding, names), against.sentence(by, when, names)]
    longest = [] if finding else longest_said(lines, whole, by, peers, names, asked=by_days)
    # What was asked is answered first.
    said = [*longest, *reversed(found)] if by_days else [*found, *longest]
    lines.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    tells = request.reach.reads_disclosed_reasons(account.pk)
    if taken:
        filters = filters_in_words(form) + ([("Discrepancy", DiscrepancyType(finding).label)] if finding else [])
        filters.append(("Before", months(earlier.start, earlier.end)))
        title = f"Figures by {dimensions_of(request, account)[by].lower()}"
        about = about_list(title, account.name, request.user.name, filters, definitions_in_full())
        return download(_sheet(lines, by, tells, finding, against, about, names), request.GET["download"])
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "period": period,
        "whole": whole,
        "rows": _rows(list(page.object_list), request.account_base, period, by, finding, whole, client, against, names),
        "page": page,
        "total": len(lines),
        "sort": sort,
        "label": dimensions_of(request, account)[by],
        "all_of_them": MANY[by],
        "only_found": only_found,
        "many": MANY[by] if len(lines) != 1 else ONE[by],
        "of_entries": by not in WITHOUT_ENTRIES,
        "tells": tells,
        "finding": finding,
        "finding_label": DiscrepancyType(finding).label if finding else "",
        "findings": DiscrepancyType.choices,
        "said": [sentence for sentence in said if sentence],
        "few": TOO_FEW,
        "peers": peers,
        "earlier": earlier,
        "before": against.before.get("", NOTHING_BEFORE),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/figures_by.html", context | tabs(request, account, period, by, client))


@allow()
@of_account(kind="examinations")
def definitions_page(request: HttpRequest, account: Account) -> HttpResponse:
    """What each figure means."""
    period = figures.twelve_months(timezone.localdate())
    context = {"definitions": list(DEFINITIONS.values())}
    return render(
        request, "examinations/figures_definitions.html", context | tabs(request, account, period, "definitions")
    )
