"""Headquarters' pages: promises kept and missed by group, and what experts have open."""

import datetime
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.guards import allow
from accounts.models import Person
from inquiries.leaving import leave
from inquiries.models import Absence, GroupMember, Involvement, Routing
from inquiries.models.inquiry import State
from inquiries.promises.figures import figures, together
from inquiries.tasks import route_inquiries
from look.downloads import FORMATS, Sheet, download
from look.formats import plural

PERIODS = [("30", "The last 30 days"), ("90", "The last 90 days"), ("365", "The last 365 days")]
USUAL = 90
HEADS = ("Group", "Kept", "Missed", "Late now", "Kept, share", "Working hours to an answer, mean")


class PeriodForm(forms.Form):
    days = forms.ChoiceField(label="Answered in", choices=PERIODS, required=False, initial=str(USUAL))


@allow(Person.Role.HEADQUARTERS)
def promises_page(request: HttpRequest) -> HttpResponse:
    """How many promises were kept, by group; nobody is named."""
    form = PeriodForm(request.GET or None)
    days = int(form.cleaned_data.get("days") or USUAL) if form.is_valid() else USUAL
    now = timezone.now()
    rows = figures(now - datetime.timedelta(days=days), now)
    kind = request.GET.get("download", "")
    if kind in FORMATS:
        cells = [(one.name, one.kept, one.missed, one.late, one.share, one.hours) for one in rows]
        return download(Sheet("promises", HEADS, cells), kind, request, form=form)
    context = {"rows": rows, "all": together(rows, "All"), "form": form, "days": days}
    return render(request, "inquiries/promises.html", context)


@allow(Person.Role.HEADQUARTERS)
def experts_page(request: HttpRequest) -> HttpResponse:
    """What experts have open, who is away, and what waits for an expert."""
    day = timezone.localdate()
    unfinished = Q(until=None, inquiry__state__in=[State.OPEN, State.ASKED_BACK])
    work = {
        one["expert"]: one
        for one in Involvement.objects.filter(unfinished).values("expert").order_by("expert")
        .annotate(n=Count("pk"), weight=Sum("inquiry__category__weight"))
    }  # fmt: skip
    away = dict(Absence.objects.on(day).values_list("expert", "ends"))
    groups: dict[uuid.UUID, list[str]] = {}
    for expert, name in GroupMember.objects.values_list("expert", "group__name"):
        groups.setdefault(expert, []).append(name)
    rows = [
        {
            "expert": person,
            "groups": ", ".join(groups.get(person.pk, [])),
            "open": work.get(person.pk, {}).get("n", 0),
            "weight": work.get(person.pk, {}).get("weight", 0),
            "away": away.get(person.pk),
        }
        for person in Person.objects.filter(role=Person.Role.EXPERT, is_active=True)
    ]
    context = {
        "rows": rows,
        "open": sum(int(row["open"]) for row in rows),  # type: ignore[call-overload]
        "unsettled": Routing.objects.filter(settled_at=None).count(),
    }
    return render(request, "inquiries/experts.html", context)


@require_POST
@allow(Person.Role.HEADQUARTERS)
def expert_leaves(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """An expert leaves today; what they had open goes to others."""
    expert = Person.objects.filter(pk=person_id, role=Person.Role.EXPERT, is_active=True).first()
    if expert is None:
        raise Http404
    try:
        had = leave(expert, by=request.user, today=timezone.localdate())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        route_inquiries.delay_on_commit()
        messages.success(request, f"{expert.name} has left; {plural(had, 'inquiry goes', 'inquiries go')} to others.")
    return redirect("experts")
