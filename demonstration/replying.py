"""A reply to a mail of the demonstration, sent as a mail program sends it: over SMTP, with what it answers quoted below."""

import uuid
from email.utils import formataddr, parseaddr
from smtplib import SMTPException

from django import forms
from django.contrib import messages
from django.core.mail import EmailMessage
from django.core.mail.utils import DNS_NAME
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.guards import allow
from demonstration.mailbox import Mail, mail_named
from demonstration.tasks import fetch_replies
from documents.uploading import FileForm, takes_a_file
from inquiries.by_mail.address import addressee_of
from look.templatetags.look import moment


class ReplyForm(FileForm):
    """Words and a file; what is wrong with either the portal says once the mail is there, as to any mail program."""

    field_order = ("text", "file", "number")
    text = forms.CharField(label="Your reply", max_length=9_000, widget=forms.Textarea(attrs={"rows": 6}))

    number = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def clean_file(self) -> object:
        """A mail needs no file."""
        return super().clean_file() if self.cleaned_data["file"] else None


@takes_a_file
@require_http_methods(["GET", "HEAD", "POST"])
@allow()
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, as text; one's own can be replied to where it says where to."""
    found = mail_named(request, name)
    form = ReplyForm(request) if _may_reply(request, found) else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid() and _send(request, found, form):
            transaction.on_commit(fetch_replies.delay, robust=True)  # beat fetches it too
            messages.success(
                request, "Your reply is on its way. In a minute it stands in the thread, or you are told why not."
            )
            return redirect("mail", name)
    refused = form is not None and bool(form.errors)
    return render(request, "demonstration/mail.html", {"mail": found, "form": form}, status=400 if refused else 200)


def _may_reply(request: HttpRequest, mail: Mail) -> bool:
    """Whether a mail is one's own and asks for replies at an address that the portal made for just this person."""
    addressee = addressee_of(parseaddr(mail.reply_to)[1])
    mine = parseaddr(mail.to)[1].lower() == request.user.email.lower()
    return mine and addressee is not None and addressee.person == request.user.pk


def _send(request: HttpRequest, to: Mail, form: ReplyForm) -> bool:
    """Whether the mail server took it; where it did not, the form says so and keeps the words."""
    subject = " ".join(to.subject.split())
    quoted = "\n".join(f"> {line}".rstrip() for line in to.text.splitlines())
    began = f"On {moment(to.sent)}, Account Management wrote:" if to.sent else "Account Management wrote:"
    reply = EmailMessage(
        subject if subject.lower().startswith("re:") else f"Re: {subject}",
        f"{form.cleaned_data['text']}\n\n{began}\n{quoted}\n",
        from_email=formataddr((request.user.name, request.user.email)),
        to=[to.reply_to],
        headers=_headers(to, form),
    )
    file = form.cleaned_data["file"]
    if file:
        reply.attach(file.name, file.read(), file.content_type)
    try:
        if reply.send():
            return True
        form.add_error(None, "The mail server of the demonstration sends nothing from here.")
    except (SMTPException, OSError):
        form.add_error(None, "The mail server of the demonstration did not take this mail. Send it again in a minute.")
    return False


def _headers(to: Mail, form: ReplyForm) -> dict[str, str]:
    """What is answered, and a Message-ID that stays the same however often the form is sent."""
    answers = {"In-Reply-To": to.message_id, "References": to.message_id} if to.message_id else {}
    return answers | {"Message-ID": f"<{form.cleaned_data['number'] or uuid.uuid4()}@{DNS_NAME}>"}
