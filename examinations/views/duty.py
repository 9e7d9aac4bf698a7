"""What the account paid, by program and month, what came off later, and the rows behind each amount."""

import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from examinations import figures
from examinations.duty.programs import Program
from examinations.duty.summing import Duty, MonthDuty, duty_of
from examinations.exports.about import DUTY
from examinations.figures import Period, month_ends
from examinations.filters.period import PeriodForm, asked_client, asked_period
from look.charts import MOST_LAYERS, Layer, Stacked
from look.downloads import FORMATS, Cell, Sheet, about_list, download, filters_in_words, named
from look.formats import percent

Programs = list[tuple[Program, Decimal]]


def _stacked(found: Duty, programs: Programs, today: datetime.date) -> Stacked | None:
    """The largest programs from the floor up, all others together on top."""
    if not found.total:
        return None
    by_size = [program for program, _ in sorted(programs, key=lambda one: -one[1])]
    alone = by_size if len(by_size) <= MOST_LAYERS else by_size[: MOST_LAYERS - 1]
    groups = [(str(program.label), [program]) for program in alone]
    if rest := by_size[len(alone) :]:
        groups.append(("All others", rest))
    layers = [
        Layer(name, [float(sum(month.amounts.get(one.value, 0) for one in parts)) for month in found.months])
        for name, parts in groups
    ]
    top = max(found.months, key=lambda month: month.total)
    first, most = max(top.amounts.items(), key=lambda one: one[1])
    share = percent(float(most / top.total), 0)
    title = f"The most was deposited for entries of {top.month:%B %Y}, {share} of it {Program(first).label}"
    names = [f"{month.month:%b}" if len(found.months) <= 12 else f"{month.month:%b %y}" for month in found.months]
    running = found.months[-1].month == today.replace(day=1)
    return Stacked(title, "duty, fees and tax by month of entry", names, layers, running)


class Behind:
    """Addresses of the rows that amounts are sums of; of one client's where a broker narrows to it."""

    def __init__(self, base: str, client: Account | None) -> None:
        self.base, self.narrowed = base, {"party": str(client.pk)} if client else {}

    def __call__(self, period: Period, page: str = "entry-lines", **asked: str) -> str:
        days = {"start": period.start.isoformat(), "end": period.end.isoformat()}
        return f"{self.base}/{page}/?{urlencode(asked | self.narrowed | days)}"


def _table(behind: Behind, found: Duty, programs: Programs) -> list[dict[str, Any]]:
    """A line for each month; each amount with the rows behind it."""
    return [
        {
            "month": one,
            "amounts": [
                (program.label, amount, behind(_days(one.month), program=program.value) if amount else "")
                for program, _ in programs
                for amount in [one.amounts.get(program.value, Decimal(0))]
            ],
            "revised": behind(_days(one.month), "entries", marked="revised"),
            "refunded": behind(_days(one.month), "entries", marked="refunded"),
            "claimed": behind(_days(one.month), claimed="1"),
        }
        for one in found.months
    ]


def _days(month: datetime.date) -> Period:
    return Period(month, month_ends(month))


def _came_off(month: MonthDuty) -> bool:
    return bool(month.removed or month.added or month.refunded)


HEADS = ["Saved by Claims, Estimated", "Taken Off Later", "Added Later", "Liquidated Lower By"]


def _sheet(found: Duty, account: Account, person: Person, form: PeriodForm) -> Sheet:
    rows: list[list[Cell]] = [
        [
            one.month,
            *(one.amounts.get(program.value, 0) for program in Program),
            *(one.total, one.saved, one.removed, one.added, one.refunded),
        ]
        for one in found.months
    ]
    filters = filters_in_words(form)
    about = about_list("Duty by program and month", account.name, person.name, filters, DUTY)
    heads = ["Month", *(str(program.label) for program in Program), "Total", *HEADS]
    return Sheet(named("duty-by-program", filters), heads, rows, about)


@allow()
@of_account(kind="entries")
def duty_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Duty by program over a period, twelve months unless asked otherwise."""
    today = timezone.localdate()
    form, period = asked_period(request.GET, today, account=account)
    client = asked_client(form)
    found = duty_of(account, period, request.user, client)
    if request.GET.get("download") in FORMATS and form.is_valid():
        return download(_sheet(found, account, request.user, form), request.GET["download"])
    programs = found.programs
    behind, whole = Behind(request.account_base, client), period.whole
    table = _table(behind, found, programs)
    removed = max(found.removed.items(), key=lambda one: one[1], default=None)
    context = {
        "form": form,
        "period": period,
        "client": client,
        "duty": found,
        "all": found.all,
        "programs": [(program, amount, behind(whole, program=program.value)) for program, amount in programs],
        "most": max(programs, key=lambda one: one[1], default=None),
        "table": table,
        "came_off": [line for line in table if _came_off(line["month"])],
        "removed_most": (Program(removed[0]).label, removed[1]) if removed else None,
        "claims": [line for line in table if line["month"].claimed_value],
        "claimed_link": behind(whole, claimed="1"),
        "stacked": _stacked(found, programs, today),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "examinations/duty.html", context)
