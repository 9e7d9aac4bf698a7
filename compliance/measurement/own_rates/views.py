"""The account's own rate, as the account itself and those who look after it read it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from compliance.measurement.models import OwnRate
from compliance.measurement.own_rates.reading import window_of
from compliance.measurement.own_rates.words import finding_of, weight_of
from examinations.intervals import rate_of
from look.charts import RateRow, Rates

#: A smaller group's mean would tell of its accounts.
LEAST_TOLD = 10


@require_safe
@allow()
@of_account(kind="trends")
def own_rate_page(request: HttpRequest, account: Account) -> HttpResponse:
    """Its rate with interval and counts, beside its own finds alone, what is usual for such a trade, and its group."""
    row = OwnRate.objects.visible_to(request.user).filter(account=account).first()
    tells = request.reach.reads_disclosed_reasons(account.pk)
    context: dict[str, Any] = {
        "own": row,
        "tells": tells,
        "window": window_of(row.as_of if row else timezone.localdate()),
        "shows_group": bool(row and row.group_accounts >= LEAST_TOLD),
        "own_weight": weight_of(row.reviews, row.alpha, row.beta) if row else "",
        # The table behind the chart counts the reviews.
        "rates": _chart(row) if row and tells else None,
        "of_broker": account.kind == Account.Kind.BROKER,
    }
    return render(request, "measurement/own_rate.html", context)


def _chart(row: OwnRate) -> Rates:
    """Its finds alone, its rate, what is usual, its group: one below the other."""
    rows = [RateRow("Own rate", row.discrepancies, row.reviews, row.rate, row.low, row.high)]
    alone = rate_of(row.discrepancies, row.reviews)
    if alone:
        rows.insert(0, RateRow("Own finds alone", alone.found, alone.count, alone.rate, alone.low, alone.high))
    if row.group_accounts >= LEAST_TOLD:
        mean = row.group_mean
        rows.append(RateRow("All of the group", row.group_discrepancies, row.group_reviews, mean, mean, mean))
    title = finding_of(row.low, row.high, row.group_mean) if row.group_accounts >= LEAST_TOLD else "The own rate"
    return Rates(title, "Share of lines with any error; bars are 95\u00a0% intervals", "Reviewed", rows)
