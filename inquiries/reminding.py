"""Who answers for an account is told of a follow-up that is due, and once more when it is late."""

import datetime

from accounts.people import managers_of
from examinations.telling.once import tell_once, untold
from inquiries.models import FollowUp
from look.formats import long_day

TOPIC = "follow-up"
#: Told so many days before; and again so many after. What is later than the last is no news: the pages have it.
AHEAD, LATE, STALE = datetime.timedelta(days=3), datetime.timedelta(days=3), datetime.timedelta(days=30)


def remind(today: datetime.date) -> int:
    """Remind of what is due and was not yet told. Run twice, or after days of standing still, it tells each stage once.

    today: in New York. Returns how many messages were made.
    """
    rows = FollowUp.objects.open().select_related("account", "contact")  # type: ignore[attr-defined]
    ahead = rows.filter(due__lte=today + AHEAD, due__gt=today - LATE)
    late = rows.filter(due__lte=today - LATE, due__gt=today - STALE)
    return sum(
        _tell(one, stage, today)
        for stage, some in (("due", ahead), ("late", late))
        for one in untold(some, f"{TOPIC}-{stage}")
    )


def _tell(one: FollowUp, stage: str, today: datetime.date) -> bool:
    when = "was to be done by" if one.due < today else "is to be done by"
    text = (
        f"{one.what}\n\nThis {when} {long_day(one.due)}; it follows from the {one.contact.get_kind_display().lower()}"
        f" of {long_day(one.contact.on)}. The notes stand in the portal; the account never sees them."
    )
    subject = f"{'Late' if one.due < today else 'Due'}: follow-up with {one.account.name}"
    return tell_once(
        f"{TOPIC}-{stage}:{one.pk}", TOPIC, subject, text, path=f"/accounts/{one.account_id}/contacts/",
        about=one, people=managers_of([one.account_id], today),
    )  # fmt: skip
