"""A small world of scored accounts, and rounds over it."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Account, Enrollment, Person
from compliance.risk.models import Assessment
from compliance.selection.models import Round
from tests.compliance.selection.scored import of_points
from tests.named_people import make_account, make_person

CAPACITIES = {"010": "10", "008": "10", "brokers": "10", "none": "10"}
REASON = "As ranked"


def approver() -> Person:
    return Person.objects.filter(email="avery@people.example").first() or make_person(
        "Avery Second", Person.Role.HEADQUARTERS
    )


def score(account: Account, points: str, on: datetime.date | None = None) -> Assessment:
    """A score of so many points by model 2, with inputs of which it is made."""
    return Assessment.objects.create(
        account=account, as_of=on or timezone.localdate(), model_version=2, **of_points(int(Decimal(points) * 100))
    )


def candidate(
    number: int, points: str | None, *, active: bool = False, center: str = "010", isa: bool = False
) -> Account:
    """An importer with a score (None: without)."""
    state = Account.State.ACTIVE if active else Account.State.PROSPECTIVE
    account = make_account(f"Importer {number:03}", "importer", f"96-5000{number:03}00", center_id=center, state=state)
    if isa:
        Enrollment.objects.create(account=account, program="ISA")
    if points is not None:
        score(account, points)
    return account


def draft(by: Person, **fields: Any) -> Round:
    given = {
        "as_of": timezone.localdate(),
        "model_version": 2,
        "enter_from": Decimal(56),
        "stay_from": Decimal(48),
        "capacities": CAPACITIES,
    }
    return Round.draft(by=by, **given | fields)


def opened(by: Person, **fields: Any) -> Round:
    made = draft(by, **fields)
    made.open(by=by, seed=fields.get("seed", "a seed"))
    return made


def accept_all(chosen: Round, by: Person) -> int:
    return chosen.decide(chosen.candidates.all(), "accepted", REASON, by=by)


def replayed(chosen: Round, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What the command ends with, and says."""
    try:
        call_command("replay_selection", str(chosen.pk))
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, capsys.readouterr().out
