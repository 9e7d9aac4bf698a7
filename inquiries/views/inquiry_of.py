"""The inquiry that an address names, for who may see it."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Account, Person
from inquiries.models import Inquiry


def also_below_accounts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of everybody, which staff also find below the pages of an account that they may open, and nobody else does."""

    @functools.wraps(view)
    def about(request: HttpRequest, *args: Any, account_id: uuid.UUID | None = None, **kwargs: Any) -> HttpResponse:
        if account_id is not None:
            account = Account.objects.opened_by(request.user).filter(pk=account_id).first()  # type: ignore[attr-defined]
            if account is None:
                raise Http404
            request.account, request.account_base = account, f"/accounts/{account.pk}"  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return about


def of_inquiry(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view its inquiry as second argument, and `request.account_base`; what one may not see is not there, and
    what one may not do to it neither."""

    @functools.wraps(view)
    def about(
        request: HttpRequest, *args: Any, inquiry_id: int, account_id: uuid.UUID | None = None, **kwargs: Any
    ) -> HttpResponse:
        rows = Inquiry.objects.visible_to(request.user).filter(pk=inquiry_id)  # type: ignore[attr-defined]
        if account_id is not None:
            rows = rows.filter(account=account_id)
        inquiry = rows.select_related("account__center", "category", "asked_by", "written_down_by", "group").first()
        if inquiry is None or (account_id is not None and request.user.role == Person.Role.EXPERT):
            raise Http404
        request.account_base = f"/accounts/{account_id}" if account_id else ""  # type: ignore[attr-defined]
        if account_id or not request.user.is_government:
            request.account = inquiry.account  # type: ignore[attr-defined]
        try:
            return view(request, inquiry, *args, **kwargs)
        except PermissionDenied as error:
            raise Http404 from error

    return about
