"""Files on their way in: the limit holds while they stream, not when they have arrived."""

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from documents import kinds

TOO_LARGE = "documents.too_large"


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file until it grows beyond the limit; the rest is read and thrown away."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > kinds.LIMIT:
            assert self.request is not None
            self.request.META[TOO_LARGE] = True
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


def takes_a_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view take a file of at most 25 MB; must stand outermost, so that nothing has read the form before.

    Django's own way: the check against forged forms reads the form, so it must come after the handler is set.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @functools.wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [LimitedUpload(request)]
        answer: HttpResponse = protected(request, *args, **kwargs)
        return answer

    return limited


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was cut off at the limit."""
    return bool(request.META.get(TOO_LARGE))


class FileForm(forms.Form):
    """The form of one file; what is wrong with the file itself, `Document.objects.keep` says."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": kinds.ACCEPT}),
        help_text=f"{kinds.TAKEN}; at most {kinds.LIMIT // kinds.MEGABYTE} MB.",
    )

    def __init__(self, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        super().__init__(*sent, **kwargs)

    def clean_file(self) -> UploadedFile:
        file: UploadedFile | None = self.cleaned_data["file"]
        if was_too_large(self.request):
            raise forms.ValidationError(kinds.TOO_LARGE)
        if file is None:
            raise forms.ValidationError("Choose a file first.")
        return file
