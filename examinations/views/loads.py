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
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Person
from examinations.loading import rejects
from examinations.loading.kinds import names
from examinations.loading.load import progress_of
from examinations.models import Load
from examinations.tasks import run_load, write_rejects

HEADQUARTERS = Person.Role.HEADQUARTERS
PAGE = 25
REJECTS_SHOWN = 50


class UploadForm(forms.ModelForm):
    """A file, its kind, and as of which day it speaks."""

    kind = forms.ChoiceField(label="What the file holds")
    file = forms.FileField(label="File", help_text="CSV or Excel (.xlsx), told apart by content.")
    as_of = forms.DateField(
        label="Run date of the report",
        required=False,
        help_text="MM/DD/YYYY. A file older than what is stored is refused. Empty: today.",
    )
    partial = forms.BooleanField(label="The file is partial: withdraw nothing that it lacks", required=False)

    class Meta:
        model = Load
        fields = ["kind", "file", "as_of", "partial"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(name, name.capitalize()) for name in names()]

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


@allow(HEADQUARTERS)
def load_list(request: HttpRequest) -> HttpResponse:
    """The history of loads, and the form for the next one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        load = form.save(commit=False)
        load.file_name, load.by = form.cleaned_data["file"].name[:200], request.user
        load.file.name = f"{load.pk}"  # the uploader's name never becomes a path
        load.save()
        run_load.delay_on_commit(str(load.pk))
        return redirect("load", load.pk)
    page = Paginator(Load.objects.select_related("by"), PAGE).get_page(request.GET.get("page"))
    rejected = Load.objects.aggregate(rows=Sum("rejected"))["rows"]
    context = {"form": form, "page": page, "rejected": rejected, "today": timezone.localdate()}
    return render(request, "examinations/loads.html", context)


def _load(load_id: uuid.UUID) -> Load:
    load = Load.objects.select_related("by").filter(pk=load_id).first()
    if load is None:
        raise Http404
    return load


@require_safe
@allow(HEADQUARTERS)
def load_page(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """What came of one file; while it runs, how far it is."""
    load = _load(load_id)
    stage, rows = progress_of(load.pk)
    context = {
        "load": load,
        "stage": stage,
        "rows": rows,
        "rejects": load.rejects.all()[:REJECTS_SHOWN],
        "reasons_shown": REJECTS_SHOWN,
    }
    template = "examinations/load_progress.html" if request.htmx else "examinations/load.html"
    return render(request, template, context)


@require_safe
@allow(HEADQUARTERS)
def load_rejects(request: HttpRequest, load_id: uuid.UUID) -> HttpResponseBase:
    """The rejected rows whole, behind Row, Column and Reason, as a file to mend and load again."""
    load = _load(load_id)
    name = f"rejects-{load.pk}.csv"
    if load.rejected > rejects.AT_ONCE:
        if not default_storage.exists(rejects.stored_name(load)):
            write_rejects.delay_on_commit(str(load.pk))
            messages.info(request, f"The file of {load.rejected:,} rows is being written; ask again in a minute.")
            return redirect("load", load.pk)
        return FileResponse(default_storage.open(rejects.stored_name(load)), as_attachment=True, filename=name)
    text = io.StringIO()
    rejects.write(load, load.header, text)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
