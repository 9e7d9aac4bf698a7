"""An expert leaves: what they had open goes back to routing, all of it or nothing."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.history import acting
from accounts.models import Person
from accounts.signals import left
from inquiries.models import GroupMember, Involvement, Routing, Step
from inquiries.models.inquiry import State

UNFINISHED = (State.OPEN, State.ASKED_BACK)


def leave(expert: Person, *, by: Person, today: datetime.date) -> int:
    """Close an expert's sign-in today, and hand back what they had open. Returns how many inquiries that were.

    One transaction; `accounts.signals.left` is sent inside it. Raises PermissionDenied for anybody but headquarters,
    ValidationError for who is no expert.
    """
    if not (by.is_active and by.is_headquarters):
        raise PermissionDenied
    if expert.role != Person.Role.EXPERT:
        raise ValidationError(f"{expert} is no subject matter expert.")
    with transaction.atomic(), acting(by, "leave"):
        had = Involvement.objects.filter(expert=expert, until=None, inquiry__state__in=UNFINISHED).count()
        expert.leave(today, by=by, today=today)
        left.send(sender=Person, person=expert, successors={}, first=by, on=today, by=by)
    return had


def hand_back(sender: object, person: Person, by: Person, **kwargs: Any) -> None:
    """Everything of an expert who has left: their groups, and each inquiry, which a worker gives to the next of its group."""
    if person.role == Person.Role.EXPERT:
        _hand_back(person, f"{person.name} has left.", by)


def hand_back_of_the_gone() -> int:
    """The same for who lost their sign-in or their role by any other way, such as the administration. Returns how many people.

    A worker does it before it chooses anybody: what nobody has is nobody's to miss.
    """
    gone = Person.objects.exclude(role=Person.Role.EXPERT, is_active=True)
    GroupMember.objects.filter(expert__in=gone).delete()
    held = Involvement.objects.filter(until=None, inquiry__state__in=UNFINISHED).values("expert")
    people = list(gone.filter(pk__in=held))
    for person in people:
        with transaction.atomic(), acting(None, "hand back"):
            _hand_back(person, f"{person.name} is no expert any more.", None)
    return len(people)


def _hand_back(person: Person, why: str, by: Person | None) -> None:
    now = timezone.now()
    had = list(
        Involvement.objects.select_for_update(of=("self",)).filter(expert=person, until=None).select_related("inquiry")
    )
    Involvement.objects.filter(pk__in=[one.pk for one in had]).update(until=now)
    GroupMember.objects.filter(expert=person).delete()
    again = [one for one in had if one.inquiry.state in UNFINISHED]
    Routing.objects.bulk_create(
        Routing(inquiry=one.inquiry, account_id=one.account_id, at=now, by=by, group_id=one.group_id, reason=why,
                settled_at=None if one.group_id else now)
        for one in again
    )  # fmt: skip
    Step.objects.bulk_create(
        Step(inquiry=one.inquiry, account_id=one.account_id, at=now, by=by, words=f"{why} It goes back to the group.", staff_only=True)
        for one in again
    )  # fmt: skip


def connect() -> None:
    """Listen to who leaves."""
    left.connect(hand_back, sender=Person, dispatch_uid="inquiries.leaving.hand_back")
