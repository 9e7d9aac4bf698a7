"""The webhook of the mail provider: django-anymail knows its form and checks its proof; here each mail is kept as it came."""

import base64
import logging
from typing import Any

from anymail.signals import AnymailInboundEvent, inbound
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from accounts.guards import public
from inquiries.by_mail.forms import read_whole
from inquiries.by_mail.reading import MOST_BYTES, headers_of, senders_of
from inquiries.by_mail.verdict import Verdict, of_mailgun, of_postmark, of_sendgrid
from inquiries.models import InboundMail
from inquiries.models.mail import SPAM
from inquiries.tasks import take_in_mails

logger = logging.getLogger("portal.inquiries")

VIEWS = {
    "mailgun": MailgunInboundWebhookView.as_view(),
    "postmark": PostmarkInboundWebhookView.as_view(),
    "sendgrid": SendGridInboundWebhookView.as_view(),
}
#: A mail of MOST_BYTES as a provider packs it once more.
MOST_PACKED = MOST_BYTES * 3 // 2
#: What each provider takes as "never send this again"; with another status the same mail would come for hours. Postmark:
#: "Understanding inbound webhook retries"; Mailgun: "Receiving messages via HTTP"; SendGrid: "Inbound Parse webhook retry
#: logic", any 4xx.
TOO_LARGE = {"mailgun": 406, "postmark": 403, "sendgrid": 413}


@csrf_exempt
@public
def mail_in(request: HttpRequest) -> HttpResponse:
    """Take one mail from the provider. Without the proof that settings name, there is no such page."""
    view = VIEWS.get(settings.MAIL_PROVIDER)
    if view is None or not settings.REPLY_DOMAIN or not _proved(request):
        raise Http404
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdecimal()):
        # A status that every provider takes as "later": what stands before the portal is to be set up to say the length.
        logger.error("a call of %s says no length: let the proxy before the portal pass it on", settings.MAIL_PROVIDER)
        return HttpResponse("How long is it?", status=503, content_type="text/plain")
    if int(length) > MOST_PACKED:
        logger.error(
            "a mail of %s bytes by %s is too large and is lost: its limit is to be lower",
            length[:20],
            settings.MAIL_PROVIDER,
        )
        status = TOO_LARGE[settings.MAIL_PROVIDER]
        return HttpResponse("This mail is too large.", status=status, content_type="text/plain")
    read_whole(request, MOST_PACKED)
    answer: HttpResponse = view(request)
    return answer


def _proved(request: HttpRequest) -> bool:
    """Whether the provider's user and password come with it: asked before a byte of the mail is read."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.ANYMAIL.get("WEBHOOK_SECRET", "")
    try:
        return bool(wanted) and kind.lower() == "basic" and constant_time_compare(base64.b64decode(given), wanted)
    except ValueError:
        return False


def _verdict(event: AnymailInboundEvent, provider: str) -> Verdict:
    """What the provider says about the sender, whom the From header names."""
    message, senders = event.message, senders_of(event.message)
    if len(senders) != 1:
        return Verdict()
    if provider == "sendgrid":
        return of_sendgrid(event.esp_event.POST, message.envelope_sender, senders[0])
    headers = headers_of(message)
    if provider == "postmark":
        return of_postmark(headers, message.envelope_sender, senders[0])
    if not settings.MAILGUN_SPAM_FILTER:
        return Verdict()  # headers that tell of a filter are the sender's own then
    return of_mailgun(headers, message.envelope_sender, senders[0])


@receiver(inbound, dispatch_uid="inquiries.by_mail.webhook")
def keep(sender: object, event: AnymailInboundEvent, esp_name: str, **_: Any) -> None:
    """Keep a mail; the same once more is kept once. A worker reads it."""
    message = event.message
    remark = "null sender" if message.envelope_sender == "" else SPAM if message.spam_detected else ""
    envelope = message.envelope_recipient or ""
    verdict = _verdict(event, esp_name.lower())
    InboundMail.keep(bytes(message), via=esp_name.lower(), envelope=envelope, remark=remark, verdict=verdict)
    transaction.on_commit(take_in_mails.delay, robust=True)
