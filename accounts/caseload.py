"""Account managers, and how many accounts each has."""

import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import Assignment, Person


def active_managers() -> QuerySet[Person]:
    """Account managers who may sign in, by name."""
    return Person.objects.filter(role=Person.Role.MANAGER, is_active=True).order_by("name")


def with_caseload(day: datetime.date) -> QuerySet[Person]:
    """The same, each with `accounts`, as many as are assigned on that day, and with their Center."""
    assigned = Q(assignments__in=Assignment.objects.on(day))
    return active_managers().annotate(accounts=Count("assignments", filter=assigned)).select_related("center")
