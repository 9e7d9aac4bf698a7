"""All bonds in trouble, by days left: headquarters sees every one, a manager those of its accounts."""

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Person
from compliance.bonds.models import BondReview, Delinquency
from compliance.bonds.models.review import EXPECTED
from compliance.bonds.states import IN_TROUBLE, WITH_DAYS, State
from compliance.bonds.words import one_line
from look.downloads import FORMATS, MOST_ROWS, Cell, Sheet, download
from look.paging import CappedPaginator

PAGE = 50
#: How an address calls those that are enough today and are expected to become too small.
AHEAD = "ahead"
HEADS = (
    *("Account", "Bond Number", "Bond Amount", "Required", "Use", "State", "Since", "Letter Dated", "Remedy By"),
    *("New Bond In Force By", "Days Left", "Short From About", "Amount To Ask For"),
)


@require_safe
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def trouble_page(request: HttpRequest) -> HttpResponse:
    """Bonds of which somebody must do something, and those that are expected to become too small."""
    today = timezone.localdate()
    everything = BondReview.objects.visible_to(request.user).select_related("bond", "account")
    chosen = request.GET.get("state", "")
    overdue = Delinquency.objects.visible_to(request.user).on(today).filter(account=OuterRef("account"))  # type: ignore[attr-defined]
    rows = everything.in_trouble().annotate(delinquent_since=Subquery(overdue.values("since")[:1]))  # type: ignore[attr-defined]
    if chosen in IN_TROUBLE:
        rows = rows.filter(state=chosen)
    elif chosen == AHEAD:
        rows = rows.filter(EXPECTED)
    if request.GET.get("download") in FORMATS:
        return download(_sheet(rows[:MOST_ROWS]), request.GET["download"], request)
    page = CappedPaginator(rows, PAGE).get_page(request.GET.get("page"))
    found = [(one, one.days_left(today), one_line(one, today)) for one in page.object_list]
    states = everything.order_by().values_list("state").annotate(n=Count("pk"), ahead=Count("pk", filter=EXPECTED))
    counts, ahead = {state: n for state, n, _ in states}, sum(n for _, _, n in states)
    of_states = [(state, state.label, counts.get(state, 0)) for state in IN_TROUBLE]
    context = {
        "today": today,
        "page": page,
        "rows": found,
        "counts": [*of_states, (AHEAD, "Expected to become too small", ahead)],
        "running": counts.get(State.NOTIFIED, 0) + counts.get(State.TERMINATION_FILED, 0),
        "out": counts.get(State.INSUFFICIENT, 0) + counts.get(State.IMMEDIATE, 0),
        "deficient": counts.get(State.DEFICIENT, 0),
        "watch": counts.get(State.WATCH, 0),
        "ended": counts.get(State.ENDED, 0),
        "ahead": ahead,
        "enough": counts.get(State.SUFFICIENT, 0),
        "chosen": chosen if chosen in (*IN_TROUBLE, AHEAD) else "",
    }
    return render(request, "bonds/trouble.html", context)


def _sheet(rows: object) -> Sheet:
    today = timezone.localdate()
    cells: list[list[Cell]] = [
        [
            *(
                one.account.name,
                one.bond.number,
                one.bond.amount,
                one.required,
                one.use,
                one.get_state_display(),
                one.since,
            ),
            one.letter_on,
            *((one.remedy_by, one.in_force_by) if one.state in WITH_DAYS else (None, None)),
            *(one.days_left(today), one.short_half, one.ask_for),
        ]
        for one in rows  # type: ignore[attr-defined]
    ]
    return Sheet("bonds-in-trouble", HEADS, cells)
