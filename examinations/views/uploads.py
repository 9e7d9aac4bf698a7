"""An account's own files: rows of its own numbers, marked "from you", nobody else's to see."""

import uuid

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Identifier, Person
from examinations.filters.loads import LoadFilter
from examinations.models import Entry, Load, Port
from examinations.models.entry import Source
from examinations.tasks import run_upload
from examinations.views.loads import PAGE, FileForm, ask_to_undo, give_rejects, load_of, show_load

MEMBER = Person.Role.MEMBER
ENTRIES_SHOWN = 25


@allow(MEMBER)
@of_account
def upload_list(request: HttpRequest, account: Account) -> HttpResponse:
    """The account's own files and entries, and the form for the next file."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            load = form.take("entries", by=request.user, account=account)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            run_upload.delay_on_commit(str(load.pk))
            return redirect("upload", load.pk)
    kind = Identifier.Kind.FILER if account.kind == Account.Kind.BROKER else Identifier.Kind.IMPORTER
    own = Entry.objects.visible_to(request.user).filter(account=account, source=Source.OWN)
    uploads = Load.objects.visible_to(request.user).filter(account=account).select_related("by")
    chosen = LoadFilter.asked(request.GET, uploads, timezone.localdate())
    entries = list(own.order_by("-entry_date", "-id")[:ENTRIES_SHOWN])
    context = {
        "form": form,
        "filter": chosen,
        "page": Paginator(chosen.found, PAGE).get_page(request.GET.get("page")),
        "entries": entries,
        "ports": dict(Port.objects.filter(code__in={one.port for one in entries}).values_list("code", "name")),
        "entries_shown": ENTRIES_SHOWN,
        "own_entries": own.count(),
        "numbers": Identifier.objects.filter(account=account, kind=kind).order_by("value")[:10],
    }
    return render(request, "examinations/uploads.html", context)


@require_safe
@allow(MEMBER)
def upload_page(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """What came of one of the account's own files; while it runs, how far it is."""
    above = ("Your files", reverse("uploads"))
    return show_load(request, load_of(request, load_id), "upload", above)


@allow(MEMBER)
def upload_undo(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """Take back an own file within a day: ask once more, then hand it to a worker."""
    return ask_to_undo(request, load_of(request, load_id), "upload")


@require_safe
@allow(MEMBER)
def upload_rejects(request: HttpRequest, load_id: uuid.UUID) -> HttpResponseBase:
    """The rejected rows of an own file."""
    return give_rejects(request, load_of(request, load_id), "upload")
