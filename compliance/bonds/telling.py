"""Questions about the year ahead that were sent: the account's manager is told, once each."""

from django.utils import timezone

from accounts.people import managers_of
from compliance.bonds.models import WhatIf
from examinations.telling.once import news_since, tell_once, untold

TOPIC = "bond question"


def tell_of_questions() -> int:
    """Tell of what was sent lately, as far as nobody has. Returns how many messages were made."""
    rows = WhatIf.objects.filter(sent_at__gte=news_since()).select_related("account", "by").order_by("pk")
    return sum(_tell(one) for one in untold(rows, TOPIC))


def _tell(one: WhatIf) -> bool:
    text = (
        f"{one.by.name} of {one.account.name} asks what you think of this, worked out in the portal on"
        f" {timezone.localtime(one.made_at):%m/%d/%Y}:\n\n{one.said}\n\nNothing of it is announced; it is a question."
    )
    return tell_once(
        f"{TOPIC}:{one.pk}", TOPIC, f"What if: bond of {one.account.name}", text,
        path=f"/accounts/{one.account_id}/bond/", about=one,
        people=managers_of([one.account_id], timezone.localdate()),
    )  # fmt: skip
