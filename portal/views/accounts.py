"""The accounts one may open, and one of them whole."""

import uuid

from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.answering import answering_for
from accounts.current import choose, of_account, own_accounts
from accounts.guards import allow
from accounts.models import Account, Assignment, Center, Enrollment, FilingRelation, Identifier, Membership, Person
from compliance.bonds.models import Bond
from examinations import figures
from examinations.intervals import rate_of
from look.downloads import FORMATS, MOST_ROWS, download
from portal.portfolio import DEFINITIONS as PORTFOLIO
from portal.portfolio import SORTS, newest, sheet_of, standings
from portal.scored import scored

PAGE = 50
#: Up to so many accounts every column sorts; above, those that have an index.
SORTABLE = 300


@allow(Person.Role.MEMBER, Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def account_list(request: HttpRequest) -> HttpResponse:
    """Members choose an account; staff see their accounts as a portfolio."""
    if request.user.role == Person.Role.MEMBER:
        return render(request, "portal/choose_account.html", {"accounts": own_accounts(request)})
    return _portfolio(request)


@require_POST
@allow(Person.Role.MEMBER)
def choose_account(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Remember which of one's accounts the pages are about."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise Http404
    choose(request, account)
    return redirect("today")


def _filtered(request: HttpRequest) -> QuerySet[Account]:
    accounts = Account.objects.opened_by(request.user)
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:60]  # a database takes no NUL
    if wanted:
        numbers = Identifier.objects.filter(key=wanted.upper().replace("-", "")).values("account")
        accounts = accounts.filter(Q(name__icontains=wanted) | Q(pk__in=numbers))
    for name, known in (("state", Account.State.values), ("kind", Account.Kind.values)):
        if request.GET.get(name) in known:
            accounts = accounts.filter(**{name: request.GET[name]})
    center = request.GET.get("center", "").replace("\0", "")[:3]
    if center:
        accounts = accounts.filter(center=center)
    if request.GET.get("manager") == "none":
        current = Assignment.objects.on(timezone.localdate())
        accounts = accounts.exclude(pk__in=current.values("account"))
    return accounts


def _portfolio(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    accounts = _filtered(request).select_related("center")
    sort = request.GET.get("sort", "-score")
    key, down = sort.lstrip("-"), sort.startswith("-")
    count = accounts.count()
    if count <= SORTABLE and key in SORTS:
        rows = standings(accounts, today)
        rows.sort(key=SORTS["name"])
        rows.sort(key=SORTS[key], reverse=down)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        whole = rows
    else:
        order = F("name").desc() if sort == "-name" else F("name").asc()
        accounts = accounts.order_by(order, "id")
        paginator = Paginator(accounts, PAGE)
        paginator.count = count
        page = paginator.get_page(request.GET.get("page"))
        page.object_list = standings(page.object_list, today)
        whole = None
    if request.GET.get("download") in FORMATS and page.paginator.count <= MOST_ROWS:
        return download(
            sheet_of(whole or standings(accounts, today)), request.GET["download"], request, definitions=PORTFOLIO
        )
    context = {
        "page": page,
        "sort": sort,
        "today": today,
        "centers": Center.objects.all(),
        "states": Account.State.choices,
        "kinds": Account.Kind.choices,
        "held": sum(row.held for row in whole or []),
        "high": sum(bool(row.assessment and row.assessment.band == "high") for row in whole or []),
        "sorts_all": whole is not None,
        "newest": newest(row.account for row in page.object_list),
    }
    return render(request, "portal/accounts.html", context)


@allow(Person.Role.MEMBER, Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account
def account_page(request: HttpRequest, account: Account) -> HttpResponse:
    """One account whole, for its manager; its own members go to their first page."""
    if request.user.role == Person.Role.MEMBER:
        choose(request, account)
        return redirect("today")
    today = timezone.localdate()
    (standing,) = standings([account], today)
    period = figures.twelve_whole_months(today)
    context = {
        "today": today,
        "standing": standing,
        "scored": scored(account, request.user),
        "examined": figures.entries_examined(account, period)[0],
        "error_rate": rate_of(standing.reviews_wrong, standing.reviews),
        "stay": figures.stay(account, period, request.user),
        "identifiers": Identifier.objects.filter(account=account),
        "members": Membership.objects.filter(account=account, ended_at=None).select_related("person"),
        "enrollments": Enrollment.objects.filter(account=account),
        "bonds": Bond.objects.visible_to(request.user).covering(account),
        "relations": _relations(account),
        "answering": answering_for(account, today),
        "held": list(figures.held_now(account, today)[:5]),
        "newest": figures.newest_data(account, today),
    }
    return render(request, "portal/account.html", context)


def _relations(account: Account) -> list[Account]:
    """Brokers that filed for an importer, or clients of a broker, latest first."""
    if account.kind == Account.Kind.BROKER:
        found = FilingRelation.objects.filter(broker=account).select_related("importer").order_by("-last_filed")[:8]
        return [one.importer for one in found]
    found = FilingRelation.objects.filter(importer=account).select_related("broker").order_by("-last_filed")[:8]
    return [one.broker for one in found]
