"""What the formula of 2004 would add for agriculture and aquaculture under antidumping or countervailing duty."""

import datetime
from decimal import Decimal

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account, Person
from compliance.bonds.enhanced import LAST_CHAPTER, enhanced_amount
from compliance.bonds.forms import EnhancedForm
from compliance.bonds.standing import standing_of
from examinations.entry_dates import ADCVD_TYPES
from examinations.models import TradedGoods
from examinations.models.entry import Source


def subject_value(account: Account, person: Person) -> Decimal:
    """Dollars of agriculture that the account entered under antidumping or countervailing duty in the last twelve whole
    months, as far as this person may read; one statement."""
    chapters = Q()
    for chapter in range(1, LAST_CHAPTER + 1):
        chapters |= Q(hts__startswith=f"{chapter:02}")
    rows = TradedGoods.objects.visible_to(person).filter(
        chapters, account=account, source=Source.CBP, entry_type__in=ADCVD_TYPES
    )
    return rows.aggregate(total=Sum("value"))["total"] or Decimal(0)


@require_safe
@allow(*READERS)
@of_account(kind="bonds")
def enhanced_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The historic add-on, beside the basic amount. Nothing is kept."""
    today: datetime.date = timezone.localdate()
    standing, value = standing_of(account, today), subject_value(account, request.user)
    asked = request.GET.get("rate") is not None
    form = EnhancedForm(request.GET if asked else None, initial={"value": value})
    found = None
    if standing and form.is_valid():
        given = form.cleaned_data
        found = enhanced_amount(max(standing.total, Decimal(0)), given["value"], given["rate"])
    context = {"form": form, "found": found, "standing": standing, "value": value}
    return render(request, "bonds/enhanced.html", context)
