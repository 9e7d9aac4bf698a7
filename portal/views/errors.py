"""The one answer for what does not exist and for what is not one's to see: the same to the last byte."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, with a frame that depends on the person alone and not on the address."""
    request.lost = True
    return render(request, "404.html", status=404)
