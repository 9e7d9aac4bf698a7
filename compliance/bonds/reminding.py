"""Reminders about a bond, to its account and who manages it: weeks before it is expected to become too small, when it is
nearly used up or too small, and by the days of CBP's letter. Each once; after an outage the one that is due then goes out
and none of those before it; what is cured meanwhile is stopped.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.dispatch import receiver
from django.utils import timezone

from accounts.people import managers_of, members_of
from compliance.bonds.models import Bond, BondReview
from compliance.bonds.states import BY_LETTER, State
from compliance.bonds.words import ask_for, left_words, month
from look.formats import long_day, money, percent
from notifications.models import Delivery, Message
from notifications.queue import stop_all, tell_each
from notifications.signals import about_to_send

TOPIC = "bond"
DAY = datetime.timedelta(days=1)
#: Weeks before the month in which half of the paths have passed the bond.
WEEKS = (12, 8, 4, 2)
#: Days after the date of the letter: until the request to end the bond is received, and until the new bond is in force.
BEFORE_THE_REQUEST, BEFORE_THE_NEW_BOND = (0, 3, 7, 10, 13, 15), (25, 29)
#: States that are told when a bond comes into them, beside those of a letter.
TOLD = (State.DEFICIENT, State.WATCH, State.ENDED)
#: What began longer ago is on the page, and no news.
NEWS_DAYS = 45


@dataclass(frozen=True)
class Due:
    """A reminder that is due. stage: what it is about, and when that began, so that what begins anew is told anew; step:
    which of its reminders."""

    stage: str
    step: int

    @property
    def ending(self) -> str:
        """How its key ends, behind the bond's number."""
        return f"{self.stage}:{self.step}"


def due_of(review: BondReview, day: datetime.date) -> Due | None:
    """The reminder that is due about a bond on a day: the last one whose day has come; None where nothing is. Pure.

    Of a state that is told and a week before the forecast month the one that came later; the words of either tell both.
    """
    if review.state in BY_LETTER and review.letter_on:
        return _of_letter(review, (day - review.letter_on).days)
    come = []
    if review.state in TOLD and (day - review.since).days <= NEWS_DAYS:
        come.append((review.since, Due(f"{review.state}:{review.since}", 0)))
    weeks = _weeks(review, day)
    if weeks is not None and review.short_half:
        since = review.short_since or review.since
        come.append((max(review.short_half - weeks * 7 * DAY, since), Due(f"ahead:{since}", weeks)))
    return max(come, key=lambda one: one[0])[1] if come else None


def _weeks(review: BondReview, day: datetime.date) -> int | None:
    """Of the weeks before the forecast month the fewest whose day has come; None where it is not near, or there is none."""
    if review.short_half is None or review.state not in (State.SUFFICIENT, State.WATCH):
        return None
    left = (review.short_half - day).days
    return min((weeks for weeks in WEEKS if left <= 7 * weeks), default=None)


def _of_letter(review: BondReview, days: int) -> Due | None:
    if review.state == State.IMMEDIATE:
        return Due(f"at_once:{review.letter_on}", 0)
    if review.state == State.INSUFFICIENT:
        # A stage of its own: what was told while the letter ran does not tell that no entry may use the bond now.
        return Due(
            f"insufficient:{review.letter_on}", max((one for one in BEFORE_THE_NEW_BOND if one <= days), default=0)
        )
    steps = BEFORE_THE_NEW_BOND
    if review.state != State.TERMINATION_FILED:
        steps = (*BEFORE_THE_REQUEST, *BEFORE_THE_NEW_BOND)
    step = max((one for one in steps if one <= days), default=None)
    return None if step is None else Due(f"letter:{review.letter_on}", step)


def remind(today: datetime.date, among: Collection[int] | None = None) -> int:
    """Queue the reminders that are due and were not yet sent. Returns how many messages were made.

    A fixed number of statements, however many bonds there are. among: of these bonds alone.
    """
    stop_overtaken()
    asked = _asked() if among is None else _asked().filter(pk__in=among)
    wanted = [(one, due) for one in asked if (due := due_of(one, today))]
    keys = {_key(one, due): (one, due) for one, due in wanted}
    known = set(Message.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    new = [(key, *found) for key, found in keys.items() if key not in known]
    people = _people({one.account_id for _, one, _ in new}, today)
    told = [(_message(key, one, due, today), one.account_id, people.get(one.account_id, [])) for key, one, due in new]
    return tell_each(told)


def _asked() -> Any:
    rows = BondReview.objects.exclude(state=State.REPLACED).exclude(state=State.SUFFICIENT, short_half=None)
    return rows.select_related("bond", "account").order_by("pk")


def _key(review: BondReview, due: Due) -> str:
    return f"{TOPIC}:{review.bond_id}:{due.ending}"


@receiver(about_to_send, dispatch_uid="compliance.bonds.reminding")
def stop_overtaken(**_: Any) -> None:
    """Stop what nobody needs any more: the bond is enough, replaced, or further on, so that another reminder is due."""
    waiting = Delivery.objects.filter(message__topic=TOPIC, state__in=[Delivery.State.QUEUED, Delivery.State.CLAIMED])
    keys = set(waiting.values_list("message__key", flat=True).distinct())
    if not keys:
        return
    today = timezone.localdate()
    about = {key.split(":")[1] for key in keys}
    reviews = BondReview.objects.filter(pk__in=[int(pk) for pk in about if pk.isdecimal()]).select_related("bond")
    still = {_key(one, due) for one in reviews if (due := due_of(one, today))}
    if over := keys - still:
        stop_all(Delivery.objects.filter(message__topic=TOPIC, message__key__in=over))


def _people(accounts: set[UUID], today: datetime.date) -> dict[UUID, list[UUID]]:
    """Members and who answers, by account; three statements."""
    found: dict[UUID, list[UUID]] = {}
    for rows in (members_of(accounts), *managers_of(accounts, today)):
        for person, account in rows:
            found.setdefault(account, []).append(person)
    return found


def _message(key: str, review: BondReview, due: Due, today: datetime.date) -> Message:
    subject, text = words_of(review, today)
    return Message(
        key=key,
        topic=TOPIC,
        subject=f"{subject}: bond of {review.account.name}"[:200],
        text=f"{text}\n\nBy CBP’s published formula; CBP itself decides. The page of the bond shows how it comes about.",
        path=f"/accounts/{review.account_id}/bond/?bond={review.bond_id}",
        about_type=ContentType.objects.get_for_model(Bond),
        about_id=str(review.bond_id),
        stop_after=timezone.now() + 7 * DAY,
    )


def words_of(review: BondReview, today: datetime.date) -> tuple[str, str]:
    """Subject and text of what is due about a bond. Pure."""
    bond, name, least = review.bond, review.account.name, review.delinquent_since is not None
    amount, state = money(bond.amount), review.state
    needed = review.required if least else review.ask_for or review.required
    if state == State.NOTIFIED and review.remedy_by:
        left = left_words((review.remedy_by - today).days)
        return (
            f"By {long_day(review.remedy_by)}",
            f"CBP’s letter of {long_day(review.letter_on)} says that the bond {bond.number} of {name}, {amount}, is too small."
            f" CBP must have received the request to end it by {long_day(review.remedy_by)}, {left}."
            f" {ask_for(needed, least=least, before=' now')} Underwriting takes days.",
        )
    if state == State.TERMINATION_FILED and review.in_force_by:
        left = left_words((review.in_force_by - today).days)
        text = (
            f"The bond {bond.number} of {name} is ending. The new bond must be in force by {long_day(review.in_force_by)},"
            f" {left}; two may not run side by side."
        )
        return f"By {long_day(review.in_force_by)}", f"{text} {ask_for(needed, least=True)}" if least else text
    if state in (State.INSUFFICIENT, State.IMMEDIATE):
        return (
            "Insufficient",
            f"The bond {bond.number} of {name} is insufficient: no new entry may use it until a new bond is in force. Each"
            f" entry needs a bond of its own meanwhile. {ask_for(needed, least=least)}",
        )
    if state == State.ENDED:
        return (
            "Ended",
            f"The bond {bond.number} of {name} has ended, and no other continuous import bond in force covers all that it covered.",
        )
    if least:
        return (
            "For manual determination",
            f"The bond {bond.number} of {name} is {amount}. {ask_for(needed, least=True)}",
        )
    if state == State.DEFICIENT:
        return (
            "Too small",
            f"The bond {bond.number} of {name} is {amount}; the last twelve whole months ask for {money(review.required)}."
            f" {ask_for(needed, least=False, before=' before CBP writes')}",
        )
    return _ahead(review, f"The bond {bond.number} of {name} is {amount}, {percent(review.use, 0)} used.")


def _ahead(review: BondReview, text: str) -> tuple[str, str]:
    """The same of a bond that is enough today."""
    if review.short_half is None:
        return "Nearly used up", text
    text += (
        f" It is expected to become too small about {month(review.short_half)}; {percent(review.passes, 0)} of the likely"
        f" paths pass it within twelve months. Amount to ask for: {money(review.ask_for)}."
    )
    return f"Too small about {month(review.short_half)}", text
