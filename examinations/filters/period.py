"""The period that a page of sums is about: from which day to which, twelve months unless asked otherwise."""

import datetime
import uuid
from collections.abc import Mapping

from django import forms
from django.utils import timezone

from accounts.models import Account
from examinations.figures import Period, twelve_months
from examinations.filters import NO_DAY, american, parties_of
from look.periods import refuse_backwards

EARLIEST = datetime.date(1990, 1, 1)


class PeriodForm(forms.Form):
    """From which month to which day; twelve months unless asked otherwise. A broker also narrows to one client."""

    start = forms.DateField(label="From", error_messages=NO_DAY)
    end = forms.DateField(label="To", error_messages=NO_DAY)

    party = forms.ChoiceField(
        label="Client", required=False, error_messages={"invalid_choice": "Nothing here is of this client."}
    )

    def __init__(self, asked: dict[str, str], account: Account | None = None) -> None:
        super().__init__(asked)
        clients = parties_of(account) if account and account.kind == Account.Kind.BROKER else []
        if clients:
            self.fields["party"].choices = [("", "All clients"), *clients]  # type: ignore[attr-defined]
        else:
            del self.fields["party"]

    def clean(self) -> dict[str, datetime.date]:
        asked = super().clean() or {}
        start, end = asked.get("start"), asked.get("end")
        if start and start < EARLIEST:
            self.add_error("start", "No data are older than 1990.")
        if end and end > timezone.localdate() + datetime.timedelta(days=366):
            self.add_error("end", "This day is more than a year ahead.")
        refuse_backwards(self)
        return asked


def asked_period(
    given: Mapping[str, str], today: datetime.date, default: Period | None = None, account: Account | None = None
) -> tuple[PeriodForm, Period]:
    """The form as an address fills it, and its period; `default`, else twelve months, where it cannot be used.

    account: whose clients the form offers, where it is a broker; `asked_client` reads which.
    """
    default = default or twelve_months(today)
    asked = {name: american(given.get(name, "")) for name in ("start", "end")}
    if not any(asked.values()):
        asked = {"start": american(default.start.isoformat()), "end": american(default.end.isoformat())}
    form = PeriodForm(asked | {"party": given.get("party", "")}, account)
    return form, Period(form.cleaned_data["start"], form.cleaned_data["end"]) if form.is_valid() else default


def asked_client(form: PeriodForm) -> Account | None:
    """The client that a broker narrows to; None for all of them, and where the form cannot be used."""
    chosen = form.cleaned_data.get("party") if form.is_valid() else ""
    if not chosen:
        return None
    names = dict(form.fields["party"].choices)  # type: ignore[attr-defined]
    return Account(pk=uuid.UUID(chosen), name=names[chosen], kind=Account.Kind.IMPORTER)
