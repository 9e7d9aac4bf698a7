"""Why was I examined more, or less, than before: volume or rate, and where."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.figures import Period
from examinations.figures.comparing import Change, change
from examinations.figures.moved import PLACES, Moved, moved, quarter_so_far
from examinations.figures.names import in_a_sentence, names_of
from examinations.intervals import rate_of
from examinations.models import Dimension
from examinations.views.figures_by import DIMENSIONS, tabs
from examinations.views.figures_said import PLACED
from examinations.views.period import asked_client, asked_period
from examinations.views.rows_behind import entries_behind, of_value, rows_behind
from look.formats import count, plural

SHOWN = 5


def _whole(found: dict[str, list[Moved]]) -> Change | None:
    """Of all entries; None where one of the two periods has none."""
    rows = found.get(Dimension.ALL, [])
    if not rows:
        return None
    one = rows[0]
    before, now = rate_of(one.before, one.entries_before), rate_of(one.now, one.entries_now)
    return change(before, now) if before and now else None


def _section(base: str, period: Period, by: str, rows: list[Moved], client: Account | None) -> dict[str, Any]:
    shown = [row for row in rows if row.difference][:SHOWN]
    names = names_of(by, [row.code for row in shown])
    lines = []
    for row in shown:
        narrowed = of_value(by, row.code)
        of_client = {"party": client.pk} if client else {}
        # Entries stand under the port where they were filed, examinations under the port where they were made: of a
        # port the entries are the rows, of a type the examinations.
        link = rows_behind(base, period, "cargo", **narrowed, **of_client) if narrowed and by == Dimension.TYPE else ""
        behind = entries_behind(base, period, by, row.code, **of_client) if by in PLACES else ""
        lines.append(
            {
                "row": row,
                "name": names.get(row.code, row.code) or "Not given",
                "link": link,
                "entries": behind,
                "examined": f"{behind}&examined=cargo" if behind else "",
            }
        )
    label = DIMENSIONS.get(by, "Reason")
    return {"by": by, "label": label, "lines": lines, "of_entries": by in PLACES, "same": len(rows) - len(shown)}


def _where(found: dict[str, list[Moved]], whole: Change) -> str:
    """The one value of a port, heading or supplier that moved most in the direction of the whole."""
    if not whole.difference:
        return ""
    sign = 1 if whole.difference > 0 else -1
    best = [
        (sign * row.difference, by, row)
        for by in (Dimension.PORT, Dimension.MANUFACTURER, Dimension.HEADING)
        for row in found.get(by, [])
        if sign * row.difference > 0
    ]
    if not best:
        return ""
    most, by, row = max(best, key=lambda one: one[0])
    name = in_a_sentence(by, row.code, names_of(by, [row.code]))
    at = PLACED[by].removeprefix("on ")
    at = at if by == Dimension.PORT else f"with {at}"
    more = "more" if sign > 0 else "fewer"
    return f"The largest part is {at} {name}: {count(most)} {more} ({count(row.before)} before, {count(row.now)} now)."


def _cause(whole: Change) -> str:
    """How much of the difference the number of entries explains."""
    if not whole.difference:
        return ""
    more = "more" if whole.difference > 0 else "fewer"
    difference = abs(whole.difference)
    volume = round(whole.by_volume)
    by_volume = f"about {count(abs(volume))} {'more' if volume > 0 else 'fewer'}" if volume else "almost none"
    said = (
        f"The number of entries alone would have brought {by_volume}; "
        f"the rest comes from how often entries were picked."
    )
    chance = (
        "Chance alone would rarely bring such a change of the rate."
        if whole.real
        else f"Chance alone often brings such a change: {plural(difference, 'examination')} {more} {'is' if difference == 1 else 'are'} too few to tell."
    )
    return f"{said} {chance}"


@allow()
@of_account(kind="examinations")
def figures_change_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The quarter so far against as many months before it, unless asked otherwise."""
    today = timezone.localdate()
    form, period = asked_period(request, today, default=quarter_so_far(today), account=account)
    client = asked_client(form)
    before = period.before
    found = moved(account, period, before, request.user, client)
    whole = _whole(found)
    context = {
        "form": form,
        "period": period.whole,
        "before": before,
        "whole": whole,
        "cause": _cause(whole) if whole else "",
        "where": _where(found, whole) if whole else "",
        "sections": [
            _section(request.account_base, period, by, found.get(by, []), client)
            for by in (*PLACES, Dimension.TYPE, Dimension.REASON)
            if found.get(by)
        ],
        "newest": figures.newest_data(account, today),
    }
    return render(
        request, "examinations/figures_change.html", context | tabs(request, account, period, "change", client)
    )
