"""What the inbox says of a notice that holds no more: whoever was told of it, and whoever's mail was stopped, reads it there."""

from collections.abc import Sequence

from django.utils import timezone

from look.formats import long_day
from notices import reminding, telling
from notices.models import Notice
from notifications.models import Delivery
from notifications.own_words import ENDED

TOPICS = (*telling.TOPICS, reminding.TOPIC)
_HOW = {Notice.State.CORRECTED: "was corrected", Notice.State.SUPERSEDED: "was superseded"}


def ended_of(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """By delivery (id), that its notice holds no more; none while it holds. One statement."""
    rows = [one for one in deliveries if one.message.topic in TOPICS and one.message.about_id]
    named = {one.pk: one.message.about_id for one in rows}
    ended = Notice.objects.filter(pk__in=set(named.values())).exclude(state=Notice.State.PUBLISHED) if named else []
    said = {str(one.pk): words_of(one) for one in ended}
    return {delivery: said[notice] for delivery, notice in named.items() if notice in said}


def words_of(notice: Notice) -> str:
    """What became of a notice that holds no more."""
    if notice.state == Notice.State.RETRACTED:
        day = long_day(timezone.localdate(notice.retracted_at))
        return f"This notice was taken back on {day}. It holds no more, and nothing is asked of you."
    how = _HOW[Notice.State(notice.state)]
    follows = notice.replaced_by.filter(state__in=Notice.TOLD).first()
    begins = follows.effective_date if follows and notice.state == Notice.State.SUPERSEDED else None
    if begins and begins > timezone.localdate():
        return f"Another notice takes the place of this one from {long_day(begins)} on. Both stand on its page."
    return f"This notice {how} on {long_day(timezone.localdate(notice.ended_at))} and holds no more. What holds now stands on its page."


def connect() -> None:
    """Let the inbox say it."""
    ENDED.append(ended_of)
