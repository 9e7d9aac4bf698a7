"""For whom a notice is: by kind, program, Center and name, and by what the accounts really traded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Account, Assignment, Membership, Person
from notices import matching

if TYPE_CHECKING:
    from notices.models import Notice


def of_the_kind(notice: Notice) -> QuerySet[Account]:
    """The active accounts that meet all conditions but those of trade; an empty list of a condition means all."""
    accounts = Account.objects.filter(state=Account.State.ACTIVE)
    if notice.account_kinds:
        accounts = accounts.filter(kind__in=notice.account_kinds)
    if notice.programs:
        accounts = accounts.filter(enrollments__program__in=notice.programs).distinct()
    if notice.centers.exists():
        accounts = accounts.filter(center__in=notice.centers.all())
    if notice.accounts.exists():
        accounts = accounts.filter(pk__in=notice.accounts.all())
    return accounts


def accounts_of(notice: Notice) -> QuerySet[Account]:
    """The active accounts that a notice is for, by what they traded until today."""
    accounts = of_the_kind(notice)
    if notice.asks_of_trade:
        accounts = accounts.filter(pk__in=RawSQL(*matching.accounts_sql(notice)))
    return accounts


def people_of(notice: Notice) -> list[QuerySet[Membership] | QuerySet[Assignment]]:
    """Whom to tell, as rows of (person, account): the accounts' members, and their managers of today.

    Of a published notice whose accounts are written down (`touched`), of those.
    """
    accounts = accounts_of(notice).values("pk")
    if notice.published_at and notice.asks_of_trade:
        accounts = notice.touched.values("account")
    return people_at(accounts)


def people_at(accounts: QuerySet[Account]) -> list[QuerySet[Membership] | QuerySet[Assignment]]:
    """The members and the managers of these accounts (a query for their ids), as rows of (person, account)."""
    roles = Person.Role  # a changed role closes everything, as accounts/access.py says
    members = Membership.objects.filter(
        account__in=accounts, ended_at=None, person__is_active=True, person__role=roles.MEMBER
    )
    managers = Assignment.objects.on(timezone.localdate()).filter(
        account__in=accounts, manager__is_active=True, manager__role=roles.MANAGER
    )
    return [members.values_list("person", "account"), managers.values_list("manager", "account")]


def count_people(notice: Notice, also: QuerySet[Any] | None = None) -> int:
    """How many people would be told, each once. also: ids of people who are told besides, whatever they trade."""
    members, managers = people_of(notice)
    told = Q(pk__in=members.values("person")) | Q(pk__in=managers.values("manager"))
    if also is not None:
        told |= Q(pk__in=also)
    return Person.objects.filter(told).count()
