"""The branch chief's page: how much is under management, who is left alone, and what each Center carries."""

import datetime
from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Account, Assignment, Enrollment, Person
from compliance.effect.caseload import by_center
from compliance.effect.models import Standing
from inquiries.models import Contact
from look.formats import amount, count

#: Accounts told by name; of more their number.
NAMED = 20
#: So many where all are asked for.
MOST = 1000
#: Nobody spoke with an account since so long: the manager is to call.
ALONE = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Named:
    """The first few accounts of a list, and how many it has."""

    accounts: list[Account]
    count: int


@require_safe
@allow(Person.Role.HEADQUARTERS)
def program_page(request: HttpRequest) -> HttpResponse:
    """How much is under management, who is left alone, and what each Center carries."""
    day, person = timezone.localdate(), request.user
    standing = Standing.objects.visible_to(person).first()
    isa = Enrollment.objects.filter(program=Enrollment.Program.ISA)
    managed = Assignment.objects.on(day).values("account")
    unmanaged = Account.objects.visible_to(person).filter(pk__in=isa.values("account")).exclude(pk__in=managed)
    context = {
        "today": day,
        "standing": standing,
        "rows": _rows(standing) if standing else [],
        "isa_count": isa.count(),
        "unmanaged": _named(unmanaged.order_by("name")),
        "silent": _named(without_contact(person, day), MOST if request.GET.get("silent") == "all" else NAMED),
        "silent_since": day - ALONE,
        "centers": by_center(day),
    }
    return render(request, "portal/program.html", context)


def without_contact(person: Person, day: datetime.date) -> QuerySet[Account]:
    """Accounts that have had a manager for twelve months and nobody wrote down a contact with in them, the longest left
    alone first. `last`: the day of the last one; `manager_name`: who manages it today."""
    since = day - ALONE
    assigned = Assignment.objects.filter(account=OuterRef("pk"))
    contacts = Contact.objects.filter(account=OuterRef("pk"), on__lte=day).order_by("-on")
    return (
        Account.objects.visible_to(person)
        .filter(pk__in=Assignment.objects.on(day).values("account"))
        .filter(pk__in=Assignment.objects.filter(starts__lte=since).values("account"))
        .exclude(pk__in=Contact.objects.filter(on__gt=since, on__lte=day).values("account"))
        .annotate(last=Subquery(contacts.values("on")[:1]))
        .annotate(manager_name=Subquery(assigned.on(day).values("manager__name")[:1]))
        .order_by(F("last").asc(nulls_first=True), "name")
    )


def _named(accounts: QuerySet[Account], most: int = NAMED) -> Named:
    first = list(accounts[: most + 1])
    return Named(first[:most], len(first) if len(first) <= most else accounts.count())


def _rows(standing: Standing) -> list[tuple[str, str, str, float | None]]:
    """The table of what is under management: what, all, of it under management, share."""
    return [
        ("Import value, $", amount(standing.value), amount(standing.managed_value), standing.value_share),
        ("Duty, $", amount(standing.duty), amount(standing.managed_duty), standing.duty_share),
        ("Entry lines", count(standing.lines), count(standing.managed_lines), standing.lines_share),
        ("Importers", count(standing.importers), count(standing.managed_importers), standing.importers_share),
    ]
