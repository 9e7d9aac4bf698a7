"""A message that is made once, however often and by however many workers it is tried."""

import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import Message
from notifications.queue import tell

#: What was not told within so many days is not told any more: the page has it.
NEWS_DAYS = 2
WORTH_SENDING_DAYS = 7


def news_since() -> datetime.datetime:
    """From when on a thing is still news."""
    return timezone.now() - datetime.timedelta(days=NEWS_DAYS)


def untold(rows: QuerySet[Any], what: str) -> list[Any]:
    """Those of which no message with the key `what:id` was made."""
    keys = {f"{what}:{one.pk}": one for one in rows}
    known = set(Message.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    return [one for key, one in keys.items() if key not in known]


def tell_once(
    key: str, topic: str, subject: str, text: str, *, path: str, about: models.Model, people: list[QuerySet[Any]]
) -> bool:
    """Tell these people, given as (person, account) ids. False where another worker did, since the key is unique, and
    where there is nobody to tell: a message without people would count as told, and the next round tries again."""
    try:
        with transaction.atomic():
            message = Message.objects.create(
                key=key, topic=topic, subject=subject[:200], text=text, path=path,
                about_type=ContentType.objects.get_for_model(about), about_id=str(about.pk),
                stop_after=timezone.now() + datetime.timedelta(days=WORTH_SENDING_DAYS),
            )  # fmt: skip
            if not tell(message, people):
                transaction.set_rollback(True)
                return False
    except IntegrityError:
        return False
    return True
