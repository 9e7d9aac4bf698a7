"""Notices as those read them whom they are for."""

import uuid

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import READERS, allow
from look.downloads import FORMATS, MOST_ROWS, Sheet, download
from notices import telling
from notices.models import Notice
from notifications.models import Delivery
from notifications.queue import mark_read

PAGE = 25
HEADS = ["Notice", "Source", "Number", "Published", "In Force From", "What You Must Do", "Address", "Read"]


def _sheet(notices: QuerySet[Notice]) -> Sheet:
    rows = (
        [
            one.title,
            one.get_kind_display(),
            one.number,
            timezone.localdate(one.published_at),
            one.effective_date,
            one.to_do,
            one.source_url,
            "" if not one.told_me else "no" if one.unread else "yes",
        ]
        for one in notices[:MOST_ROWS]
    )
    return Sheet("notices", HEADS, rows)


@require_safe
@allow(*READERS)
def notice_list(request: HttpRequest) -> HttpResponse:
    """All notices told, newest first; those not read yet are marked."""
    today = timezone.localdate()
    notices = Notice.objects.read_by(request.user).order_by("-published_at", "-id")
    if request.GET.get("download") in FORMATS:
        return download(_sheet(notices), request.GET["download"], request)
    page = Paginator(notices, PAGE).get_page(request.GET.get("page"))
    ahead = list(notices.filter(effective_date__gt=today).order_by("effective_date")[:1])
    context = {
        "page": page,
        "today": today,
        "ahead_count": notices.filter(effective_date__gt=today).count(),
        "next": ahead[0] if ahead else None,
        "unread": notices.filter(unread=True).count(),
    }
    return render(request, "notices/list.html", context)


def _notice(notices: QuerySet[Notice], notice_id: uuid.UUID) -> Notice:
    notice = notices.filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    return notice


@require_safe
@allow(*READERS)
def notice_page(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """One notice: what changes, when, what to do. Looking changes nothing; reading is said with a button.

    One that was retracted says so: whoever had its mail comes back to it.
    """
    notice = _notice(Notice.objects.told_to(request.user), notice_id)
    today = timezone.localdate()
    told = Delivery.objects.visible_to(request.user).filter(message__key=telling.key_of(notice))
    context = {
        "notice": notice,
        "today": today,
        "retracted": notice.state == Notice.State.RETRACTED,
        "days_left": (notice.effective_date - today).days if notice.effective_date else None,
        "told": told.exclude(person=request.user).select_related("person", "account").order_by("person__name")[:50]
        if request.user.is_government
        else [],
    }
    return render(request, "notices/one.html", context)


@require_POST
@allow(*READERS)
def notice_read(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Record that this person has read the notice."""
    notice = _notice(Notice.objects.read_by(request.user), notice_id)
    mark_read(telling.message_of(notice), request.user)
    return redirect("notice", notice.pk)
