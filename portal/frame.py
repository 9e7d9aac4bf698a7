"""The frame around every page: who it is for, and where one can go from here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.current import chosen
from accounts.models import Account, Identifier, Person

BROKERS = ("Brokers", "/brokers/")
CENTER = ("Center", "/center/")
#: Pages of importers alone.
OF_IMPORTERS = (BROKERS, CENTER)
#: The pages of an account, by section: what stands first is where the section's own link leads. The same pages lie
#: below / for members and below /accounts/ID/ for staff.
SECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "Examinations": (
        ("Examinations", "/examinations/"),
        ("Entries", "/entries/"),
        ("Requests", "/requests/"),
        ("Entry lines", "/entry-lines/"),
        BROKERS,
    ),
    "Figures": (
        ("Figures", "/examinations/figures/"),
        ("Trends", "/trends/"),
        ("Plans", "/plan/"),
        ("Own rate", "/own-rate/"),
        ("Explore", "/explore/"),
        ("Duty", "/duty/"),
        ("Each month", "/monthly/"),
        ("What to improve", "/improve/"),
        ("Checks", "/checks/"),
    ),
    "Bond": (
        ("Bond", "/bond/"),
        ("One entry", "/bond/single-entry/"),
    ),
    "Dates": (
        ("Dates", "/dates/"),
        ("Closing soon", "/dates/closing/"),
    ),
    "Controls": (
        ("Internal controls", "/controls/"),
        ("Programs", "/programs/"),
    ),
    "Inquiries": (
        ("Inquiries", "/inquiries/"),
        ("Ask", "/inquiries/new/"),
        ("Answered questions", "/inquiries/knowledge/"),
    ),
    "People": (
        ("People", "/people/"),
        ("Account sheet", "/sheet/"),
        ("Account review", "/review/"),
        CENTER,
    ),
}  # fmt: skip
#: Pages of an account that its own people have not.
OF_STAFF = (("Who answers", "/managers/"), ("Hand-over sheet", "/hand-over-sheet/"), ("Contacts", "/contacts/"))
#: Pages of members alone.
OF_MEMBERS = ("/inquiries/new/",)
#: What everybody was told, and how; its link stands beside the person's name.
INBOX = (("Inbox", "/inbox/"), ("How you are told", "/inbox/how/"))
#: Pages of staff that belong together, by the address that begins them, and who has them.
TOGETHER: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "Selection": (
        ("Rounds", "/selection/", (Person.Role.HEADQUARTERS,)),
        ("Assignment", "/selection/assignment/", (Person.Role.HEADQUARTERS,)),
    ),
    "Trends": (
        ("Trends", "/trends/all/", (Person.Role.MANAGER, Person.Role.HEADQUARTERS)),
        ("Across accounts", "/trends/across/", (Person.Role.MANAGER, Person.Role.HEADQUARTERS)),
    ),
    "Inquiries": (
        ("Inquiries", "/inquiries/", (Person.Role.MANAGER, Person.Role.EXPERT, Person.Role.HEADQUARTERS)),
        (
            "Answered questions",
            "/inquiries/knowledge/",
            (Person.Role.MANAGER, Person.Role.EXPERT, Person.Role.HEADQUARTERS),
        ),
        ("Promises kept", "/inquiries/promises/", (Person.Role.HEADQUARTERS,)),
        ("Experts", "/inquiries/experts/", (Person.Role.HEADQUARTERS,)),
    ),
    "Absence": (
        ("Managers", "/managers/", (Person.Role.HEADQUARTERS,)),
        ("Absence", "/absence/", (Person.Role.MANAGER, Person.Role.HEADQUARTERS)),
        ("Center appeals", "/center-appeals/", (Person.Role.HEADQUARTERS,)),
        ("Telephone and hours", "/absence/hours/", (Person.Role.MANAGER,)),
    ),
    "Inbox": (
        *((label, page, tuple(Person.Role)) for label, page in INBOX),
        ("Mail", "/mail/", (Person.Role.HEADQUARTERS,)),
    ),
    "Effect": (
        ("Effect", "/effect/", (Person.Role.HEADQUARTERS,)),
        ("The program in figures", "/effect/program/", (Person.Role.HEADQUARTERS,)),
    ),
}
OVERVIEW = ("Overview", "/")
#: Of which kinds of data a page is, where a delegation of one of them opens it; the views say the same.
KINDS: dict[str, tuple[str, ...]] = {
    "/examinations/": ("examinations",),
    "/examinations/figures/": ("examinations",),
    "/requests/": ("examinations",),
    "/explore/": ("examinations",),
    "/entries/": ("entries",),
    "/entry-lines/": ("entries",),
    "/brokers/": ("entries",),
    "/own-rate/": ("trends",),
    "/trends/": ("trends",),
    "/plan/": ("trends",),
    "/controls/": ("trends",),
    "/duty/": ("entries",),
    "/bond/": ("bonds",),
    "/bond/single-entry/": ("bonds",),
    "/bond/enhanced/": ("bonds",),
    "/checks/": ("entries",),
    "/dates/": ("entries", "examinations", "bonds"),
    "/dates/closing/": ("entries",),
}
OWN_FILES = ("Your files", "/uploads/")
MADE_FILES = ("Files made for you", "/exports/")
#: A member's own pages beside those of the account: what they brought, and what was made for them.
FILES = (OWN_FILES, MADE_FILES)


def _link(request: HttpRequest, label: str, url: str, *, whole: bool = False) -> dict[str, Any]:
    path = "" if _lost(request) else request.path
    here = path == url if whole else path.startswith(url)
    return {"label": label, "url": url, "current": here}


def _lost(request: HttpRequest) -> bool:
    """Whether the page is that of nothing found: its frame must not depend on the address."""
    return getattr(request, "lost", False)


def _member_links(request: HttpRequest) -> list[dict[str, Any]]:
    section = _section_of(request.path)
    links = [_link(request, "Today", "/", whole=True)]
    links += [
        {"label": name, "url": pages[0][1], "current": name == section and not _lost(request)}
        for name, pages in SECTIONS.items()
    ]
    files = _link(request, *OWN_FILES)
    files["current"] |= _link(request, *MADE_FILES)["current"]
    links += [_link(request, "Notices", "/notices/"), files]
    if len(request.reach.own) > 1:
        links.append(_link(request, "Accounts", "/accounts/"))
    return links


def _opened(request: HttpRequest, account: Account, page: str) -> bool:
    """Whether the page is open to who asks: all of them but to a delegate, who sees those of the kinds it holds."""
    if account.pk not in request.reach.delegated:
        return True
    return any(account.pk in getattr(request.reach, kind) for kind in KINDS.get(page, ()))


def _section_of(path: str) -> str:
    """The section to which an address of an account's pages belongs; the longest page that begins it decides."""
    fitting = [(len(page), name) for name, pages in SECTIONS.items() for _, page in pages if path.startswith(page)]
    return max(fitting)[1] if fitting else ""


def _row(request: HttpRequest, account: Account | None) -> dict[str, Any] | None:
    """The second row: the pages of the section for a member, all pages of the account for staff; None where there is one."""
    base = getattr(request, "account_base", "")
    path = request.path.removeprefix(base)
    if base and account:
        name, pages = account.name, [OVERVIEW, *(page for section in SECTIONS.values() for page in section)]
        pages = [(label, page) for label, page in pages if _opened(request, account, page) and page not in OF_MEMBERS]
        pages += OF_STAFF if request.user.is_government else ()
    else:
        name = _section_of(path)
        pages = list(SECTIONS.get(name, ()))
        if request.user.is_government:
            name, pages = _together(request)
        elif any(path.startswith(page) for _, page in FILES):
            name, pages = OWN_FILES[0], list(FILES)
        elif path.startswith(INBOX[0][1]):
            name, pages = INBOX[0][0], list(INBOX)
    if account and account.kind == Account.Kind.BROKER:
        pages = [page for page in pages if page not in OF_IMPORTERS]
    if len(pages) <= 1 or _lost(request):
        return None
    here = max((page for _, page in pages if path.startswith(page)), key=len, default="")
    links = [{"label": label, "url": base + page, "current": page == here} for label, page in pages]
    return {"name": name, "links": links}


def _together(request: HttpRequest) -> tuple[str, list[tuple[str, str]]]:
    """The name and the pages of the group of staff's pages to which the address belongs; none where it stands alone."""
    for name, pages in TOGETHER.items():
        if any(request.path.startswith(page) for _, page, _ in pages):
            return name, [(label, page) for label, page, roles in pages if request.user.role in roles]
    return "", []


def _link_of(request: HttpRequest, name: str) -> dict[str, Any]:
    """The link to a group of staff's pages: to the first that this person has."""
    label, url = next((label, url) for label, url, roles in TOGETHER[name] if request.user.role in roles)
    return {"label": label, "url": url, "current": _together(request)[0] == name and not _lost(request)}


def _staff_links(request: HttpRequest) -> list[dict[str, Any]]:
    links = [_link(request, "Today", "/", whole=True)]
    if request.user.role in (Person.Role.MANAGER, Person.Role.HEADQUARTERS):
        links += [
            _link(request, "Accounts", "/accounts/"),
            _link_of(request, "Trends"),
            _link_of(request, "Inquiries"),
            _link(request, "Bonds", "/bonds/"),
            _link(request, "Notices", "/notices/"),
        ]
        links += [_link(request, *MADE_FILES), _link_of(request, "Absence")]
    if request.user.role == Person.Role.EXPERT:
        links.append(_link(request, "Inquiries", "/inquiries/"))
    if request.user.is_headquarters:
        links += [
            _link(request, "Selection", "/selection/"),
            _link_of(request, "Effect"),
            _link(request, "Measurement", "/measurement/"),
            _link(request, "Risk", "/risk/"),
            _link(request, "Loads", "/loads/"),
            _link(request, "Administration", "/admin/"),
        ]
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
    delegated = account is not None and account.pk in request.reach.delegated
    own = chosen(request) if delegated else account
    return context | {
        "row": _row(request, account),
        "navigation": _staff_links(request) if government else _member_links(request),
        "brand_for": _about_account(own) if own and not government else _about_staff(request.user),
        # Who reads about somebody else's account: "the account", not "you".
        "government": government or delegated,
        "account": account,
        "base": "" if _lost(request) else getattr(request, "account_base", ""),
    }
