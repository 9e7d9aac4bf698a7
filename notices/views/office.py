"""Pages of those who send notices: who was told, and whether notice was given in time."""

import datetime
import uuid

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Person
from examinations.figures.period import months_earlier
from look.downloads import FORMATS, MOST_ROWS, Sheet, download
from notices import lead_times as leads
from notices import telling
from notices.models import Acknowledgement, Notice
from notices.views.reading import notice_of
from notifications.models import Delivery

PAGE = 50
MISSED_SHOWN = 20
HEADS = ["Person", "Account", "Channel", "State", "Sent", "Read", "Account Confirmed"]


@require_safe
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def told(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """The ledger of one notice: each person who is told, over what channel, sent or not, read or not."""
    notice = notice_of(Notice.objects.told_to(request.user), notice_id)
    rows = Delivery.objects.visible_to(request.user).filter(message__key=telling.key_of(notice))  # type: ignore[attr-defined]
    states = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    read = rows.exclude(read_at=None).count()
    asked = request.GET.get("state", "")
    asked = asked if asked in [*Delivery.State.values, "unread"] else ""
    if asked:
        rows = rows.filter(Q(read_at=None) if asked == "unread" else Q(state=asked))
    rows = rows.select_related("person", "account").order_by("person__name", "pk")
    confirmed = dict(
        Acknowledgement.objects.visible_to(request.user).filter(notice=notice).values_list("account", "at")  # type: ignore[attr-defined]
    )
    if request.GET.get("download") in FORMATS:
        return download(
            Sheet("told", HEADS, (_row(one, confirmed) for one in rows[:MOST_ROWS])), request.GET["download"], request
        )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for one in page.object_list:
        one.confirmed_at = confirmed.get(one.account_id)
    context = {
        "notice": notice,
        "page": page,
        "states": [(state, label, states[state]) for state, label in Delivery.State.choices if state in states],
        "people": sum(states.values()),
        "read": read,
        "confirmed": len(confirmed),
        "asked": asked,
    }
    return render(request, "notices/told.html", context)


def _row(one: Delivery, confirmed: dict[object, datetime.datetime]) -> list[object]:
    at = confirmed.get(one.account_id)
    return [
        one.person.name,
        one.account.name if one.account else "",
        one.get_channel_display(),
        one.get_state_display(),
        timezone.localtime(one.sent_at).replace(tzinfo=None) if one.sent_at else None,
        timezone.localdate(one.read_at) if one.read_at else None,
        timezone.localdate(at) if at else None,
    ]


@require_safe
@allow(Person.Role.HEADQUARTERS)
def lead_times(request: HttpRequest) -> HttpResponse:
    """Days of notice: promised, kept, missed, and missed where the date was outside CBP's control, by subject."""
    today = timezone.localdate()
    start = months_earlier(today, 12)
    rows = leads.by_subject(start, today)
    context = {
        "today": today,
        "start": start,
        "rows": rows[:-1],
        "all": rows[-1],
        "missed": leads.missed_between(start, today)[:MISSED_SHOWN],
    }
    return render(request, "notices/lead_times.html", context)
