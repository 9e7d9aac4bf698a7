"""Find an entry, a container, an examination; for staff also an account. By equality, but for names."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.current import chosen
from accounts.guards import allow
from accounts.models import Account, Identifier
from examinations.models import CustomsRequest, Entry, Examination

SHOWN = 20


@allow()
def find(request: HttpRequest) -> HttpResponse:
    """One entry, or one examination, leads straight to its page; more stand as a list."""
    sought = request.GET.get("q", "").replace("\0", "").strip()[:60]
    plain = sought.upper().replace("-", "").replace(" ", "")
    examinations: list[Examination] = []
    requests: list[CustomsRequest] = []
    entries: list[Entry] = []
    accounts: list[Account] = []
    if plain:
        wanted = Q(number=sought.upper()) | Q(container=plain) | Q(entry_number=plain) | Q(bill=sought.upper())
        examinations = list(Examination.objects.visible_to(request.user).filter(wanted).order_by("-selected")[:SHOWN])
        entries = list(Entry.objects.visible_to(request.user).filter(number=plain)[:SHOWN])
        numbers = {sought, sought.upper()}
        requests = list(CustomsRequest.objects.visible_to(request.user).filter(number__in=numbers)[:SHOWN])
    if plain and request.user.is_government:
        held = Identifier.objects.filter(key=plain).values("account")
        accounts = list(
            Account.objects.opened_by(request.user).filter(Q(name__icontains=sought) | Q(pk__in=held))[:SHOWN]
        )
    own = chosen(request)
    # An entry shows its examinations; what else bears the same characters is not among them.
    of_entry = len(entries) == 1 and all(one.entry_id == entries[0].pk for one in examinations)
    hit = entries[0] if of_entry else examinations[0] if len(examinations) == 1 and not entries else None
    if requests:
        hit = requests[0] if len(requests) == 1 and not examinations and not entries else None
    if hit and not accounts and (page := _page_of(request, hit, own)):
        return redirect(page)
    if len(accounts) == 1 and not examinations and not entries and not requests:
        return redirect("account", accounts[0].pk)
    for one in (*examinations, *entries, *requests):
        one.page = _page_of(request, one, own)
    context = {
        "sought": sought,
        "examinations": examinations,
        "entries": entries,
        "accounts": accounts,
        "requests": requests,
    }
    return render(request, "portal/find.html", context)


def _page_of(request: HttpRequest, found: Entry | Examination | CustomsRequest, own: Account | None) -> str:
    """Its page under an account that one may open: the importer's or, where one sees it through the filer, the filer's.

    Of several own accounts that is not always the one chosen last. Where a delegation alone opens the row, the page of the
    importer that delegated this kind of data.
    """
    kind = "requests" if isinstance(found, CustomsRequest) else "examinations"
    page = f"entries/{found.number}/" if isinstance(found, Entry) else f"{kind}/{found.pk}/"
    delegated = request.reach.entries if isinstance(found, Entry) else request.reach.examinations
    sides = [side for side in (found.account_id, found.filer_id) if side]
    if not request.user.is_government and own and own.pk in sides:
        return f"/{page}"
    opened = [side for side in sides if request.reach.opens(side)] + [side for side in sides if side in delegated]
    base = next(iter(opened), None)
    return f"/accounts/{base}/{page}" if base else ""
