"""What a mail provider reports is taken in by a worker: what arrived, what came back, what was called spam.

A report is kept by the request that brings it, in which nobody has signed in (notifications/provider.py).
"""

import datetime
import re
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from notifications import gone
from notifications.letters import message_id
from notifications.models import Delivery, MailReport, Suppression
from notifications.unsubscribing import unsubscribe

BATCH = 500
#: Reports are kept for so long, for whoever asks why an address gets no mail.
KEPT_DAYS = 60
#: Of our own Message-IDs: the number of the delivery.
NUMBER = re.compile(r"<?(\d{1,18})\.[0-9a-f-]{36}@")
#: Numbers of RFC 3463 that say that there is no such mailbox; with any other a mail fails and its address stays good.
NO_MAILBOX = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
#: Reasons, as django-anymail calls them, for which the next mail would come back too.
FOR_GOOD = {"", "bounced", "invalid"}


def suppress(address: str, reason: str, because: str) -> None:
    """Send no mail to an address any more; said twice it is suppressed once."""
    made = Suppression(address=address, reason=reason, because=because[:200])
    Suppression.objects.bulk_create([made], ignore_conflicts=True)


def take_in() -> int:
    """Take in what was reported, oldest first. Returns how many reports; safe to run twice, or at once."""
    gone.write_up()  # a report may overtake the sender of a moment ago
    with transaction.atomic():
        rows = MailReport.objects.filter(taken_at=None).order_by("id").select_for_update(skip_locked=True)
        reports = list(rows[:BATCH])
        known = _deliveries(reports)
        people = {one.email: one for one in Person.objects.filter(email__in={r.recipient.lower() for r in reports})}
        for report in reports:
            _take(report, known.get(_number(report)), people.get(report.recipient.lower()))
        _mark(Delivery.State.DELIVERED, reports, known)
        MailReport.objects.filter(pk__in=[one.pk for one in reports]).update(taken_at=timezone.now())
    return len(reports)


def forget_old() -> int:
    """Remove reports that were taken in long ago. Returns how many."""
    old = timezone.now() - datetime.timedelta(days=KEPT_DAYS)
    return MailReport.objects.filter(taken_at__lt=old).delete()[0]


def _number(report: MailReport) -> int:
    """The number of the delivery that a report is about; 0 where it does not say."""
    if report.delivery.isascii() and report.delivery.isdecimal():
        return int(report.delivery)
    found = NUMBER.match(report.message_id)
    return int(found[1]) if found else 0


def _deliveries(reports: Iterable[MailReport]) -> dict[int, Delivery]:
    """The deliveries that the reports are about, those alone whose Message-ID or address is the reported one."""
    numbers = {one.pk: _number(one) for one in reports}
    rows = Delivery.objects.select_related("person", "message").in_bulk([n for n in numbers.values() if n < 2**63])
    return {
        row.pk: row
        for one in reports
        if (row := rows.get(numbers[one.pk]))
        and (one.message_id == message_id(row) or one.recipient.lower() == row.person.email)
    }


def _take(report: MailReport, delivery: Delivery | None, person: Person | None) -> None:
    person = delivery.person if delivery else person
    if report.kind in ("bounced", "rejected"):
        if delivery:
            _came_back(delivery, report)
        if person and report.reason in FOR_GOOD:
            suppress(person.email, Suppression.Reason.BOUNCE, report.said)
    if report.kind == "deferred" and delivery:
        Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENT).update(last_error=report.said)
    if person and (report.kind == "complained" or report.reason == "spam"):
        suppress(person.email, Suppression.Reason.COMPLAINT, report.said)
    if report.kind == "unsubscribed" and delivery and delivery.message.kind:
        unsubscribe(delivery.person, delivery.message.kind.name)


def _gone() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=[Delivery.State.SENT, Delivery.State.DELIVERED])


def _came_back(delivery: Delivery, report: MailReport) -> None:
    sent = _gone()
    back = {"state": Delivery.State.BOUNCED, "last_error": report.said or report.reason or "came back"}
    sent.filter(pk=delivery.pk).update(**back)
    sent.filter(digest=delivery.pk).update(**back)


def _mark(state: str, reports: Iterable[MailReport], known: dict[int, Delivery]) -> None:
    """What arrived; a report that comes after that of a bounce changes nothing."""
    arrived = [known[_number(one)].pk for one in reports if one.kind == state and _number(one) in known]
    sent = _gone()
    sent.filter(pk__in=arrived).update(state=state)
    sent.filter(digest__in=arrived).update(state=state)
