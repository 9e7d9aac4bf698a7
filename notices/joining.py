"""Who joins an account, or begins to manage it, while a change is still ahead: told of it like the others."""

import datetime

from django.utils import timezone

from notices import audience, telling
from notices.models import Notice
from notifications.models import Message
from notifications.queue import tell

#: How far back the quick look goes; the nightly one asks everybody, those too whose account became active meanwhile.
RECENT = datetime.timedelta(days=2)


def tell_who_joined(today: datetime.date, *, recently: bool) -> int:
    """Tell of each published change that is ahead whoever it is for and nobody told. One statement a notice.

    Where it asks for nothing it stands in the portal alone: who joins should find it, and not begin with a dozen mails.
    recently: only those who joined, or began to manage, in the last days. Returns how many were told.
    """
    ahead = Notice.objects.filter(state=Notice.State.PUBLISHED, effective_date__gt=today)
    known = {telling.key_of(one): one for one in ahead}
    messages = Message.objects.filter(key__in=list(known))
    return sum(_tell(known[message.key], message, recently) for message in messages)


def _tell(notice: Notice, message: Message, recently: bool) -> int:
    members, managers = audience.people_of(notice)
    if recently:
        since = timezone.now() - RECENT
        members, managers = members.filter(created_at__gt=since), managers.filter(starts__gt=since.date())
    return tell(message, [members, managers], only_in_portal=not message.asks)
