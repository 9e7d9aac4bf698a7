"""The mailbox of the demonstration's mail server: everyone sees the mails to their own address, headquarters all."""

import datetime
import email.policy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from csp.decorators import csp
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from servers.mailboxes import PREFIX, folder_of

PAGE = 25
NEWEST_SHOWN = 500
#: No longer than a file's name can be: the system refuses to look for a longer one.
NAME = re.compile(r"^[A-Za-z0-9._=,:+-]{1,255}\Z")


@dataclass(frozen=True)
class Mail:
    """One kept mail; the list shows its headers only."""

    name: str
    to: str
    subject: str
    sent: datetime.datetime | None
    text: str = ""
    html: str = ""
    message_id: str = ""
    reply_to: str = ""


def _folders(request: HttpRequest) -> list[Path]:
    root = Path(settings.DEMO_MAILDIR)
    if request.user.is_headquarters:
        return list(root.glob(f"{PREFIX}*/new"))
    return [root / folder_of(request.user.email) / "new"]


def _newest(folders: Iterable[Path]) -> list[Path]:
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir()]
    return sorted(files, key=lambda file: (file.stat().st_mtime, file.name), reverse=True)[:NEWEST_SHOWN]


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""


def _sent_at(text: str) -> datetime.datetime | None:
    """When a mail says it was sent; None where it says nothing usable."""
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    # "-0000", as Django writes it, says UTC without saying where: the parser then gives no zone.
    return timezone.localtime(at if at.tzinfo else at.replace(tzinfo=datetime.UTC))


def _read(file: Path, *, whole: bool = False) -> Mail:
    with file.open("rb") as kept:
        parser = BytesParser(policy=email.policy.default) if whole else BytesHeaderParser(policy=email.policy.default)
        message = parser.parse(kept)
    sent = _sent_at(str(message["Date"]))
    bodies = (
        (_part(message, "plain"), _part(message, "html")) if whole and isinstance(message, EmailMessage) else ("", "")
    )
    named = (str(message["Message-ID"] or ""), str(message["Reply-To"] or ""))
    return Mail(file.name, str(message["To"]), str(message["Subject"]), sent, *bodies, *named)


def mail_named(request: HttpRequest, name: str) -> Mail:
    """One mail of those that this person may see. Raises Http404 for any other."""
    if not settings.DEMONSTRATION or not NAME.match(name):
        raise Http404
    file = next((folder / name for folder in _folders(request) if (folder / name).is_file()), None)
    if file is None:
        raise Http404
    return _read(file, whole=True)


@require_safe
@allow()
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails that this person would have got, newest first."""
    if not settings.DEMONSTRATION:
        raise Http404
    page = Paginator(_newest(_folders(request)), PAGE).get_page(request.GET.get("page"))
    page.object_list = [_read(file) for file in page.object_list]
    return render(request, "demonstration/mailbox.html", {"page": page})


@require_safe
@allow()
@csp({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "form-action": ["'none'"], "base-uri": ["'none'"]})
def mail_as_sent(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as a mail program shows it: its own HTML, which may load and run nothing."""
    found = mail_named(request, name)
    if not found.html:
        raise Http404
    return HttpResponse(found.html)
