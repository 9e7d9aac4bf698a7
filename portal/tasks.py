import datetime
from typing import Any

from celery import shared_task
from celery.signals import beat_init
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts.lapsing import settle_lapses
from accounts.models.center_stay import move_due
from accounts.models.person import close_sign_ins
from accounts.signals import invitation_made
from portal.admitting import tell_of_invitations, tell_of_lapses
from portal.models import Heartbeat, MonthlyReport
from portal.monthly.sending import due, send
from portal.telling import tell_of_appeals


@shared_task
def beat() -> None:
    """Say that the scheduler and a worker live."""
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"at": timezone.now()})


@shared_task
def send_monthly_reports() -> int:
    """Hand out last month's reports that are due, one task each: one that fails stops no other. Returns how many."""
    today = timezone.localdate()
    wishes = due(today)
    for wish in wishes:
        send_monthly_report.delay(wish.pk, today.isoformat())
    return len(wishes)


@shared_task
def send_monthly_report(wish_id: int, day: str) -> bool:
    """Queue one report; handed out twice it is queued once."""
    wish = MonthlyReport.objects.select_related("person", "account").filter(pk=wish_id).first()
    return wish is not None and send(wish, datetime.date.fromisoformat(day))


@shared_task
def move_to_centers() -> int:
    """Give accounts the Center that was decided for today. Run twice, or late, it changes nothing more."""
    return move_due(timezone.localdate())


@shared_task
def close_sign_ins_due() -> int:
    """Close the sign-in of who leaves today. Run twice, or late, it closes nothing more."""
    return close_sign_ins(timezone.localdate())


@shared_task
def tell_of_center_appeals() -> int:
    """Tell by mail of appeals about Centers and of their decisions. Handed out twice it tells once."""
    return tell_of_appeals()


@shared_task
def tell_the_invited() -> int:
    """Mail invitations that were made and not yet told. Handed out twice it tells once."""
    return tell_of_invitations(timezone.localtime())


@receiver(invitation_made, dispatch_uid="portal.tasks.mail_soon")
def mail_soon(sender: object, **kwargs: Any) -> None:
    """Hand the mail to a worker as soon as the invitation stands; one that is lost the scheduler's next round makes."""
    transaction.on_commit(tell_the_invited.delay, robust=True)


@shared_task
def settle_and_tell_lapses() -> int:
    """Warn of access that nobody uses, close what is due, and tell both. Handed out twice, or late, it does so once."""
    settle_lapses(timezone.localdate())
    return tell_of_lapses()


@beat_init.connect
def _at_once(**kwargs: Any) -> None:
    """A scheduler says at its start that it lives, not a minute later."""
    beat.delay()
