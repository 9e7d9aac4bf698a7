"""Mails about coming in: invitations, and access that closes since nobody uses it. Once each, by the queue of notifications.

What opens something stands in no row: the address of an invitation and a one-time address are made when a mail is sent.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, UUIDField, Value
from django.db.models.functions import Cast
from django.dispatch import receiver

from accounts.models import Invitation, Lapse, Person
from accounts.sign_in import password_address
from examinations.telling.once import tell_once, untold
from look.formats import long_day
from notifications.letters import PERSONAL, Link
from notifications.models import Delivery, Message
from notifications.queue import stop_all
from notifications.signals import about_to_send

INVITED, WARNED, CLOSED = "account-invitation", "access-warning", "access-closed"
NOT_FOR_THEM = "account-invitation-not-for-you"


def _to(person: Person) -> list[QuerySet[Any]]:
    """One person, told for no account: they belong to it not yet, or are told about themselves."""
    nowhere = Cast(Value(None), UUIDField())
    return [Person.objects.filter(pk=person.pk).values_list("pk", nowhere)]


# ---- invitations ------------------------------------------------------------------------------------------------


def tell_of_invitations(now: datetime.datetime) -> int:
    """Queue the mail of each open invitation that was not sent yet, or is to be sent again. Returns how many."""
    waiting = Invitation.objects.open_on(now.date()).select_related("person", "account", "invited_by")  # type: ignore[attr-defined]
    keys = {f"{INVITED}:{one.pk}:{one.sendings}": one for one in waiting}
    known = set(Message.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    return sum(_tell_invited(key, one) for key, one in keys.items() if key not in known)


def _tell_invited(key: str, one: Invitation) -> bool:
    if not one.can_be_accepted:
        return _tell_not_for_them(key, one)
    may = "see its pages and manage its people" if one.administrator else "see its pages"
    text = "\n\n".join(
        [
            f"{one.invited_by.name} invites you to {one.account.name} in the Account Management Program: you would {may}.",
            "There you see the examinations of its shipments, the changes ahead that are for it, and who its account "
            "manager is. Open the address below to accept; until then nothing opens.",
            f"The address is yours alone, until {long_day(one.last_day)}. If you do not know {one.invited_by.name}, or expect "
            "no invitation, do nothing.",
        ]
    )
    subject = f"Invitation to {' '.join(one.account.name.split())}"
    return tell_once(key, INVITED, subject, text, path="/invitations/", about=one, people=_to(one.person))


def _tell_not_for_them(key: str, one: Invitation) -> bool:
    """Who works for CBP hears of it, and who invited does not hear that they do."""
    text = (
        f"{one.invited_by.name} has invited you to {one.account.name} in the Account Management Program, not knowing that you "
        "work for CBP.\n\nYou cannot belong to an account, and need to do nothing: the invitation runs out by itself. Nobody "
        "of the account is told."
    )
    return tell_once(
        key, NOT_FOR_THEM, "An account has invited you", text, path="/inbox/", about=one, people=_to(one.person)
    )


def _address(delivery: Delivery) -> Link:
    invitation = delivery.message.about
    return f"{settings.PORTAL_ADDRESS}/invitations/{invitation.secret}/", "Read the invitation and accept it"


@receiver(about_to_send, dispatch_uid="portal.admitting.stop_withdrawn")
def stop_withdrawn(sender: object, **kwargs: Any) -> int:
    """Stop mails of invitations that were withdrawn, or accepted, before they went out."""
    waiting = Delivery.objects.filter(message__topic=INVITED, state__in=[Delivery.State.QUEUED, Delivery.State.CLAIMED])
    about = set(waiting.values_list("message__about_id", flat=True))
    if not about:
        return 0
    ended = Invitation.objects.filter(pk__in=about).exclude(accepted_at=None, withdrawn_at=None)
    return stop_all(waiting.filter(message__about_id__in=[str(pk) for pk in ended.values_list("pk", flat=True)]))


# ---- access that nobody uses ------------------------------------------------------------------------------------


def tell_of_lapses() -> int:
    """Tell of warnings and of closed access, as far as nobody did. Returns how many messages were made."""
    standing = Lapse.objects.standing().select_related("person")  # type: ignore[attr-defined]
    return sum(_tell_warned(one) for one in untold(standing.filter(closed_on=None), WARNED)) + sum(
        _tell_closed(one) for one in untold(standing.exclude(closed_on=None), CLOSED)
    )


def _tell_warned(one: Lapse) -> bool:
    text = "\n\n".join(
        [
            f"You have not used your access to the portal since {long_day(one.unused_since)}. It closes on "
            f"{long_day(one.closes_on)}, since access that nobody uses is a door that nobody watches.",
            "Sign in once before that day, and it stays as it is. A program that reads with your token counts as use.",
            "If you need it no more, do nothing. Mails about your account keep coming either way.",
        ]
    )
    subject = f"Your access closes on {long_day(one.closes_on)} unless you sign in"
    return tell_once(f"{WARNED}:{one.pk}", WARNED, subject, text, path="/sign-in/", about=one, people=_to(one.person))


def _tell_closed(one: Lapse) -> bool:
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    text = "\n\n".join(
        [
            f"Your access to the portal is closed since {long_day(one.closed_on)}: it was not used since "
            f"{long_day(one.unused_since)}. Nothing of yours was removed.",
            f"To open it again, set a new password at the address below, within {days} days. It works once. Later, ask for "
            "another at the sign-in page, under “Forgot your password?”; or a colleague who manages people opens it.",
            "Mails about your account keep coming.",
        ]
    )
    subject = "Your access is closed; here is the way back"
    return tell_once(
        f"{CLOSED}:{one.pk}", CLOSED, subject, text, path="/sign-in/forgotten/", about=one, people=_to(one.person)
    )


def _way_back(delivery: Delivery) -> Link:
    return password_address(delivery.person), "Set a new password and open it again"


def _sign_in(delivery: Delivery) -> Link:
    return f"{settings.PORTAL_ADDRESS}/sign-in/", "Sign in and keep it"


def connect() -> None:
    """Say how the links of these mails are made."""
    PERSONAL.update({INVITED: _address, WARNED: _sign_in, CLOSED: _way_back})
