"""Loaded twice with one seed for one day, the demonstration has the same accounts scored, drawn and selected."""

import io
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, Assignment
from compliance.measurement.models import DrawnLine
from compliance.risk.models import Assessment
from compliance.selection import ranking
from compliance.selection.models import Candidate
from demonstration import selected
from demonstration.management.commands import demo
from examinations.models import Examination
from tests.demonstration.conftest import AS_OF

pytestmark = pytest.mark.django_db

#: What chance, or an order by ids, could tell otherwise. Numbers of rows that a database counts on are no part of it.
TOLD = {
    "accounts": Account.objects.order_by("pk").values_list("pk", "name", "kind", "state", "center", "identifiers__key"),
    "scores": Assessment.objects.values_list("account__name", "as_of", "score", "band"),
    "drawn": DrawnLine.objects.values_list("plan__name", "entry_number", "line", "probability"),
    "reviewed": Examination.objects.values_list(
        *("entry_number", "line", "type", "selected", "closed", "disposition", "selection__reason"),
        *("discrepancies__type", "discrepancies__disposition", "discrepancies__declared", "discrepancies__found"),
    ),
    "candidates": Candidate.objects.values_list(
        *("round__as_of", "name", "rank", "mark", "because", "probability", "decision", "outcome")
    ),
    "managers": Assignment.objects.values_list("account__name", "manager__email", "starts", "ends"),
}


def loaded() -> dict[str, list[str]]:
    """What a demonstration holds, which is gone again."""
    with transaction.atomic():
        day = min(AS_OF, timezone.localdate())
        call_command("demo", lines=5_000, seed=1, as_of=day.isoformat(), stdout=io.StringIO())
        told = {what: sorted(str(row) for row in rows.all()) for what, rows in TOLD.items()}
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")  # what the end of its transaction would do
    return told


def test_two_of_one_seed_and_day_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.followed, "follow", lambda world: 0)  # trends month by month: a third of the time
    # In so small a world nobody would draw lots: more stand outside, and come near enough.
    monkeypatch.setattr(selected, "OTHERS_OUTSIDE", 0.8)
    monkeypatch.setattr(selected, "ROOM", (Decimal(4),))
    monkeypatch.setattr(selected, "LOTTERY_WIDTH", Decimal(20))
    first, second = loaded(), loaded()
    assert all(first.values())
    assert [what for what in TOLD if first[what] != second[what]] == []
    assert any(f"'{ranking.LOT_ENTERS}'" in row for row in first["candidates"])
