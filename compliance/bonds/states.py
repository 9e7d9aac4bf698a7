"""In which state a bond is, and which days bind: the state machine of domain 1.4 with its two clocks. Pure."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices

DAY = datetime.timedelta(days=1)


class State(TextChoices):
    """From enough to replaced. The words tell members and staff the same."""

    SUFFICIENT = "sufficient", "Enough"
    WATCH = "watch", "Nearly used up"
    DEFICIENT = "deficient", "Too small by the formula"
    NOTIFIED = "notified", "CBP’s letter is running"
    TERMINATION_FILED = "termination_filed", "Ending, to be replaced"
    INSUFFICIENT = "insufficient", "Insufficient: no new entries"
    IMMEDIATE = "immediate", "Insufficient at once"
    REPLACED = "replaced", "Replaced"
    ENDED = "ended", "Ended, without a bond behind it"


#: States in which somebody must do something, the gravest first.
IN_TROUBLE = (
    *(State.IMMEDIATE, State.INSUFFICIENT, State.NOTIFIED, State.TERMINATION_FILED),
    *(State.ENDED, State.DEFICIENT, State.WATCH),
)
#: States that a letter of CBP brings.
BY_LETTER = (State.NOTIFIED, State.TERMINATION_FILED, State.INSUFFICIENT, State.IMMEDIATE)
#: Of these, those in which its days run: a letter that is insufficient at once gives none (domain 1.4).
WITH_DAYS = (State.NOTIFIED, State.TERMINATION_FILED, State.INSUFFICIENT)


@dataclass(frozen=True)
class Terms:
    """What headquarters sets, by date. Days are calendar days; shares are between 0 and 1.

    remedy_days: from the letter's date until the request to end the bond must have been received (19 CFR 113.13(c)).
    in_force_days: until the bond must have ended, and the new one be in force. termination_days: from the request until
    a bond filed electronically ends (19 CFR 113.27). stay_share: of the paths ahead that an amount to ask for must hold.
    """

    watch_share: Decimal = Decimal("0.80")
    remedy_days: int = 15
    in_force_days: int = 30
    termination_days: int = 15
    stay_share: Decimal = Decimal("0.80")


@dataclass(frozen=True)
class Letter:
    """What people entered about a letter of CBP on this bond. dated: as the letter says; filed: when the request to end
    the bond was received; replaced: from when the new bond is in force; immediate: the letter gives no days."""

    dated: datetime.date
    filed: datetime.date | None = None
    replaced: datetime.date | None = None
    immediate: bool = False


@dataclass(frozen=True)
class Clock:
    """The two days of a letter."""

    remedy_by: datetime.date
    in_force_by: datetime.date

    def left(self, state: str, day: datetime.date) -> int:
        """Calendar days until the day that binds in this state; below zero: past."""
        return ((self.remedy_by if state == State.NOTIFIED else self.in_force_by) - day).days


def clock_of(dated: datetime.date, terms: Terms) -> Clock:
    """The last days counted from the letter's date: a letter of December 1 gives December 16 and December 31."""
    return Clock(dated + terms.remedy_days * DAY, dated + terms.in_force_days * DAY)


def state_of(
    total: Decimal,
    amount: Decimal,
    required: Decimal,
    *,
    letter: Letter | None,
    ended: bool,
    followed: bool,
    terms: Terms,
    day: datetime.date,
) -> State:
    """The state of a bond of activity 1 on a day.

    total, amount, required: dollars. letter: the open one, None without. ended: the bond is past its last day; followed: each
    number on it stands on another one that is in force, whoever is its principal.
    """
    if ended:
        return State.REPLACED if followed else State.ENDED
    if letter is not None and letter.dated <= day:
        if letter.replaced is not None and letter.replaced <= day:
            return State.REPLACED
        return _by_letter(letter, clock_of(letter.dated, terms), day)
    if amount < required:
        return State.DEFICIENT
    return State.WATCH if total / 10 >= terms.watch_share * amount else State.SUFFICIENT


def _by_letter(letter: Letter, clock: Clock, day: datetime.date) -> State:
    if letter.immediate:
        return State.IMMEDIATE
    if letter.filed is not None and letter.filed <= min(day, clock.remedy_by):
        return State.TERMINATION_FILED if day <= clock.in_force_by else State.INSUFFICIENT
    return State.NOTIFIED if day <= clock.remedy_by else State.INSUFFICIENT
