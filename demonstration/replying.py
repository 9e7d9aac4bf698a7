"""A reply to a mail of the demonstration, sent as a mail program sends it: over SMTP, with what it answers quoted below."""

from email.utils import formataddr, parseaddr

from django import forms
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.guards import allow
from demonstration.mailbox import Mail, mail_named
from demonstration.tasks import fetch_replies
from documents.uploading import FileForm, takes_a_file
from look.templatetags.look import moment


class ReplyForm(FileForm):
    """Words and a file; what is wrong with either the portal says once the mail is there, as to any mail program."""

    field_order = ("text", "file")
    text = forms.CharField(label="Your reply", max_length=9_000, widget=forms.Textarea(attrs={"rows": 6}))

    def clean_file(self) -> object:
        """A mail needs no file."""
        return super().clean_file() if self.cleaned_data["file"] else None


@takes_a_file
@require_http_methods(["GET", "HEAD", "POST"])
@allow()
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, as text; one's own can be replied to where it says where to."""
    found = mail_named(request, name)
    mine = parseaddr(found.to)[1].lower() == request.user.email.lower()
    form = ReplyForm(request) if found.reply_to and mine else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            _send(request, found, form)
            fetch_replies.delay_on_commit()
            messages.success(request, "Your reply is on its way. It stands in the thread within a minute.")
            return redirect("mail", name)
    refused = form is not None and bool(form.errors)
    return render(request, "demonstration/mail.html", {"mail": found, "form": form}, status=400 if refused else 200)


def _send(request: HttpRequest, to: Mail, form: ReplyForm) -> None:
    subject = " ".join(to.subject.split())
    quoted = "\n".join(f"> {line}".rstrip() for line in to.text.splitlines())
    began = f"On {moment(to.sent)}, Account Management wrote:" if to.sent else "Account Management wrote:"
    reply = EmailMessage(
        subject if subject.lower().startswith("re:") else f"Re: {subject}",
        f"{form.cleaned_data['text']}\n\n{began}\n{quoted}\n",
        from_email=formataddr((request.user.name, request.user.email)),
        to=[to.reply_to],
        headers={"In-Reply-To": to.message_id, "References": to.message_id} if to.message_id else {},
    )
    file = form.cleaned_data["file"]
    if file:
        reply.attach(file.name, file.read(), file.content_type)
    reply.send()
