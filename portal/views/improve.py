"""What an account can do better, from facts about itself alone: never the score that is made of them."""

from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account
from compliance.bonds.standing import bond_of_another, standing_of
from compliance.bonds.words import one_line
from compliance.measurement.models import OwnRate
from examinations import figures
from examinations.models import CheckFinding, EntryMonth
from examinations.models.entry import Source
from look.formats import count, money, percent, plural

MARKS = {"well": ("done", "Nothing to do"), "look": ("waiting", "Look at it"), "short": ("held", "Too small")}


@dataclass(frozen=True)
class Fact:
    """state: a key of MARKS. said: the numbers. to_do: one sentence. page: below the account's address, and its name."""

    name: str
    state: str
    said: str
    to_do: str
    page: tuple[str, str]

    @property
    def mark(self) -> tuple[str, str]:
        return MARKS[self.state]


@require_safe
@allow()
@of_account(kind="own")
def improve_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The account's own facts: how often its lines are wrong, how far its bond is used, what its data lack."""
    facts = [_rate(request, account), _bond(request, account), _fees(request, account), _faults(request, account)]
    context = {"facts": facts, "to_do": sum(one.state != "well" for one in facts)}
    return render(request, "portal/improve.html", context)


def _rate(request: HttpRequest, account: Account) -> Fact:
    page = ("/examinations/figures/", "All figures")
    own = OwnRate.objects.visible_to(request.user).filter(account=account).first()
    if own is None:
        return Fact("Lines in error", "well", "Not estimated yet", "It is estimated every night.", page)
    said = (
        f"About {percent(own.rate)} of lines, between {percent(own.low)} and {percent(own.high)};"
        f" {count(own.discrepancies)} of {plural(own.reviews, 'line')} reviewed at random had an error"
    )
    if own.low > own.group_mean:
        to_do = (
            f"More often than {own.get_level_display()} ({percent(own.group_mean)}): see in which headings and ports."
        )
        return Fact("Lines in error", "look", said, to_do, page)
    to_do = "What others of your size and trade have lies within this range."
    return Fact("Lines in error", "well", said, to_do, page)


def _bond(request: HttpRequest, account: Account) -> Fact:
    page, today = ("/bond/", "The bond"), timezone.localdate()
    standing = standing_of(account, today)
    if standing is None and bond_of_another(account, request.user, today):
        to_do = "Its principal knows how far it is used."
        return Fact("Bond", "well", "A bond whose principal is another company covers the number", to_do, page)
    if standing is None:
        return Fact(
            "Bond", "well", "No continuous bond of activity 1 is on file", "Entries need one, or a bond each.", page
        )
    said = f"{percent(standing.use, 0)} of {money(standing.bond.amount)} used, by CBP’s published formula"
    if standing.delinquent:
        to_do = f"Pay or protest the overdue bills: until then CBP determines the amount, at least {money(standing.required)}."
        return Fact("Bond", "short", said, to_do, page)
    if standing.review and standing.review.by_letter:
        line = one_line(standing.review, today)
        return Fact("Bond", "short", said, f"{line[:1].upper()}{line[1:]}.", page)
    if standing.short:
        to_do = f"The formula asks for more than it is: ask your surety for a new bond of {money(standing.required)}."
        return Fact("Bond", "short", said, to_do, page)
    return Fact("Bond", "well", said, "It is enough for the duties, taxes and fees of the last 12 months.", page)


def _fees(request: HttpRequest, account: Account) -> Fact:
    page = ("/entries/", "Entries")
    period = figures.twelve_whole_months(timezone.localdate())
    months = EntryMonth.objects.visible_to(request.user).filter(figures.of_account(account), source=Source.CBP)
    sums = months.filter(month__range=(period.start, period.end)).aggregate(
        entries=Sum("entries"), unsure=Sum(Greatest(F("estimated_entries"), F("hmf_unknown_entries")))
    )
    unsure, entries = sums["unsure"] or 0, sums["entries"] or 0
    if not unsure:
        return Fact(
            "Fees", "well", f"All fees are as filed, on {plural(entries, 'entry', 'entries')}", "Keep it so.", page
        )
    said = f"Fees estimated or unknown on {count(unsure)} of {plural(entries, 'entry', 'entries')}"
    return Fact(
        "Fees", "look", said, "Have the broker state MPF, HMF and the mode of transport in what it files.", page
    )


def _faults(request: HttpRequest, account: Account) -> Fact:
    page = ("/checks/", "The checks")
    found = CheckFinding.objects.visible_to(request.user).filter(figures.of_account(account))
    open_ones = found.with_looks(account).filter(looked_at=False).count()
    if not open_ones:
        return Fact(
            "Data", "well", "The checks find nothing that nobody looked at", "They look again every night.", page
        )
    said = f"{plural(open_ones, 'line')} in which the checks found something nobody has looked at"
    return Fact("Data", "look", said, "Look at them, and correct what is wrong before CBP finds it.", page)
