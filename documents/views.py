"""A document to download, and to take back."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import READERS, allow
from accounts.models import Person
from documents.models import Document


def document_of(request: HttpRequest, document_id: uuid.UUID) -> Document:
    """The document of that id if the person may see it and what it is about. Raises Http404 for any other."""
    found = Document.objects.visible_to(request.user).current().select_related("about_type").filter(pk=document_id)
    document = found.first()
    if document is None or not document.about_is_visible_to(request.user):
        raise Http404
    return document


@require_GET
@allow(*READERS)
def document_file(request: HttpRequest, document_id: uuid.UUID) -> FileResponse:
    """The file, always to save and never to show: a browser must not run what somebody sent."""
    return as_download(document_of(request, document_id), request.user)


def as_download(document: Document, person: Person) -> FileResponse:
    """The file for somebody who may see it: who asks has made sure. Raises Http404 where it is gone."""
    try:
        opened = document.open(by=person)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(opened, as_attachment=True, filename=document.name, content_type=document.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@require_POST
@allow(*READERS)
def document_withdraw(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Take back what one sent oneself and nobody has read."""
    document = document_of(request, document_id)
    try:
        document.withdraw(by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"{document.name} is withdrawn.")
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if here else "today")
