"""The figures that templates of answers are filled with, as who answers may see them."""

import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts.models import Account, Person
from compliance.bonds.standing import standing_of
from examinations.models import EntryLine, EntryMonth
from inquiries.models import Inquiry
from look.formats import money

MONTHS = 12


def _first_month(day: datetime.date) -> datetime.date:
    """The first of the last twelve whole months."""
    return day.replace(day=1, year=day.year - 1)


def figures_of(inquiry: Inquiry, person: Person) -> dict[str, str]:
    """Values of `placeholders.PLACEHOLDERS`; what is not known is empty. Three statements."""
    account, today = inquiry.account, timezone.localdate()
    first, last = _first_month(today), today.replace(day=1)
    months = EntryMonth.objects.visible_to(person).filter(account=account, month__gte=first, month__lt=last)  # type: ignore[attr-defined]
    whole = months.aggregate(value=Sum("value"), duty=Sum("duty"))
    standing = standing_of(account, today)
    return {
        "account": account.name,
        "asker": inquiry.asked_by.name,
        "manager": person.name,
        "subject": inquiry.subject,
        "row": inquiry.about_words,
        "heading": inquiry.heading,
        "value_12_months": _dollars(whole["value"]),
        "duty_12_months": _dollars(whole["duty"]),
        "bond_amount": _dollars(standing.bond.amount) if standing else "",
        **_of_heading(account, inquiry.heading, person, first, last),
    }


def _of_heading(
    account: Account, heading: str, person: Person, first: datetime.date, last: datetime.date
) -> dict[str, str]:
    if not heading:
        return {}
    rows = EntryLine.objects.visible_to(
        person
    ).filter(  # type: ignore[attr-defined]
        account=account, hts__startswith=heading[:4], entry_date__gte=first, entry_date__lt=last
    )
    found = rows.aggregate(value=Sum("value"), duty=Sum("duty"))
    return {
        "heading_value_12_months": _dollars(found["value"]),
        "heading_duty_12_months": _dollars(found["duty"]),
    }


def _dollars(value: Decimal | None) -> str:
    return money(value) if value is not None else ""
