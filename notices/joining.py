"""Who joins an account, or begins to manage it, while a change is still ahead: told of it like the others."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Assignment, Membership
from notices import audience, telling
from notices.models import Notice
from notifications.models import Message
from notifications.queue import add_accounts, tell

#: How far back the quick look goes; the nightly one asks everybody, those too whose account became active meanwhile.
RECENT = datetime.timedelta(days=2)


def tell_who_joined(today: datetime.date, *, recently: bool) -> int:
    """Tell of each published change that is ahead whoever it is for and nobody told. Three statements a notice.

    Where it asks for nothing, or its mail would be stale, it stands in the portal alone: who joins should find it, and not
    begin with a dozen mails. Who was told for one account, and joins another that it is for, is told for both.
    recently: only those who joined, or began to manage, in the last days. Returns how many were told.
    """
    if recently and not _anybody_joined():
        return 0
    ahead = Notice.objects.filter(state=Notice.State.PUBLISHED, effective_date__gt=today)
    known = {telling.key_of(one): one for one in ahead}
    messages = Message.objects.filter(key__in=list(known))
    return sum(_tell(known[message.key], message, recently) for message in messages)


def _tell(notice: Notice, message: Message, recently: bool) -> int:
    members, managers = audience.people_of(notice)
    if recently:
        since = timezone.now() - RECENT
        members, managers = members.filter(created_at__gt=since), managers.filter(starts__gt=since.date())
    stale = message.stop_after is not None and message.stop_after <= timezone.now()
    with transaction.atomic():
        # Held, so that nobody is told of what is taken back, or replaced, in this very moment.
        held = Notice.objects.select_for_update(of=("self",)).filter(pk=notice.pk, state=Notice.State.PUBLISHED)
        if not held.first():
            return 0
        add_accounts(message, [members, managers])
        return tell(message, [members, managers], only_in_portal=stale or not message.asks)


def _anybody_joined() -> bool:
    since = timezone.now() - RECENT
    return (
        Membership.objects.filter(created_at__gt=since).exists()
        or Assignment.objects.filter(starts__gt=since.date()).exists()
    )
