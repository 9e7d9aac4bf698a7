"""Files made for one person: asked for from a list, followed while a worker makes them, fetched for seven days."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account
from examinations.exports.building import progress_of
from examinations.exports.kinds import KINDS, Asked, UnusableFilters
from examinations.exports.tasks import remove_export, run_export
from examinations.models import Export
from examinations.models.export import DATA
from look.downloads import FILTER, LONGEST_FILTER, NOT_FILTERS

PAGE = 25
MOST_FILTERS = 40


def asked_of(request: HttpRequest, account: Account) -> Asked:
    """What a page's address asks of a list of the account."""
    filters = {name: request.GET.getlist(name) for name in request.GET if name not in NOT_FILTERS}
    return Asked(account, request.user, request.reach, filters, timezone.localdate())


@require_POST
@allow(*READERS)
@of_account
def export_ask(request: HttpRequest, account: Account, name: str) -> HttpResponse:
    """Have a file made of a list of this account, with the filters of the address."""
    kind, asked = KINDS.get(name), asked_of(request, account)
    if kind is None or request.POST.get("format") not in kind.formats or _too_long(asked):
        raise Http404
    if not request.reach.everything and not any(account.pk in getattr(request.reach, data) for data in DATA[name]):
        raise Http404
    if name == "examinations" and account.pk in request.reach.delegated:
        raise Http404  # its file may hold the cost, which can be taken back before the file is over
    try:
        sheet = kind.sheet_for(asked)
    except UnusableFilters:
        messages.error(request, "The filters cannot be used as they are; nothing was made.")
        return redirect(f"{request.account_base}{kind.address(asked.filters)}")
    said = [(label.removeprefix(FILTER), words) for label, words in sheet.about if label.startswith(FILTER)]
    wanted = {"format": request.POST["format"], "filters": dict(kind.settled(asked))}
    try:
        export, new = Export.objects.ask(account, name, said=said, by=request.user, **wanted)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("exports")
    if new:
        run_export.delay_on_commit(str(export.pk))
    return redirect("export", export.pk)


def _too_long(asked: Asked) -> bool:
    values = [value for many in asked.filters.values() for value in many]
    return len(values) > MOST_FILTERS or any(len(value) > LONGEST_FILTER or "\0" in value for value in values)


@require_safe
@allow(*READERS)
def export_list(request: HttpRequest) -> HttpResponse:
    """One's own files, newest first."""
    exports = Export.objects.visible_to(request.user).select_related("account")
    context = {
        "page": Paginator(exports, PAGE).get_page(request.GET.get("page")),
        "ready": exports.filter(state=Export.State.READY, expires_at__gt=timezone.now()).count(),
        "kinds": {kind.name: kind.title for kind in KINDS.values()},
    }
    return render(request, "examinations/exports.html", context)


def _export_of(request: HttpRequest, export_id: uuid.UUID) -> Export:
    """The export of that id if it is this person's and of an account that this person may still open.

    Raises Http404 for any other; a file of one's own that one may not have any more is taken away at once.
    """
    export = Export.objects.visible_to(request.user).select_related("account").filter(pk=export_id).first()
    if export is None:
        if Export.objects.filter(pk=export_id, owner=request.user).exists():
            remove_export.delay(str(export_id))
        raise Http404
    return export


@require_safe
@allow(*READERS)
def export_page(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """What came of one export; while it is made, how far it is."""
    export = _export_of(request, export_id)
    kind = KINDS[export.kind]
    base = "" if [export.account_id] == list(request.reach.own) else f"/accounts/{export.account_id}"
    context = {
        "export": export,
        "title": kind.title,
        "rows": progress_of(export.pk),
        "list_here": f"{base}{kind.address(export.filters)}",
    }
    template = "examinations/export_progress.html" if request.htmx else "examinations/export.html"
    return render(request, template, context)


@require_safe
@allow(*READERS)
def export_file(request: HttpRequest, export_id: uuid.UUID) -> HttpResponseBase:
    """The file, piece by piece, for its owner alone."""
    export = _export_of(request, export_id)
    if not export.ready:
        raise Http404
    try:
        stored = export.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(stored, as_attachment=True, filename=export.name)


@require_POST
@allow(*READERS)
def export_remove(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """Take one's file away before its days are over; one that is being made is given up."""
    export = _export_of(request, export_id)
    export.remove(by=request.user)
    messages.success(request, "The file is removed.")
    return redirect("exports")
