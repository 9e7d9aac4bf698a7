"""Notices as those read them whom they are for."""

import datetime
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.current import chosen, own_accounts
from accounts.guards import READERS, allow
from accounts.models import Account
from compliance.bonds.models import Bond
from compliance.bonds.words import with_what_is_announced
from examinations.figures.period import Period
from look.downloads import FORMATS, MOST_ROWS, Sheet, download
from notices import costs, searching, telling, touched_by
from notices.models import Acknowledgement, Notice, Subject, Touched
from notices.terms import terms_of
from notifications.queue import mark_read

PAGE = 25
#: Accounts of staff that a notice's page lists.
SHOWN = 25
HEADS = ["Notice", "Source", "Number", "About", "Published", "In Force From", "What You Must Do", "Address", "Read"]


def _sheet(notices: QuerySet[Notice]) -> Sheet:
    rows = (
        [
            one.title,
            one.get_kind_display(),
            one.number,
            one.get_subject_display(),
            timezone.localdate(one.published_at),
            one.effective_date,
            one.to_do,
            one.source_url,
            "" if not one.told_me else "no" if one.unread else "yes",
        ]
        for one in notices[:MOST_ROWS]
    )
    return Sheet("notices", HEADS, rows)


def _asked(request: HttpRequest) -> tuple[QuerySet[Notice], str, str]:
    """The notices that the list is about, the words and the subject that were asked for; nonsense asks for nothing."""
    words, subject = request.GET.get("q", "").strip()[: searching.LONGEST], request.GET.get("subject", "")
    subject = subject if subject in Subject.values else ""
    if words:  # what holds no more is found too: whoever searches may have its mail
        notices = searching.found(Notice.objects.told_to(request.user), words)
    else:
        notices = Notice.objects.read_by(request.user).order_by("-published_at", "-id")
    return (notices.filter(subject=subject) if subject else notices), words, subject


@require_safe
@allow(*READERS)
def notice_list(request: HttpRequest) -> HttpResponse:
    """All notices told, newest first, with what each touches of one's own trade; those not read yet are marked."""
    today = timezone.localdate()
    notices, words, subject = _asked(request)
    if request.GET.get("download") in FORMATS:
        return download(_sheet(notices), request.GET["download"], request)
    page = Paginator(notices, PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    said = touched_by.sentences_of(rows, request.user, request.reach)
    for one in rows:
        one.said = said.get(one.pk, "")
        one.found = searching.marked(one.headline) if words else ""
    held = Notice.objects.read_by(request.user)
    coming = held.filter(effective_date__gt=today)
    first = list(coming.order_by("effective_date")[:1])
    context = {
        "page": page,
        "rows": rows,
        "today": today,
        "words": words,
        "subject": subject,
        "subjects": Subject.choices,
        "ahead_count": coming.count(),
        "next": first[0] if first else None,
        "touching": touched_by.ahead(coming, request.user, request.reach),
        "unread": held.filter(unread=True).count(),
    }
    return render(request, "notices/list.html", context)


def notice_of(notices: QuerySet[Notice], notice_id: uuid.UUID) -> Notice:
    """One of these. Raises Http404."""
    notice = notices.filter(pk=notice_id).select_related("replaces").first()
    if notice is None:
        raise Http404
    return notice


@require_safe
@allow(*READERS)
def notice_page(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """One notice: what changes, what it costs, what to do. A GET changes nothing: reading is said by a form, which a
    script sends after a few seconds; without script, by its button.

    One that holds no more says so: whoever had its mail comes back to it.
    """
    notice = notice_of(Notice.objects.told_to(request.user), notice_id)
    today = timezone.localdate()
    account = None if request.user.is_government else _account(request, notice)
    context = {
        "notice": notice,
        "today": today,
        "holds": notice.state == Notice.State.PUBLISHED,
        "retracted": notice.state == Notice.State.RETRACTED,
        "next": _next(notice, request),
        "days_left": (notice.effective_date - today).days if notice.effective_date else None,
        "terms": terms_of(notice),
        "papers": list(notice.attachments(request.user)),
        "said": touched_by.sentences_of([notice], request.user, request.reach).get(notice.pk, ""),
        **(_of_staff(request, notice) if request.user.is_government else _of_account(request, notice, account, today)),
    }
    return render(request, "notices/one.html", context)


def _next(notice: Notice, request: HttpRequest) -> Notice | None:
    """What took the place of a notice that was corrected or superseded."""
    if notice.state not in (Notice.State.CORRECTED, Notice.State.SUPERSEDED):
        return None
    return Notice.objects.visible_to(request.user).filter(replaces=notice.pk, state__in=Notice.TOLD).first()


def _account(request: HttpRequest, notice: Notice) -> Account | None:
    """The account for which a member reads: the one that is chosen where it was told, else the first that was."""
    told = set(telling.told_for(notice, request.user))
    own = [account for account in own_accounts(request) if account.pk in told]
    current = chosen(request)
    return current if current in own else own[0] if own else None


def _of_account(request: HttpRequest, notice: Notice, account: Account | None, today: datetime.date) -> dict[str, Any]:
    if account is None:
        return {}
    touched = Touched.objects.visible_to(request.user).filter(notice=notice, account=account).first()  # type: ignore[attr-defined]
    by_month = costs.costs_of(notice, account, today) if touched and touched.imported else []
    asked = Acknowledgement.objects.visible_to(request.user).filter(notice=notice, account=account)  # type: ignore[attr-defined]
    return {
        "of": account,
        "touched": touched,
        "period": _period(touched, by_month) if touched else None,
        "costs": by_month,
        "total": costs.total_of(by_month) if by_month else None,
        "chart": costs.chart_of(by_month),
        "difference_alone": costs.of_chapter_99(by_month),
        "bond_said": _of_bond(request, account, today) if touched and touched.added and notice.changes_duty else "",
        "acknowledged": asked.select_related("person").first() if notice.to_do else None,
    }


def _period(touched: Touched, by_month: list[costs.MonthCost]) -> Period:
    """What the section of the cost is about: the months that it reckons today; where it reckons none, those that were
    counted when the notice was published. Sums by month reach back a year, so that the two part as time goes on."""
    first, last = (touched.first_month, touched.last_month) if not by_month else (by_month[0].month, by_month[-1].month)
    return Period(first, last).whole


def _of_bond(request: HttpRequest, account: Account, today: datetime.date) -> str:
    """What the changes announced mean for the account's bond, the worst of several, as the last look ahead found it."""
    rows = Bond.objects.visible_to(request.user).in_force(today).filter(account=account)  # type: ignore[attr-defined]
    bond = rows.select_related("review").worst_first().first()
    review = getattr(bond, "review", None)
    return with_what_is_announced(review, bond.amount, today) if review else ""


def _of_staff(request: HttpRequest, notice: Notice) -> dict[str, Any]:
    """The accounts that it touches most, of those that one may see."""
    rows = Touched.objects.visible_to(request.user).filter(notice=notice).select_related("account")  # type: ignore[attr-defined]
    if not request.reach.everything:
        rows = rows.filter(account__in=request.reach.managed)
    return {"touches": list(rows.order_by("-imported", "-filed", "account__name")[:SHOWN])}


@require_POST
@allow(*READERS)
def notice_read(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Record that this person has read the notice."""
    notice = notice_of(Notice.objects.read_by(request.user), notice_id)
    mark_read(telling.message_of(notice), request.user)
    if request.htmx:
        return render(request, "notices/marked.html")
    return redirect("notice", notice.pk)


@require_POST
@allow(*READERS)
def notice_acknowledge(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Confirm for one's account that a notice that asks for action was read; the first of an account counts."""
    notice = notice_of(Notice.objects.read_by(request.user), notice_id)
    account = _account(request, notice)
    if account is None:
        raise Http404
    try:
        notice.acknowledge(account, by=request.user)
    except ValidationError:
        raise Http404 from None
    return redirect("notice", notice.pk)
