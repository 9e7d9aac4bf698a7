"""Inquiries of an account, and, for staff, of all accounts that one works for."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from inquiries.models import Category, Inquiry, State
from look.downloads import FORMATS, Sheet, download
from look.paging import CappedPaginator

PAGE = 25
OPEN, DONE, ALL = "open", "done", "all"
SHOWN = [(OPEN, "Not answered yet"), (DONE, "Answered or closed"), (ALL, "All")]
HEADS = (
    "Number", "Account", "Subject", "About", "Category", "Urgency", "State", "Asked on", "Asked by", "Promised by",
    "Answered on", "Outcome",
)  # fmt: skip


class ListForm(forms.Form):
    """What the list shows."""

    show = forms.ChoiceField(label="Show", choices=SHOWN, required=False)
    category = forms.ModelChoiceField(
        label="About", queryset=Category.objects.none(), required=False, empty_label="All"
    )
    words = forms.CharField(label="Words of the subject, or a number", max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.all()


def narrowed(rows: QuerySet[Inquiry], form: ListForm) -> QuerySet[Inquiry]:
    """The rows that the form asks for, those that CBP has to answer first, the oldest promise first; nonsense is not asked."""
    asked = form.cleaned_data if form.is_valid() else {}
    show = asked.get("show") or OPEN
    if show == OPEN:
        rows = rows.unfinished()  # type: ignore[attr-defined]
    elif show == DONE:
        rows = rows.filter(state__in=[State.ANSWERED, State.CLOSED])
    if asked.get("category"):
        rows = rows.filter(category=asked["category"])
    words = " ".join(asked.get("words", "").split())
    number = words.rpartition("-")[2]
    if number.isdecimal() and len(number) < 12:
        rows = rows.filter(pk=int(number))
    elif words:
        rows = rows.filter(subject__icontains=words.replace("\0", ""))
    if show == OPEN:
        return rows.order_by(F("due_at").asc(nulls_last=True), "-pk")
    return rows.order_by("-asked_at", "-pk")


@allow()
def inquiry_list(request: HttpRequest, account_id: uuid.UUID | None = None) -> HttpResponse:
    """Of one account for its members and below its pages; of all that one works for, for staff."""
    if request.user.is_government and account_id is None:
        request.account_base = ""  # type: ignore[attr-defined]
        return _list(request, None)
    kwargs = {"account_id": account_id} if account_id else {}
    return _of_account(request, **kwargs)  # type: ignore[no-any-return, operator]


@of_account
def _of_account(request: HttpRequest, account: Account) -> HttpResponse:
    if account.pk in request.reach.delegated:  # type: ignore[attr-defined]
        raise Http404  # no delegation opens what an account asked
    return _list(request, account)


def _list(request: HttpRequest, account: Account | None) -> HttpResponse:
    form = ListForm(request.GET or None)
    rows = Inquiry.objects.visible_to(request.user)  # type: ignore[attr-defined]
    if account is not None:
        rows = rows.filter(account=account)
    shown = narrowed(rows, form).select_related("account", "category", "asked_by")
    kind = request.GET.get("download", "")
    if kind in FORMATS:
        sheet = Sheet("inquiries", HEADS, _cells(shown[: CappedPaginator.CAP]))
        return download(sheet, kind, request, form=form)
    page = CappedPaginator(shown, PAGE).get_page(request.GET.get("page"))
    waiting = rows.waiting()
    now = timezone.now()
    context = {
        "form": form,
        "page": page,
        "waiting": waiting.count(),
        "late": waiting.filter(due_at__lt=now).count(),
        "asked_back": rows.filter(state=State.ASKED_BACK).count(),
        "first": waiting.first(),
        "now": now,
        "of_one": account,
        "may_write_down": account is not None and request.reach.sees_law_enforcement_data(account.pk),  # type: ignore[attr-defined]
        "may_ask": account is not None and account.pk in request.reach.own,  # type: ignore[attr-defined]
    }
    return render(request, "inquiries/list.html", context)


def _cells(rows: QuerySet[Inquiry]) -> Iterator[tuple[Any, ...]]:
    for one in rows:
        yield (
            one.number, one.account.name, one.subject, one.about_words, one.category.name, one.get_urgency_display(),
            one.get_state_display(), timezone.localdate(one.asked_at), one.asked_by.name,
            f"{timezone.localtime(one.due_at):%Y-%m-%d %H:%M}" if one.due_at else "",
            timezone.localdate(one.answered_at) if one.answered_at else None, one.get_outcome_display(),
        )  # fmt: skip
