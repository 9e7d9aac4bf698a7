"""docs/access.md: what it names exists, and the rows that no other test asks for are asked for here."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import Delegation
from accounts.scope import acting_for
from compliance.bonds.models import Bond, CoveredNumber
from compliance.risk.models import Assessment
from examinations.models import EntryMonth
from notices.models import Notice
from notifications.models import Delivery, Message
from tests.named_people import World

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "access.md").read_text()
TESTS = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__))
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
QUILLARD, STRANGER = "Quillard Electric", "Stranger Goods"


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_[a-z_]+)`", PAGE))
    assert len(named) > 15
    assert {name for name in named if f"def {name}(" not in TESTS} == set()


def test_every_table_of_expectations_that_the_page_names_exists() -> None:
    asked = (ROOT / "tests" / "accounts" / "test_who_may_see_what.py").read_text()
    named = set(re.findall(r"\| `([A-Z]{4,})`", PAGE.split("## When")[0]))
    assert {"ENTRIES", "EXAMINATIONS", "REASONS", "DRAWS", "DISCREPANCIES", "COSTS", "REQUESTS"} == named
    assert {name for name in named if f"\n{name} = " not in asked} == set()


def test_every_model_that_says_who_may_see_its_rows_stands_on_the_page() -> None:
    ours = {model.__name__ for model in apps.get_models() if hasattr(model, "within")}
    named = set(re.findall(r"`([A-Z][A-Za-z]+)\.within`", PAGE))
    by_table = {model.__name__ for model in apps.get_models() if f"`{model._meta.db_table}`" in PAGE}
    # Message of notifications is told with the notice; the name stands on the page for the one of inquiries.
    counted_with_examinations = {"ExaminationMonth"}
    assert named - ours == set()
    assert ours - named - by_table == counted_with_examinations


def test_every_table_that_the_page_names_exists() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = set(re.findall(r"`((?:accounts|documents|examinations|bonds|risk|notices|notifications)_[a-z]+)`", PAGE))
    assert named - tables == set()


# ---- the rows themselves -----------------------------------------------------------------------------------


def _score(account: Any) -> None:
    zero = {
        field.name: 0
        for field in Assessment._meta.fields
        if field.name not in ("id", "account", "as_of", "model_version", "band", "computed_at")
    }
    Assessment.objects.create(account=account, as_of=timezone.localdate(), model_version=1, band="low", **zero)


@pytest.fixture
def told(world: World) -> World:
    """The small world with sums, a bond, scores, and a notice published to Quillard Electric alone."""
    for entry in world.entries.values():
        EntryMonth.objects.create(
            identifier=entry.identifier,
            account=entry.account,
            filer=entry.filer,
            month=entry.entry_date.replace(day=1),
            entries=1,
        )
    bond = Bond.objects.create(
        number="994471140",
        account=world.quillard,
        bond_type="8",
        activity_code="1",
        amount=Decimal(200_000),
        effective=timezone.localdate(),
        version_at=timezone.now(),
        load=world.load,
    )
    CoveredNumber.objects.create(
        bond=bond,
        identifier=world.quillard.identifiers.get(),
        account=world.quillard,
        principal_account=world.quillard,
        role="PRINCIPAL",
    )
    for account in (world.quillard, world.stranger):
        _score(account)
    notice = Notice.objects.create(number="1", title="A change", body="It changes.")
    notice.accounts.add(world.quillard)
    notice.submit(by=world.hq)
    notice.publish(by=world.hq)
    return world


def alike(names: str, rows: list[str]) -> dict[str, list[str]]:
    """The same rows for several people."""
    return {name: list(rows) for name in names.split()}


ROWS = [
    (
        EntryMonth,
        "account__name",
        {
            **alike("robin lee jordan", [QUILLARD, QUILLARD]),
            **alike("sam morgan", [STRANGER]),
            "billie": [QUILLARD, STRANGER],
            "hq": [QUILLARD, QUILLARD, STRANGER],
        },
    ),
    (Assessment, "account__name", {"jordan": [QUILLARD], "morgan": [STRANGER], "hq": [QUILLARD, STRANGER]}),
    (Bond, "number", alike("robin lee jordan hq", ["994471140"])),
    (CoveredNumber, "bond__number", alike("robin lee jordan hq", ["994471140"])),
    (Notice, "title", alike("robin lee jordan hq", ["A change"])),
    (Message, "subject", alike("robin lee jordan hq", ["A change"])),
    (
        Delivery,
        "person__name",
        {
            "robin": ["Robin Castell"],
            "lee": ["Lee Farrow"],
            **alike("jordan hq", ["Jordan Ellery", "Lee Farrow", "Robin Castell"]),
        },
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", EVERYONE)
@pytest.mark.parametrize(("model", "field", "expected"), ROWS, ids=[row[0].__name__ for row in ROWS])
def test_row_security_and_visible_to_both_say_what_the_page_says(told: World, model, field, expected, name) -> None:
    person = told.people[name]
    with acting_for(person):
        assert sorted(model.objects.values_list(field, flat=True)) == expected.get(name, [])
    visible = model.objects.visible_to(person).distinct()
    assert sorted(dict(visible.values_list("pk", field)).values()) == expected.get(name, [])


@pytest.mark.django_db
def test_a_bond_opens_to_a_delegate_by_its_kind_alone(told: World) -> None:
    today = timezone.localdate()
    delegation = Delegation.objects.create(
        importer=told.quillard,
        broker=told.lindale,
        kinds=["entries"],
        power_of_attorney=today,
        expires=today + (today - today.replace(year=today.year - 1)),
    )
    with acting_for(told.billie):
        assert not Bond.objects.exists()
    delegation.kinds = ["bonds"]
    delegation.save()
    with acting_for(told.billie):
        assert Bond.objects.count() == 1
        assert not Assessment.objects.exists()
