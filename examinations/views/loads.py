"""Files brought in by headquarters: upload, progress, history, rejects."""

import io
import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Account, Person
from examinations.filters.loads import LoadFilter
from examinations.loading import rejects
from examinations.loading.kinds import names
from examinations.loading.progress import progress_of
from examinations.loading.undo import whose_not, why_not
from examinations.models import Load
from examinations.tasks import run_load, undo_load, write_rejects

HEADQUARTERS = Person.Role.HEADQUARTERS
PAGE = 25
REJECTS_SHOWN = 50


class FileForm(forms.ModelForm):
    """A file, and as of which day it speaks."""

    #: Bytes; settings say how many.
    limit = settings.UPLOAD_LIMIT

    file = forms.FileField(
        label="File",
        help_text=f"CSV or Excel (.xlsx), told apart by content; at most {settings.UPLOAD_LIMIT // 2**20:,} MB.",
    )
    as_of = forms.DateField(
        label="Run date of the report",
        required=False,
        help_text="MM/DD/YYYY. A file older than what is stored is refused. Empty: today.",
    )
    partial = forms.BooleanField(label="The file is partial: withdraw nothing that it lacks", required=False)

    class Meta:
        model = Load
        fields = ["file", "as_of", "partial"]

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(f"The file is larger than {settings.UPLOAD_LIMIT // 2**20:,} MB.")
        return file

    def clean_as_of(self) -> object:
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("A report cannot be of a day to come.")
        return day

    def take(self, kind: str, *, by: Person, account: Account | None = None) -> Load:
        """The load of the file, which is to begin. Raises ValidationError where the account has one that runs."""
        said = self.cleaned_data
        fields = {"account": account, "as_of": said["as_of"], "partial": said["partial"]}
        return Load.objects.take(kind, said["file"].name, file=said["file"], by=by, **fields)


class UploadForm(FileForm):
    """A file of CBP's, and its kind."""

    kind = forms.ChoiceField(label="What the file holds")

    class Meta(FileForm.Meta):
        fields = ["kind", *FileForm.Meta.fields]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(name, name.capitalize()) for name in names()]


@allow(HEADQUARTERS)
def load_list(request: HttpRequest) -> HttpResponse:
    """The history of loads, and the form for the next one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        load = form.take(form.cleaned_data["kind"], by=request.user)
        run_load.delay_on_commit(str(load.pk))
        return redirect("load", load.pk)
    chosen = LoadFilter.asked(request.GET, Load.objects.visible_to(request.user), timezone.localdate())
    page = Paginator(chosen.found.select_related("by"), PAGE).get_page(request.GET.get("page"))
    rejected = chosen.found.aggregate(rows=Sum("rejected"))["rows"]
    context = {"form": form, "filter": chosen, "page": page, "rejected": rejected}
    return render(request, "examinations/loads.html", context)


def load_of(request: HttpRequest, load_id: uuid.UUID) -> Load:
    """The load of that id if the person may see it. Raises Http404 for any other."""
    load = Load.objects.visible_to(request.user).select_related("by").filter(pk=load_id).first()
    if load is None:
        raise Http404
    return load


@require_safe
@allow(HEADQUARTERS)
def load_page(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """What came of one file; while it runs, how far it is."""
    return show_load(request, load_of(request, load_id), "load", ("Loads", reverse("loads")))


def show_load(request: HttpRequest, load: Load, page: str, above: tuple[str, str]) -> HttpResponse:
    """The page of a load. page: name of its address, with which those of its rejects and its undoing begin; above: label
    and address of the list."""
    context = {
        "load": load,
        "progress": progress_of(load.pk),
        "rejects": load.rejects.all()[:REJECTS_SHOWN],
        "reasons_shown": REJECTS_SHOWN,
        "above": above,
        "undo_here": reverse(f"{page}-undo", args=[load.pk]) if not why_not(load) else "",
        "here": reverse(page, args=[load.pk]),
        "rejects_here": reverse(f"{page}-rejects", args=[load.pk]),
    }
    template = "examinations/load_progress.html" if request.htmx else "examinations/load.html"
    return render(request, template, context)


@allow(HEADQUARTERS)
def load_undo(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """Ask once more, then hand the undoing to a worker."""
    return ask_to_undo(request, load_of(request, load_id), "load")


def ask_to_undo(request: HttpRequest, load: Load, page: str) -> HttpResponse:
    """The question before a load is undone, and the answer. page: name of the load's address."""
    reason = why_not(load) or whose_not(load, request.user)
    if request.method == "POST" and not reason:
        undo_load.delay_on_commit(str(load.pk), str(request.user.pk), timezone.now().isoformat())
        messages.info(request, "The load is being undone; this page says when it is.")
        return redirect(page, load.pk)
    context = {"load": load, "reason": reason, "here": reverse(page, args=[load.pk])}
    return render(request, "examinations/load_undo.html", context)


@require_safe
@allow(HEADQUARTERS)
def load_rejects(request: HttpRequest, load_id: uuid.UUID) -> HttpResponseBase:
    """The rejected rows whole, behind Row, Column and Reason, as a file to mend and load again."""
    return give_rejects(request, load_of(request, load_id), "load")


def give_rejects(request: HttpRequest, load: Load, page: str) -> HttpResponseBase:
    """The file of rejected rows; of very many of them a worker writes it, and the page is shown again."""
    name = f"rejects-{load.pk}.csv"
    if load.rejected > rejects.AT_ONCE:
        if not default_storage.exists(rejects.stored_name(load)):
            write_rejects.delay_on_commit(str(load.pk))
            messages.info(request, f"The file of {load.rejected:,} rows is being written; ask again in a minute.")
            return redirect(page, load.pk)
        return FileResponse(default_storage.open(rejects.stored_name(load)), as_attachment=True, filename=name)
    text = io.StringIO()
    rejects.write(load, load.header, text)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
