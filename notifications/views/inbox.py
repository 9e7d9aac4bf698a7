"""The inbox: everything that a person was told, whatever became of the mail."""

import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import allow
from look.paging import CappedPaginator
from notifications import kinds
from notifications.models import Delivery
from notifications.models.message import DeliveryQuerySet
from notifications.own_words import ended_of, own_words_of

PAGE = 25
#: What the list shows unless asked for all of it.
SHOWN_DAYS = 365


def _asked(request: HttpRequest) -> DeliveryQuerySet:
    """The rows of the inbox as filtered; what makes no sense filters nothing."""
    rows: DeliveryQuerySet = Delivery.objects.inbox_of(request.user)  # type: ignore[attr-defined]
    if request.GET.get("all") != "1":
        rows = rows.filter(due_at__gte=timezone.now() - datetime.timedelta(days=SHOWN_DAYS))
    if request.GET.get("kind") in kinds.KINDS:
        rows = rows.of_kind(request.GET["kind"])
    if request.GET.get("unread") == "1":
        rows = rows.filter(read_at=None)
    return rows


@require_safe
@allow()
def inbox(request: HttpRequest) -> HttpResponse:
    """What this person was told, newest first; what is not read yet is marked."""
    rows = _asked(request).select_related("message", "account", "person").order_by("-due_at", "-pk")
    page = CappedPaginator(rows, PAGE).get_page(request.GET.get("page"))
    unread = Delivery.objects.inbox_of(request.user).filter(read_at=None)  # type: ignore[attr-defined]
    rows_shown = list(page.object_list)
    said = _said_of(rows_shown)
    context = {
        "page": page,
        "rows": [(one, said[one.pk]) for one in rows_shown],
        "unread": unread.count(),
        "kinds": kinds.KINDS.values(),
        "chosen": request.GET.get("kind", ""),
        "only_unread": request.GET.get("unread") == "1",
        "everything": request.GET.get("all") == "1",
        "narrowed": any(request.GET.get(name) for name in ("kind", "unread")),
    }
    return render(request, "notifications/inbox.html", context)


def _said_of(rows: list[Delivery]) -> dict[int, dict[str, str]]:
    """What each says to its reader alone; of what holds no more that it does, and nothing else."""
    own, ended = own_words_of(rows), ended_of(rows)
    return {
        one.pk: {"ended": ended.get(one.pk, ""), "own": "" if one.pk in ended else own.get(one.pk, "")} for one in rows
    }


def _mine(request: HttpRequest, delivery_id: int) -> Delivery:
    mine = Delivery.objects.inbox_of(request.user).select_related("message", "account", "person")  # type: ignore[attr-defined]
    found: Delivery | None = mine.filter(pk=delivery_id).first() if delivery_id < 2**63 else None
    if found is None:
        raise Http404
    return found


@require_safe
@allow()
def inbox_message(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One message with the words of its mail. Looking changes nothing; reading is said with a button."""
    told = _mine(request, delivery_id)
    lead, _, rest = told.message.text.partition("\n\n")
    context = {
        "told": told,
        "lead": lead,
        "rest": rest,
        "kind": told.message.kind,
        **_said_of([told])[told.pk],
    }
    return render(request, "notifications/message.html", context)


@require_POST
@allow()
def message_read(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Keep that this person has read it."""
    told = _mine(request, delivery_id)
    Delivery.objects.filter(pk=told.pk, read_at=None).update(read_at=timezone.now())
    return redirect("inbox-message", told.pk)


@require_POST
@allow()
def all_read(request: HttpRequest) -> HttpResponse:
    """Keep that this person has read everything that has come."""
    unread = Delivery.objects.inbox_of(request.user).filter(read_at=None)  # type: ignore[attr-defined]
    count = Delivery.objects.filter(pk__in=unread.values("pk")).update(read_at=timezone.now())
    messages.success(request, "Everything is marked as read." if count else "Everything was marked as read already.")
    return redirect("inbox")
