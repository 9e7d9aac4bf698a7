"""Bonds of the demonstration: at each size some are too small, with letters whose days run."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from accounts.models import Person
from compliance.bonds.models import Bond, BondReview, BondStep, Delinquency
from compliance.bonds.states import State
from demonstration import bonded
from demonstration.world import write_files
from demonstration.world.bonds import step_up
from examinations.loading.load import load_path
from notifications.models import Delivery
from tests.demonstration.conftest import AS_OF

LAST = date(2026, 10, 31)


def too_small(folder: Path) -> list[str]:
    """Bonds of activity 1 that the formula finds too small, from the files alone: all numbers of a bond together."""
    names = ("Line Tariff Duty Amount", "Line MPF Amount", "Line HMF Amount")
    rows = pl.read_csv(folder / "entries.csv", infer_schema_length=0)
    days = pl.col("Entry Date").str.replace(r"^(\d+)/(\d+)/(\d+)$", "$3-$1-$2").str.to_date()
    owed = (
        rows.filter(days.is_between(date(2025, 11, 1), LAST) & ~pl.col("Entry Type Code").is_in(["21", "23"]))
        .with_columns(pl.sum_horizontal(pl.col(name).str.replace_all(r"[$,]", "").cast(float) for name in names).alias("owed"))
        .group_by("Importer Number").agg(pl.col("owed").sum())
    )  # fmt: skip
    bonds = pl.read_csv(folder / "bonds.csv", infer_schema_length=0)
    held = bonds.filter((pl.col("Activity Code") == "1") & pl.col("Termination Date").is_null())
    each = (
        held.join(owed, on="Importer Number", how="left")
        .group_by("Bond Number", "Bond Amount")
        .agg(pl.col("owed").sum())
    )
    return [number for number, amount, total in each.rows() if int(amount) < step_up(total / 10)]


@pytest.mark.parametrize(("lines", "least"), [(6_000, 3), (20_000, 5)])
def test_some_bonds_are_too_small_in_a_small_world(tmp_path: Path, lines: int, least: int) -> None:
    write_files(tmp_path, lines=lines, seed=1, as_of=AS_OF)
    assert len(too_small(tmp_path)) == least
    bonds = pl.read_csv(tmp_path / "bonds.csv", infer_schema_length=0)
    assert bonds["Rider Codes"].is_not_null().any()
    assert (bonds["Party Role"] != "PRINCIPAL").any()
    amounts = bonds["Bond Amount"].cast(int).to_list()
    assert all(step_up(amount) == amount for amount in amounts)


@pytest.mark.django_db
def test_letters_run_in_the_smallest_demonstration(tmp_path: Path) -> None:
    world = write_files(tmp_path, lines=6_000, seed=1, as_of=AS_OF)
    for kind in ("accounts", "entries", "bonds"):
        load_path(kind, tmp_path / f"{kind}.csv", as_of=AS_OF)
        with connection.cursor() as cursor:
            cursor.execute("DISCARD TEMP")  # what the end of a load's transaction would do
    Person.objects.create(email="hq@demo.example", name="Head", role=Person.Role.HEADQUARTERS)
    bonded.plant(world)
    found = BondReview.objects.values_list("state", flat=True)
    assert {State.SUFFICIENT, State.WATCH, State.NOTIFIED, State.DEFICIENT, State.INSUFFICIENT} == set(found)
    letter = BondReview.objects.select_related("bond").get(state=State.NOTIFIED)
    assert (letter.days_left(AS_OF), (letter.in_force_by - letter.letter_on).days) == (9, 30)
    assert letter.since == letter.letter_on
    late = BondReview.objects.get(state=State.INSUFFICIENT)
    assert (late.since - late.letter_on).days == 16
    assert letter.headroom < 0 < letter.gap
    assert BondReview.objects.get(state=State.DEFICIENT).headroom < 0
    own = BondReview.objects.get(account__name=world.importer, bond__activity_code="1", bond__terminates=None)
    assert (own.state, own.bond.covered.count()) == (State.WATCH, 2)
    assert BondStep.objects.filter(by__isnull=False).count() == 2
    assert not Delinquency.objects.exists()
    assert Bond.objects.exclude(riders=[]).exists()
    told = Delivery.objects.filter(message__key__contains=f":letter:{letter.letter_on}:")
    days = {
        (one.message.key.rpartition(":")[2], one.state, one.sent_at.date()) for one in told.select_related("message")
    }
    assert days == {(text, "sent", letter.letter_on + timedelta(days=int(text))) for text in ("0", "3")}
