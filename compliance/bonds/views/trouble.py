"""All bonds in trouble, by days left: headquarters sees every one, a manager those of its accounts."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Person
from compliance.bonds.models import BondReview
from compliance.bonds.models.gravity import expected, manual
from compliance.bonds.states import IN_TROUBLE, WITH_DAYS, State
from compliance.bonds.words import one_line
from look.downloads import FORMATS, MOST_ROWS, Cell, Sheet, download
from look.paging import CappedPaginator

PAGE = 50
#: What is listed whatever its state, as an address calls it.
OTHERS = {
    "manual": ("For manual determination", manual()),
    "ahead": ("Expected to become too small", expected()),
}
HEADS = (
    *(
        "Account",
        "Bond Number",
        "Bond Amount",
        "Duties, Taxes And Fees",
        "Refunded",
        "Required",
        "Use",
        "Use Net Of Refunds",
    ),
    *(
        "State",
        "Since",
        "Letter Dated",
        "Remedy By",
        "New Bond In Force By",
        "Days Left",
        "For Manual Determination Since",
    ),
    *("Short From About", "Amount To Ask For"),
)


@require_safe
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def trouble_page(request: HttpRequest) -> HttpResponse:
    """Bonds of which somebody must do something, and those that are expected to become too small."""
    today = timezone.localdate()
    everything = BondReview.objects.visible_to(request.user).select_related("bond", "account")
    chosen = request.GET.get("state", "")
    rows = everything.in_trouble()  # type: ignore[attr-defined]
    if chosen in IN_TROUBLE:
        rows = rows.filter(state=chosen)
    elif chosen in OTHERS:
        rows = rows.filter(OTHERS[chosen][1])
    if request.GET.get("download") in FORMATS:
        return download(_sheet(rows[:MOST_ROWS]), request.GET["download"], request)
    page = CappedPaginator(rows, PAGE).get_page(request.GET.get("page"))
    found = [(one, one.days_left(today), one_line(one, today)) for one in page.object_list]
    others = {name: Count("pk", filter=among) for name, (_, among) in OTHERS.items()}
    states = list(everything.order_by().values("state").annotate(n=Count("pk"), **others))
    counts = {one["state"]: one["n"] for one in states}
    of_others = {name: sum(one[name] for one in states) for name in OTHERS}
    of_states = [(state, state.label, counts.get(state, 0)) for state in IN_TROUBLE]
    context = {
        "today": today,
        "page": page,
        "rows": found,
        "counts": [*of_states, *((name, label, of_others[name]) for name, (label, _) in OTHERS.items())],
        "running": counts.get(State.NOTIFIED, 0) + counts.get(State.TERMINATION_FILED, 0),
        "out": counts.get(State.INSUFFICIENT, 0) + counts.get(State.IMMEDIATE, 0),
        "deficient": counts.get(State.DEFICIENT, 0),
        "watch": counts.get(State.WATCH, 0),
        "ended": counts.get(State.ENDED, 0),
        **of_others,
        "enough": counts.get(State.SUFFICIENT, 0),
        "chosen": chosen if chosen in (*IN_TROUBLE, *OTHERS) else "",
    }
    return render(request, "bonds/trouble.html", context)


def _sheet(rows: object) -> Sheet:
    today = timezone.localdate()
    cells: list[list[Cell]] = [
        [
            *(one.account.name, one.bond.number, one.bond.amount, one.total, one.refunded, one.required),
            *(one.use, one.net_use, one.get_state_display(), one.since, one.letter_on),
            *((one.remedy_by, one.in_force_by) if one.state in WITH_DAYS else (None, None)),
            *(one.days_left(today), one.delinquent_since, one.short_half, one.asked_amount),
        ]
        for one in rows  # type: ignore[attr-defined]
    ]
    return Sheet("bonds-in-trouble", HEADS, cells)
