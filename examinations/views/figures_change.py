"""Why was I examined more, or less, than before: volume or rate, and where."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations.exports.figures_change import SECTIONS, ChangeAsked, sheet_of
from examinations.figures import Period
from examinations.figures.comparing import Change, change
from examinations.figures.moved import PLACES, Moved
from examinations.figures.names import in_a_sentence, names_of
from examinations.figures_by import DIMENSIONS
from examinations.intervals import rate_of
from examinations.models import Dimension
from examinations.views.exports import asked_of
from examinations.views.figures_by import tabs
from examinations.views.figures_said import PLACED
from examinations.views.rows_behind import CARGO_EXAMINED, entries_behind, entries_of, of_value, rows_behind
from look.downloads import FORMATS, MOST_ROWS, download
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


def _counted(base: str, period: Period, by: str, code: str, **narrowed: Any) -> dict[str, str]:
    """Where the entries and the examined ones of one value in one period are listed; "" where no list narrows to it.

    Entries stand under the port where they were filed, examinations under the port where they were made: of a port the
    entries are the rows, of a type the examinations.
    """
    if by in PLACES:
        behind = entries_behind(base, period, by, code, **narrowed)
        return {"entries": behind, "examined": f"{behind}&{CARGO_EXAMINED}" if behind else ""}
    of = of_value(by, code) if by == Dimension.TYPE else {}
    return {"entries": "", "examined": rows_behind(base, period, "cargo", **of, **narrowed) if of else ""}


def _of_client(client: Account | None) -> dict[str, Any]:
    return {"party": client.pk} if client else {}


def _behind(base: str, now: Period, before: Period, client: Account | None) -> list[tuple[str, str, str]]:
    """Of each period its label, and where its examined entries and all its entries are listed."""
    of_each = [(label, entries_of(base, of, **_of_client(client))) for label, of in (("now", now), ("before", before))]
    return [(label, f"{entries}&{CARGO_EXAMINED}", entries) for label, entries in of_each]


def _section(base: str, now: Period, by: str, rows: list[Moved], client: Account | None) -> dict[str, Any]:
    shown = [row for row in rows if row.difference][:SHOWN]
    names = names_of(by, [row.code for row in shown])
    of_client = _of_client(client)
    lines = [
        {
            "row": row,
            "name": names.get(row.code, row.code) or "Not given",
            "now": _counted(base, now, by, row.code, **of_client),
            "before": _counted(base, now.before, by, row.code, **of_client),
        }
        for row in shown
    ]
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
    listed = ChangeAsked(asked_of(request, account))
    period, before, client = listed.period, listed.before, listed.client
    found = listed.moved()
    values = sum(len(rows) for rows in found.values())
    if request.GET.get("download") in FORMATS and listed.usable and values <= MOST_ROWS:
        return download(sheet_of(listed, found), request.GET["download"])
    whole = _whole(found)
    context = {
        "form": listed.form,
        "period": period.whole,
        "before": before,
        "whole": whole,
        "cause": _cause(whole) if whole else "",
        "where": _where(found, whole) if whole else "",
        "sections": [
            _section(request.account_base, period, by, found.get(by, []), client) for by in SECTIONS if found.get(by)
        ],
        "behind": _behind(request.account_base, period, before, client),
        "values": values,
        "newest": listed.newest,
    }
    return render(
        request, "examinations/figures_change.html", context | tabs(request, account, period, "change", client)
    )
