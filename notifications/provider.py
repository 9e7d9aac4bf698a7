"""Reports of the mail provider come over a webhook that django-anymail checks (its views know each provider's signature
or password); here each is kept as it came. Whoever sends by plain SMTP has none, and needs none."""

import hashlib
from typing import Any

from anymail.signals import AnymailTrackingEvent, tracking
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from notifications.models import MailReport
from notifications.tasks import take_in_reports

#: What is of use; who opened a mail, or clicked in it, nobody keeps.
KINDS = {"delivered", "bounced", "rejected", "complained", "unsubscribed"}


@receiver(tracking, dispatch_uid="notifications.provider")
def keep(sender: object, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """Keep one report; the same once more is kept once."""
    if event.event_type not in KINDS:
        return
    report = MailReport(
        key=_key(event, esp_name),
        kind=event.event_type,
        recipient=(event.recipient or "")[:320],
        message_id=(event.message_id or "")[:255],
        delivery=str((event.metadata or {}).get("delivery", ""))[:20],
        reason=(event.reject_reason or "")[:20],
        said=" ".join((event.mta_response or event.description or "").split())[:200],
        at=event.timestamp or timezone.now(),
    )
    MailReport.objects.bulk_create([report], ignore_conflicts=True)
    transaction.on_commit(take_in_reports.delay, robust=True)


def _key(event: AnymailTrackingEvent, esp_name: str) -> str:
    """Names a report, by the provider's number for it or, where it has none, by what it says."""
    said = (event.event_id, esp_name) if event.event_id else (
        esp_name, event.event_type, event.message_id, event.recipient, event.timestamp
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()
