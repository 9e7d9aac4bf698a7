"""Who hears of an appeal about a Center, of its decision, and of a new manager: once each, by mail."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Account, CenterAppeal, Person
from accounts.people import managers_of, members_of
from accounts.signals import left
from examinations.telling.once import news_since, tell_once, untold
from look.formats import long_day
from notifications.models import Message
from notifications.queue import tell_each

ASKED, DECIDED, NEW_MANAGER = "center-appeal", "center-decision", "new-manager"


def tell_of_appeals() -> int:
    """Tell of appeals and of decisions, as far as nobody has. Returns how many messages were made."""
    rows = CenterAppeal.objects.select_related("account", "wished", "asked_by")
    since = news_since().date()
    open_ones = rows.filter(state=CenterAppeal.State.OPEN, asked_on__gte=since)
    decided = rows.filter(state__in=[CenterAppeal.State.GRANTED, CenterAppeal.State.REFUSED], decided_on__gte=since)
    return (
        sum(_tell_headquarters(one) for one in untold(open_ones, ASKED))
        + sum(_tell_manager(one) for one in untold(open_ones, f"{ASKED}-manager"))
        + sum(_tell_account(one) for one in untold(decided, DECIDED))
    )


def _asked(appeal: CenterAppeal) -> str:
    return f"{appeal.asked_by.name} of {appeal.account.name} asks that the {appeal.wished.name} Center answer for it."


def _tell_headquarters(appeal: CenterAppeal) -> bool:
    nowhere = Cast(Value(None), UUIDField())
    people = Person.objects.filter(role=Person.Role.HEADQUARTERS, is_active=True).values_list("pk", nowhere)
    text = f"{_asked(appeal)}\n\nRead the reasons and decide in the portal."
    return tell_once(
        f"{ASKED}:{appeal.pk}", ASKED, f"Appeal about a Center: {appeal.account.name}", text,
        path=f"/center-appeals/{appeal.pk}/", about=appeal, people=[people],
    )  # fmt: skip


def _tell_manager(appeal: CenterAppeal) -> bool:
    text = f"{_asked(appeal)} Headquarters decides.\n\nRead the reasons in the portal."
    return tell_once(
        f"{ASKED}-manager:{appeal.pk}", ASKED, f"Appeal about a Center: {appeal.account.name}", text,
        path=f"/accounts/{appeal.account_id}/center/", about=appeal,
        people=managers_of([appeal.account_id], timezone.localdate()),
    )  # fmt: skip


def _tell_account(appeal: CenterAppeal) -> bool:
    """Members and manager alike."""
    text = (
        f"The appeal of {appeal.account.name} to the {appeal.wished.name} Center is"
        f" {appeal.get_state_display().lower()}.\n\nRead the decision in the portal."
    )
    people = [members_of([appeal.account_id]), *managers_of([appeal.account_id], timezone.localdate())]
    subject = f"Decided: your appeal about the Center of {appeal.account.name}"
    path = f"/accounts/{appeal.account_id}/center/"
    return tell_once(f"{DECIDED}:{appeal.pk}", DECIDED, subject, text, path=path, about=appeal, people=people)


def tell_of_new_managers(sender: object, successors: Mapping[UUID, Person], on: datetime.date, **kwargs: Any) -> int:
    """Tell the people of each account that a leaver hands over who answers for it from that day on."""
    people: dict[UUID, list[UUID]] = defaultdict(list)
    for person, account in members_of(list(successors)):
        people[account].append(person)
    names = dict(Account.objects.filter(pk__in=list(people)).values_list("pk", "name"))
    return tell_each([(_new_manager(pk, name, successors[pk], on), pk, people[pk]) for pk, name in names.items()])


def _new_manager(account: UUID, name: str, manager: Person, on: datetime.date) -> Message:
    reached = " and ".join(filter(None, [manager.telephone and f"by telephone at {manager.telephone}", manager.hours]))
    text = (
        f"From {long_day(on)} on {manager.name} is the account manager of {name} and answers for it."
        + (f" {manager.name} can be reached {reached}." if reached else "")
        + "\n\nWhat was begun with the manager before goes on. Name and hours stand on your first page."
    )
    return Message(
        key=f"new-manager:{account}:{on}:{manager.pk}", topic=NEW_MANAGER,
        subject=f"Your new account manager: {manager.name}"[:200], text=text, path="/",
    )  # fmt: skip


def connect() -> None:
    """Listen to managers who leave."""
    left.connect(tell_of_new_managers, sender=Person, dispatch_uid="portal.telling.new_managers")
