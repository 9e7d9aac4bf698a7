"""The tariff rows of an account's entries, to look through and to take away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from examinations import figures
from examinations.duty.programs import Program
from examinations.entry_lines import EntryLineList
from examinations.exports.entry_lines import sheet_of
from examinations.models import Port
from examinations.views.exports import asked_of
from look.downloads import FORMATS, MOST_ROWS, download

PAGE = 25


@allow()
@of_account(kind="entries")
def entry_line_list(request: HttpRequest, account: Account) -> HttpResponse:
    """Which goods, from where, under which number, for how much; as a page or as a file."""
    listed = EntryLineList(asked_of(request, account))
    sums = listed.sums()
    capped = sums["rows"] > MOST_ROWS
    if request.GET.get("download") in FORMATS and listed.usable and not capped:
        return download(sheet_of(listed), request.GET["download"])
    page = listed.page(PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    ports = {row.port for row in page.rows}
    for row in page.rows:
        row.client = str(row.account_id)
        row.fee = getattr(row, listed.filter.fee) if listed.filter.fee else None
    broker = account.kind == Account.Kind.BROKER
    context = {
        "filter": listed.filter,
        "usable": listed.usable,
        "period": listed.filter.form.cleaned_data if listed.usable else {},
        "page": page,
        "sums": sums,
        "fee": Program(listed.filter.data["program"]).label if listed.filter.fee else "",
        "capped": capped,
        "of_broker": broker,
        "names": {**listed.filter.clients, str(account.pk): account.name} if broker else {},
        "ports": dict(Port.objects.filter(code__in=ports).values_list("code", "name")),
        "newest": figures.newest_data(account, timezone.localdate()),
    }
    return render(request, "examinations/entry_lines.html", context)
