"""Who is to hear of what concerns an account: its members, and who answers for it; as (person, account) pairs of ids."""

import datetime
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Assignment, Cover, Membership, Person


def members_of(accounts: Collection[UUID]) -> QuerySet[Any]:
    """Who belongs to one of these accounts today and may sign in."""
    belong = Membership.objects.filter(account__in=accounts, ended_at=None)
    return belong.filter(person__is_active=True, person__role=Person.Role.MEMBER).values_list("person", "account")


def managers_of(accounts: Collection[UUID], day: datetime.date) -> list[QuerySet[Any]]:
    """Who answers for one of these accounts on that day, and who covers where that colleague is away."""
    manage = Assignment.objects.on(day).filter(
        account__in=accounts, manager__is_active=True, manager__role=Person.Role.MANAGER
    )
    cover = Cover.objects.on(day).filter(
        absent__assignments__in=manage, covered_by__is_active=True, covered_by__role=Person.Role.MANAGER
    )
    return [manage.values_list("manager", "account"), cover.values_list("covered_by", "absent__assignments__account")]
