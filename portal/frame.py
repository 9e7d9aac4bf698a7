"""The frame around every page: who it is for, and where one can go from here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.current import chosen
from accounts.models import Account, Identifier, Person


def _link(request: HttpRequest, label: str, url: str, *, whole: bool = False) -> dict[str, Any]:
    path = "" if _lost(request) else request.path
    here = path == url if whole else path.startswith(url)
    return {"label": label, "url": url, "current": here}


def _lost(request: HttpRequest) -> bool:
    """Whether the page is that of nothing found: its frame must not depend on the address."""
    return getattr(request, "lost", False)


def _member_links(request: HttpRequest) -> list[dict[str, Any]]:
    figures = request.path.startswith("/examinations/figures/")
    links = [
        _link(request, "Today", "/", whole=True),
        _link(request, "Examinations", "/examinations/"),
        _link(request, "Figures", "/examinations/figures/"),
        _link(request, "Duty", "/duty/"),
        _link(request, "Notices", "/notices/"),
        _link(request, "Your files", "/uploads/"),
    ]
    links[1]["current"] = links[1]["current"] and not figures
    if len(request.reach.own) > 1:
        links.append(_link(request, "Accounts", "/accounts/"))
    return links


def _staff_links(request: HttpRequest) -> list[dict[str, Any]]:
    links = [_link(request, "Today", "/", whole=True)]
    if request.user.role in (Person.Role.MANAGER, Person.Role.HEADQUARTERS):
        links += [_link(request, "Accounts", "/accounts/"), _link(request, "Notices", "/notices/")]
    if request.user.is_headquarters:
        links += [_link(request, "Loads", "/loads/"), _link(request, "Administration", "/admin/")]
    return links


def _about_account(account: Account) -> dict[str, str]:
    numbers = Identifier.objects.filter(account=account).order_by("kind", "value")
    kinds = {Identifier.Kind.IMPORTER: "Importer number", Identifier.Kind.FILER: "Filer code"}
    wanted = Identifier.Kind.FILER if account.kind == Account.Kind.BROKER else Identifier.Kind.IMPORTER
    found = [number.value for number in numbers if number.kind == wanted]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return {"name": account.name, "detail": f"{kinds[wanted]} {found[0]}{more}" if found else ""}


def _about_staff(person: Person) -> dict[str, str]:
    center = f", {person.center.name} Center" if person.center else ""
    return {"name": person.name, "detail": f"{person.get_role_display()}{center}"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: navigation, whom the page is for, where the account's pages begin."""
    context: dict[str, Any] = {"demonstration": settings.DEMONSTRATION}
    if not getattr(request, "user", None) or not request.user.is_authenticated or not hasattr(request, "reach"):
        return context
    government = request.user.is_government
    account = None if _lost(request) else getattr(request, "account", None)
    account = account or (None if government else chosen(request))
    return context | {
        "navigation": _staff_links(request) if government else _member_links(request),
        "brand_for": _about_account(account) if account and not government else _about_staff(request.user),
        "government": government,
        "account": account,
        "base": "" if _lost(request) else getattr(request, "account_base", ""),
    }
