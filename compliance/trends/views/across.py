"""The same problem in many accounts, for managers (their own accounts' part) and headquarters (all of it)."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import allow
from accounts.models import Person
from compliance.trends import words
from compliance.trends.models import SharedPart, SharedTrend
from compliance.trends.sheets import parts_sheet, shared_sheet
from examinations.nomenclature import country, goods
from look.downloads import FORMATS, download


@dataclass(frozen=True)
class Across:
    """A shared problem with the parts that one may see: sums are over these."""

    shared: SharedTrend
    parts: list[SharedPart]

    @property
    def cell(self) -> words.Cell:
        one = self.shared
        return words.Cell(
            heading=one.heading, origin=country(one.origin) if one.origin else "", manufacturer=one.manufacturer_id,
            kind=one.discrepancy_type,
        )  # fmt: skip

    @property
    def heading_name(self) -> str:
        return goods(self.shared.heading) if self.shared.heading else ""

    @property
    def accounts(self) -> int:
        return sum(part.discrepancies > 0 for part in self.parts)

    @property
    def examinations(self) -> int:
        return sum(part.examinations for part in self.parts)

    @property
    def discrepancies(self) -> int:
        return sum(part.discrepancies for part in self.parts)

    @property
    def expected(self) -> float:
        return sum(part.expected for part in self.parts)

    @property
    def owed(self) -> Decimal:
        return sum((part.revenue_found for part in self.parts), Decimal(0))

    @property
    def stake(self) -> Decimal:
        return sum((part.revenue_at_stake for part in self.parts), Decimal(0))

    @property
    def sentence(self) -> str:
        said = words.Said(
            self.cell, self.shared.since, self.shared.older, self.examinations, self.discrepancies, self.expected
        )
        return said.across(self.accounts)

    @property
    def how_sure(self) -> str:
        return words.how_sure(self.shared.q_value)

    @property
    def began(self) -> str:
        one = self.shared
        return words.began(one.since, one.since_low, one.since_high, one.older)


def _across(request: HttpRequest, **which: int) -> list[Across]:
    """What stands, or the one that is asked for; two statements."""
    rows = SharedTrend.objects.visible_to(request.user).filter(**which)  # type: ignore[attr-defined]
    shared = list(rows if which else rows.standing())
    parts: dict[int, list[SharedPart]] = {}
    visible = SharedPart.objects.visible_to(request.user).filter(shared__in=shared)  # type: ignore[attr-defined]
    for part in visible.select_related("account").order_by("-revenue_at_stake", "pk"):
        parts.setdefault(part.shared_id, []).append(part)
    found = [Across(one, parts.get(one.pk, [])) for one in shared if one.pk in parts]
    return sorted(found, key=lambda one: (-one.stake, one.shared.pk))


@require_safe
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def across_page(request: HttpRequest) -> HttpResponse:
    """What stands, most at stake first."""
    rows = _across(request)
    if request.GET.get("download") in FORMATS:
        return download(shared_sheet(rows), request.GET["download"], request)
    context = {
        "rows": rows,
        "stake": sum((one.stake for one in rows), Decimal(0)),
        "as_of": max((one.shared.as_of for one in rows), default=None),
    }
    return render(request, "trends/across.html", context)


@require_safe
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
def shared_page(request: HttpRequest, shared_id: int) -> HttpResponse:
    """One of them, with the accounts."""
    rows = _across(request, pk=shared_id)
    if not rows:
        raise Http404
    if request.GET.get("download") in FORMATS:
        return download(parts_sheet(rows[0].parts), request.GET["download"], request)
    return render(request, "trends/shared.html", {"one": rows[0], "parts": rows[0].parts})
