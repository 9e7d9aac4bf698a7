"""Headquarters' page of assignment: the proposal, any line changed by hand, accepted at once."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.guards import allow
from accounts.models import Assignment, Person
from compliance.selection.assignment import reading
from compliance.selection.assignment.proposing import Carrier, propose
from compliance.selection.caseload import FULL_LOAD
from compliance.selection.pools import names
from look.formats import plural

#: The field of an account's manager in the form, before the account's id.
OF = "manager-"
NOBODY = ""
FIRST_DAY = forms.DateField(input_formats=["%m/%d/%Y"], required=False)


@dataclass(frozen=True)
class Line:
    orphan: reading.Orphan
    center: str
    manager: str
    by_hand: bool
    because: str


@dataclass(frozen=True)
class Load:
    """A manager's caseload, in weighted accounts."""

    person: Person
    now: Decimal
    more: Decimal
    accounts: int

    @property
    def then(self) -> Decimal:
        return self.now + self.more

    @property
    def over(self) -> bool:
        return self.then > FULL_LOAD


@allow(Person.Role.HEADQUARTERS)
def assignment_page(request: HttpRequest) -> HttpResponse:
    """Propose; show what was changed by hand; or accept."""
    found = reading.start(timezone.localdate())
    proposed = propose([one.unmanaged for one in found.orphans], found.carriers)
    chosen = _chosen(request.POST, found, proposed) if request.method == "POST" else proposed
    if request.method == "POST" and request.POST.get("do") == "accept":
        given = {UUID(account): found.people[manager] for account, manager in chosen.items() if manager}
        try:
            many = Assignment.objects.give(given, by=request.user, starts=_starts(request.POST.get("starts", "")))
        except ValidationError as refused:
            for sentence in refused.messages:
                messages.error(request, sentence)
        else:
            messages.success(request, f"{plural(many, 'account has', 'accounts have')} a manager now.")
            return redirect("selection-assignment")
    return render(request, "selection/assignment.html", _context(found, proposed, chosen))


def _chosen(posted: Any, found: reading.Start, proposed: Mapping[str, str]) -> dict[str, str]:
    """What the form says of each account; of one that came in meanwhile nothing, so that nobody accepts it unseen."""
    chosen = {}
    for one in found.orphans:
        account = one.unmanaged.account
        manager = posted.get(OF + account, NOBODY)
        chosen[account] = manager if manager in found.people else NOBODY
    return chosen


def _starts(text: str) -> datetime.date:
    try:
        return FIRST_DAY.clean(text.strip()) or timezone.localdate()
    except ValidationError:
        raise ValidationError("Write the first day as MM/DD/YYYY, or leave it empty for today.") from None


def _context(found: reading.Start, proposed: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, Any]:
    pools, carriers = names(), {one.manager: one for one in found.carriers}
    lines = [_line(one, pools, carriers, proposed, chosen) for one in found.orphans]
    loads = [_load(found, carrier, chosen) for carrier in found.carriers]
    return {
        "lines": lines,
        "waiting": found.waiting,
        "loads": sorted(loads, key=lambda load: (-load.then, load.person.name)),
        "given": sum(bool(manager) for manager in chosen.values()),
        "people": sorted(found.people.values(), key=lambda person: (person.center_id or "", person.name)),
        "pools": pools,
        "full": FULL_LOAD,
        "changed": sum(line.by_hand for line in lines),
    }


def _line(
    one: reading.Orphan,
    pools: Mapping[str, str],
    carriers: Mapping[str, Carrier],
    proposed: Mapping[str, str],
    chosen: Mapping[str, str],
) -> Line:
    account, center = one.unmanaged.account, one.unmanaged.center
    manager = chosen.get(account, NOBODY)
    said = reading.because(one, carriers[manager]) if manager else "Nobody: it waits"
    return Line(one, pools.get(center or "", ""), manager, manager != proposed.get(account, NOBODY), said)


def _load(found: reading.Start, carrier: Carrier, chosen: Mapping[str, str]) -> Load:
    mine = [one.unmanaged.weight for one in found.orphans if chosen.get(one.unmanaged.account) == carrier.manager]
    return Load(found.people[carrier.manager], carrier.load, sum(mine, Decimal(0)), len(mine))
