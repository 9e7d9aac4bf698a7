"""Who hears that a self-assessment was handed in, and what its manager said of it: once each, by mail."""

from collections.abc import Callable

from django.utils import timezone

from accounts.people import managers_of, members_of
from compliance.controls.models import SelfAssessment
from examinations.telling.once import news_since, tell_once
from notifications.models import Message

TOPIC = "self-assessment"
State = SelfAssessment.State


def tell_of_controls() -> int:
    """Tell of what was handed in or settled lately, as far as nobody has. Returns how many messages were made."""
    since = news_since().date()
    rows = SelfAssessment.objects.select_related("account")
    handed_in = rows.filter(state=State.SUBMITTED, submitted_on__gte=since)
    settled = rows.filter(state__in=SelfAssessment.TOLD, reviewed_on__gte=since)
    wanted: dict[str, tuple[SelfAssessment, Callable[[str, SelfAssessment], bool]]] = {
        f"{TOPIC}:{one.pk}:in:{one.submitted_on}": (one, _tell_manager) for one in handed_in
    } | {f"{TOPIC}:{one.pk}:{one.state}:{one.reviewed_on}": (one, _tell_account) for one in settled}
    known = set(Message.objects.filter(key__in=list(wanted)).values_list("key", flat=True))
    return sum(tell(key, one) for key, (one, tell) in wanted.items() if key not in known)


def _tell_manager(key: str, one: SelfAssessment) -> bool:
    text = (
        f"{one.account.name} has handed in the self-assessment of its internal controls for {one.year}: {one.stated} of"
        " 100 by its own answers.\n\nReview it in the portal: agree, correct with reasons, or ask back."
    )
    return tell_once(
        key, TOPIC, f"To review: controls of {one.account.name}, {one.year}", text,
        path=f"/accounts/{one.account_id}/controls/{one.pk}/review/", about=one,
        people=managers_of([one.account_id], timezone.localdate()),
    )  # fmt: skip


def _tell_account(key: str, one: SelfAssessment) -> bool:
    asked = one.state == State.RETURNED
    said = "asks back about it" if asked else f"has reviewed it: {one.reviewed} of 100"
    text = (
        f"The self-assessment of {one.account.name} for {one.year}: the account manager {said}.\n\n"
        "Read what was said, and what was corrected and why, in the portal."
    )
    subject = f"{'Asked back' if asked else 'Reviewed'}: internal controls of {one.account.name}, {one.year}"
    return tell_once(
        key, TOPIC, subject, text, path=f"/accounts/{one.account_id}/controls/{one.pk}/", about=one,
        people=[members_of([one.account_id])],
    )  # fmt: skip
