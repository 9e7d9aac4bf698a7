"""Which account a page is about: the one in the address for staff, the chosen one for members."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Account, Person

CHOSEN = "account"


def own_accounts(request: HttpRequest) -> list[Account]:
    """The accounts of which the person is a member, by name."""
    return list(Account.objects.filter(pk__in=request.reach.own))


def choose(request: HttpRequest, account: Account) -> None:
    """Remember which of several own accounts the pages are about. Raises Http404 for any other."""
    if account.pk not in request.reach.own:
        raise Http404
    request.session[CHOSEN] = str(account.pk)


def chosen(request: HttpRequest) -> Account | None:
    """The account that a member's pages are about: the only one, or the one chosen last."""
    own = own_accounts(request)
    if len(own) == 1:
        return own[0]
    return next((account for account in own if str(account.pk) == request.session.get(CHOSEN)), None)


def _gives(request: HttpRequest, account: Account, kinds: tuple[str, ...]) -> bool:
    """Whether a delegation gives data of one of these kinds, or none is asked for."""
    return not kinds or any(account.pk in getattr(request.reach, kind) for kind in kinds)


def of_account(
    view: Callable[..., HttpResponse] | None = None, *, kind: str | tuple[str, ...] = ()
) -> Callable[..., HttpResponse] | Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give the view its account as second argument, and `request.account_base`, where its pages begin.

    kind: of data, or several; a delegate that was given none of it finds no such page.

    Without an account in the address a member who has not chosen yet is sent to choose, and so is staff.
    An account that the person may not open answers like one that does not exist.
    """

    if view is None:
        return functools.partial(of_account, kind=kind)

    kinds = (kind,) if isinstance(kind, str) else kind

    @functools.wraps(view)
    def about(request: HttpRequest, *args: Any, account_id: uuid.UUID | None = None, **kwargs: Any) -> HttpResponse:
        if account_id is None:
            account = chosen(request)
            if account is None:
                if request.user.role == Person.Role.EXPERT:
                    raise Http404  # an expert has no accounts to choose from
                return redirect("accounts")
            request.account_base = ""
        else:
            account = Account.objects.partly_opened_by(request.user).filter(pk=account_id).first()
            if account is None or (account.pk in request.reach.delegated and not _gives(request, account, kinds)):
                raise Http404
            request.account_base = f"/accounts/{account.pk}"
        request.account = account
        return view(request, account, *args, **kwargs)

    return about
