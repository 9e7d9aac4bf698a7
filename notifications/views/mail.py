"""Mail as headquarters sees it: what waits, what became of it, which addresses get none; and the provider's reports."""

import datetime

from anymail.webhooks import brevo, mailersend, mailgun, mailjet, postmark, sendgrid, sparkpost
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import allow, public
from accounts.models import Person
from notifications import home
from notifications.models import Delivery, Suppression

PAGE = 25
SHOWN_DAYS = 30
#: The views that check each provider's reports; portal/environment.py names the same.
VIEWS = {
    "brevo": brevo.BrevoTrackingWebhookView,
    "mailersend": mailersend.MailerSendTrackingWebhookView,
    "mailgun": mailgun.MailgunTrackingWebhookView,
    "mailjet": mailjet.MailjetTrackingWebhookView,
    "postmark": postmark.PostmarkTrackingWebhookView,
    "sendgrid": sendgrid.SendGridTrackingWebhookView,
    "sparkpost": sparkpost.SparkPostTrackingWebhookView,
}


@require_safe
@allow(Person.Role.HEADQUARTERS)
def mail_page(request: HttpRequest) -> HttpResponse:
    """What became of the mails of a month, what waits, and the addresses that get none, newest first."""
    since = timezone.now() - datetime.timedelta(days=SHOWN_DAYS)
    month = Delivery.objects.filter(due_at__gte=since, channel=Delivery.Channel.MAIL)
    states = dict(month.order_by().values_list("state").annotate(n=Count("pk")))
    waiting = Delivery.objects.filter(state__in=Delivery.WAITING)
    known = Person.objects.filter(email=OuterRef("address"), is_active=True)
    held = Suppression.objects.open().annotate(known=Exists(known))  # type: ignore[attr-defined]
    page = Paginator(held.order_by("-since", "-pk"), PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    names = dict(Person.objects.filter(email__in=[one.address for one in rows]).values_list("email", "name"))
    for one in rows:
        one.name, one.liftable = names.get(one.address, ""), one.may_be_lifted(request.user)
    page.object_list = rows
    context = {
        "states": [(label, states[value]) for value, label in Delivery.State.choices if value in states],
        "sent": sum(states.get(name, 0) for name in ("sent", "delivered", "bounced")),
        "lost": states.get("bounced", 0) + states.get("failed", 0),
        "days": SHOWN_DAYS,
        "waits": waiting.aggregate(
            mails=Count("pk", filter=Q(channel="mail")),
            digests=Count("pk", filter=~Q(channel="mail")),
            oldest=Min("due_at", filter=Q(channel="mail")),
        ),
        "page": page,
        "provider": settings.MAIL_PROVIDER,
        "objection": home.objection(),
    }
    return render(request, "notifications/mail_page.html", context)


@csrf_exempt
@public
@require_http_methods(["HEAD", "POST"])
def mail_report(request: HttpRequest, provider: str) -> HttpResponse:
    """Reports of the one provider that is set; anymail's own view checks the signature or the password."""
    if provider != settings.MAIL_PROVIDER or provider not in VIEWS:
        raise Http404
    answer: HttpResponse = VIEWS[provider].as_view()(request)
    return answer
