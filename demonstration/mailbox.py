"""The mailbox of the demonstration's mail server: everyone sees the mails to their own address, headquarters all."""

import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.guards import allow

PAGE = 25
NEWEST_LOOKED_AT = 500
NAME = re.compile(r"^[A-Za-z0-9._=,:+-]+$")


@dataclass(frozen=True)
class Mail:
    """One kept mail, as far as the list shows it."""

    name: str
    to: str
    subject: str
    sent: object
    text: str = ""


def _files() -> list[Path]:
    folder = Path(settings.DEMO_MAILDIR) / "new"
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)[:NEWEST_LOOKED_AT]


def _read(file: Path, *, whole: bool = False) -> Mail:
    with file.open("rb") as kept:
        parser = BytesParser(policy=email.policy.default) if whole else BytesHeaderParser(policy=email.policy.default)
        message = parser.parse(kept)
    body = message.get_body(("plain",)) if whole and isinstance(message, EmailMessage) else None
    sent = parsedate_to_datetime(str(message["Date"])) if message["Date"] else None
    return Mail(file.name, str(message["To"]), str(message["Subject"]), sent, body.get_content() if body else "")


def _mine(request: HttpRequest) -> list[Mail]:
    mails = [_read(file) for file in _files()]
    if request.user.is_headquarters:
        return mails
    return [mail for mail in mails if mail.to.lower() == request.user.email]


@allow()
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails that this person would have got, newest first."""
    if not settings.DEMONSTRATION:
        raise Http404
    page = Paginator(_mine(request), PAGE).get_page(request.GET.get("page"))
    return render(request, "demonstration/mailbox.html", {"page": page})


@allow()
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, as text."""
    file = Path(settings.DEMO_MAILDIR) / "new" / name
    if not settings.DEMONSTRATION or not NAME.match(name) or not file.is_file():
        raise Http404
    found = _read(file, whole=True)
    if not request.user.is_headquarters and found.to.lower() != request.user.email:
        raise Http404
    return render(request, "demonstration/mail.html", {"mail": found})
