"""Whoever becomes a member of an account is invited by mail. The one-time address stands in no row and no log:
it is made when the mail is sent, for each attempt anew."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Membership
from accounts.sign_in import password_address
from accounts.signals import invited
from notifications.letters import PERSONAL, Link
from notifications.models import Delivery, Message
from notifications.queue import tell

TOPIC = "invitation"

_nobody: ContextVar[bool] = ContextVar("invite_nobody", default=False)


@contextmanager
def nobody_invited() -> Iterator[None]:
    """Inside, who becomes a member is not invited: for a world whose people have no mailbox."""
    before = _nobody.set(True)
    try:
        yield
    finally:
        _nobody.reset(before)


def text_of(membership: Membership) -> str:
    """What an invitation says; what the person must do first follows at sending, as words of the link."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    return "\n\n".join(
        [
            f"You now speak for {membership.account} in the Account Management Program. "
            "Open the address below to sign in for the first time.",
            "There you see the examinations of your shipments, the changes ahead that are for you, "
            "and who your account manager is."
            + (" As the account’s administrator you look after its people." if membership.administrator else ""),
            f"The address is yours alone, works once, and for {days} days. "
            "If it is too old, ask for a new one at the sign-in page, under “Forgot your password?”.",
        ]
    )


@receiver(invited, dispatch_uid="notifications.invitations")
def invite(sender: object, membership: Membership, **kwargs: Any) -> None:
    """Queue the invitation, once a membership."""
    if _nobody.get():
        return
    with transaction.atomic():
        message, made = Message.objects.get_or_create(
            key=f"{TOPIC}:{membership.pk}",
            defaults={
                "topic": TOPIC,
                "subject": f"Your access for {' '.join(membership.account.name.split())}"[:200],
                "text": text_of(membership),
                "path": "/sign-in/",
                "stop_after": timezone.now() + datetime.timedelta(days=settings.INVITATION_DAYS),
            },
        )
        if made:
            tell(message, [Membership.objects.filter(pk=membership.pk).values_list("person", "account")])


def _first_step(delivery: Delivery) -> Link:
    if delivery.person.has_usable_password():
        return f"{settings.PORTAL_ADDRESS}/sign-in/", "Sign in with the password that you have"
    return password_address(delivery.person), "Set your password"


PERSONAL[TOPIC] = _first_step
