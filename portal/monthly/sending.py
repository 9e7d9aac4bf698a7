"""Who asked for the report gets it once a month, as a message of their own: two people of an account may see different rows."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Account, Person
from accounts.scope import acting_for
from compliance.bonds.standing import standing_of
from examinations.calendar import add_working_days
from examinations.figures import Period
from notifications.models import Message
from notifications.queue import tell
from portal.models import MonthlyReport
from portal.monthly.facts import MonthFacts, facts_of, last_month
from portal.monthly.words import subject_of, text_of

TOPIC = "monthly report"
#: A scheduler that was down on the first working day catches up within so many days; later the report is stale.
LATE_DAYS = 7


def first_working_day(month: datetime.date) -> datetime.date:
    """The first federal working day of the month of that day."""
    return add_working_days(month.replace(day=1) - datetime.timedelta(days=1), 1)


def due(as_of: datetime.date) -> list[MonthlyReport]:
    """The wishes to be met today: from the first working day on, of those who had asked before it."""
    first = first_working_day(as_of)
    if not first <= as_of < first + datetime.timedelta(days=LATE_DAYS):
        return []
    wishes = MonthlyReport.objects.filter(created_at__date__lt=first, person__is_active=True)
    return list(wishes.select_related("person", "account").order_by("pk"))


def report_of(account: Account, person: Person, period: Period, as_of: datetime.date) -> MonthFacts:
    """The month as this person may see it; the bond as it stands on `as_of`."""
    return facts_of(account, person, period, standing_of(account, as_of), as_of)


def addresses_of(account: Account, period: Period) -> list[tuple[str, str]]:
    """Where the rows of the month are, as (label, path)."""
    base, asked = f"/accounts/{account.pk}", f"start={period.start}&end={period.end}"
    return [
        ("Examinations", f"{base}/examinations/?{asked}"),
        ("Duty by program", f"{base}/duty/?{asked}"),
        ("Entry lines", f"{base}/entry-lines/?{asked}"),
    ]


def send(wish: MonthlyReport, as_of: datetime.date) -> bool:
    """Queue last month's report for who asked. False where it was queued before, or they may not open the account."""
    period = last_month(as_of)
    key = f"{TOPIC}:{wish.account_id}:{wish.person_id}:{period.start:%Y-%m}"
    if Message.objects.filter(key=key).exists():
        return False
    with acting_for(wish.person) as reach:
        if not reach.opens(wish.account_id):
            return False
        facts = report_of(wish.account, wish.person, period, as_of)
    last_day = first_working_day(as_of) + datetime.timedelta(days=LATE_DAYS)
    addresses = [(label, settings.PORTAL_ADDRESS + path) for label, path in addresses_of(wish.account, period)]
    with transaction.atomic():
        message, made = Message.objects.get_or_create(
            key=key,
            defaults={
                "topic": TOPIC,
                "subject": subject_of(facts, wish.account.name),
                "text": text_of(facts, addresses),
                "path": f"/accounts/{wish.account_id}/monthly/",
                "stop_after": timezone.make_aware(datetime.datetime.combine(last_day, datetime.time.max)),
            },
        )
        if made:
            tell(message, [MonthlyReport.objects.filter(pk=wish.pk).values_list("person", "account")])
    return made
