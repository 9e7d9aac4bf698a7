"""A manager leaves: everything that they answer for goes to others, at once or not at all."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.history import acting
from accounts.models import Account, Assignment, Cover, Person
from accounts.signals import left
from look.formats import long_day, plural

#: So far ahead a leave is known; what is assigned meanwhile would not go with it.
MOST_DAYS_AHEAD = 92


def running(leaver: Person, on: datetime.date) -> QuerySet[Assignment]:
    """Assignments of a manager that reach past the day `on`, planned ones among them, by account."""
    return Assignment.objects.filter(Q(ends=None) | Q(ends__gt=on), manager=leaver).order_by("account__name", "starts")


def covering(leaver: Person, on: datetime.date) -> QuerySet[Cover]:
    """Absences of colleagues that the leaver was to cover on `on` or after."""
    return Cover.objects.filter(covered_by=leaver, ends__gt=on).order_by("starts")


@dataclass(frozen=True)
class HandedOver:
    """What went over: assignments to their successors, covers to the first of them who is there, absences of the leaver ended."""

    accounts: Mapping[UUID, Person]
    covers: int
    absences: int


def spread(
    accounts: Sequence[Account], successors: Sequence[Person], caseload: Mapping[UUID, int]
) -> dict[UUID, Person]:
    """Propose a successor for each account: one of its own Center before others, then whoever has the fewest accounts.

    caseload: accounts that each successor (id) has already.
    """
    load = Counter({person.pk: caseload.get(person.pk, 0) for person in successors})
    found = {}
    for account in accounts:
        near = [one for one in successors if one.center_id and one.center_id == account.center_id] or list(successors)
        person = min(near, key=lambda one: (load[one.pk], one.name))
        load[person.pk] += 1
        found[account.pk] = person
    return found


def check_successors(leaver: Person, successors: Sequence[Person]) -> None:
    """Raise ValidationError where nobody is named, one is the leaver, or no account manager who may sign in."""
    if not successors:
        raise ValidationError({"to": "Choose who takes the accounts over."})
    for person in successors:
        if person == leaver:
            raise ValidationError({"to": f"{leaver} cannot take over from themselves."})
        if person.role != Person.Role.MANAGER or not person.is_active:
            raise ValidationError({"to": f"{person} is not an account manager."})
        if person.leaves_on:
            raise ValidationError({"to": f"{person} leaves too, on {long_day(person.leaves_on)}."})


def hand_over(
    leaver: Person,
    *,
    to: Person | Mapping[UUID, Person],
    by: Person,
    on: datetime.date,
    today: datetime.date,
    first: Person | None = None,
    closing: bool = False,
) -> HandedOver:
    """End all of a manager's assignments with the day before `on`, and give accounts and covers to others from then on.

    to: one successor for everything, or one for each account (id). first: who of several is asked first to take
    the covers, and what belongs to no account; else the first that `to` names. closing: whether the leaver may sign in no more
    from that day on.
    One transaction, of as many statements for one account as for a hundred. `accounts.signals.left` is sent inside it:
    whatever a room keeps for the leaver goes along, or nothing does. Raises PermissionDenied for anybody but
    headquarters; ValidationError as `check_successors` does, for a day past or too far ahead, for accounts without a
    successor (one was assigned since, perhaps), and for a cover on whose days every successor is away.
    """
    if not (by.is_active and by.is_headquarters):
        raise PermissionDenied
    if on < today:
        raise ValidationError({"on": "The day is past: they answer from today or a later day on."})
    if (on - today).days > MOST_DAYS_AHEAD:
        raise ValidationError({"on": "The day is more than three months ahead: hand over when it is nearer."})
    named = [to] if isinstance(to, Person) else list(dict.fromkeys([*([first] if first else []), *to.values()]))
    check_successors(leaver, named)
    with transaction.atomic(), acting(by, "hand over"):
        people = sorted([leaver.pk, *(one.pk for one in named)])
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values("pk"))
        held = list(running(leaver, on).select_for_update(of=("self",), no_key=True))
        whose = {one.account_id: to if isinstance(to, Person) else to.get(one.account_id) for one in held}
        missing = sum(person is None for person in whose.values())
        if missing:
            raise ValidationError(
                f"{plural(missing, 'account has', 'accounts have')} no successor yet; nothing was handed over. Look again:"
                " one may have been assigned meanwhile."
            )
        _give_accounts(held, whose, on)
        covers = _give_covers(leaver, named, on)
        absences = _end_absences(leaver, on)
        if closing:
            leaver.leave(on, by=by, today=today)
        left.send(sender=Person, person=leaver, successors=whose, first=named[0], on=on, by=by)
    return HandedOver(whose, covers, absences)  # type: ignore[arg-type]


def _give_accounts(held: Sequence[Assignment], whose: Mapping[UUID, Person | None], on: datetime.date) -> None:
    """What has begun ends, and goes on under another name until the day that it had; what is planned changes its name."""
    begun = [one for one in held if one.starts < on]
    Assignment.objects.filter(pk__in=[one.pk for one in begun]).update(ends=on)
    Assignment.objects.bulk_create(
        Assignment(account_id=one.account_id, manager=whose[one.account_id], starts=on, ends=one.ends) for one in begun
    )
    planned = [one for one in held if one.starts >= on]
    for one in planned:
        one.manager = whose[one.account_id]  # type: ignore[assignment]
    Assignment.objects.bulk_update(planned, ["manager"])


def takers(
    leaver: Person, successors: Sequence[Person], on: datetime.date, covers: Sequence[Cover] | None = None
) -> list[tuple[Cover, Person | None]]:
    """Each cover that the leaver owes from `on`, with the first successor who is there on its days; None where none is.

    covers: where they are read already. Two statements, else one.
    """
    if covers is None:
        covers = list(covering(leaver, on).select_related("absent"))
    away = list(Cover.objects.filter(absent__in=successors, ends__gt=on)) if covers else []

    def there(person: Person, one: Cover) -> bool:
        mine = (other for other in away if other.absent_id == person.pk)
        return one.absent_id != person.pk and all(
            other.ends <= max(one.starts, on) or other.starts >= one.ends for other in mine
        )

    return [(one, next((person for person in successors if there(person, one)), None)) for one in covers]


def _give_covers(leaver: Person, successors: Sequence[Person], on: datetime.date) -> int:
    found = takers(leaver, successors, on)
    lost = next((one for one, person in found if person is None), None)
    if lost:
        who = successors[0] if len(successors) == 1 else "each of them"
        raise ValidationError(
            f"{leaver} covers for {lost.absent} {lost.in_words}, and {who} is away then: have that cover changed first, or"
            " name another successor."
        )
    begun = [(one, person) for one, person in found if one.starts < on]
    Cover.objects.filter(pk__in=[one.pk for one, _ in begun]).update(ends=on)
    Cover.objects.bulk_create(
        Cover(absent=one.absent, covered_by=person, starts=on, ends=one.ends) for one, person in begun
    )
    planned = [one for one, _ in found if one.starts >= on]
    for one, person in found:
        one.covered_by = person  # type: ignore[assignment]
    Cover.objects.bulk_update(planned, ["covered_by"])
    return len(found)


def _end_absences(leaver: Person, on: datetime.date) -> int:
    """Nobody covers for who answers for nothing."""
    absences = Cover.objects.filter(absent=leaver, ends__gt=on)
    count = absences.count()
    absences.filter(starts__gte=on).delete()
    absences.filter(starts__lt=on).update(ends=on)
    return count
