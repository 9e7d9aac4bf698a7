"""The plans of measurement that the demonstration plants: frozen by their own verbs, filled in by the loader."""

from pathlib import Path

import pytest
from django.db import connection

from compliance.measurement.models import MajorRules, MeasurementPlan
from compliance.measurement.reading import measured
from demonstration.measured import plant
from examinations.loading.load import load_path
from examinations.models import Selection
from tests.demonstration.conftest import AS_OF, Written


@pytest.mark.django_db
def test_one_plan_is_closed_and_one_half_filled_in(small: Written, tmp_path: Path) -> None:
    for kind in ("accounts", "entries"):
        load_path(kind, small.folder / f"{kind}.csv", as_of=AS_OF)
        with connection.cursor() as cursor:
            cursor.execute("DISCARD TEMP")  # what the end of a load's transaction would do
    before, last = plant(tmp_path, small.world, seed=1)
    assert [before.name, last.name] == ["Fiscal year 2025", "Fiscal year 2026"]
    assert (before.state, last.state) == (MeasurementPlan.State.CLOSED, MeasurementPlan.State.FROZEN)
    rules = MajorRules.objects.get().thresholds
    found = {plan.name: measured(plan, rules, AS_OF) for plan in (before, last)}
    whole = found[before.name]
    assert whole.whole.examined > 0.9 * whole.drawn
    assert 0 < whole.whole.wrong < 0.2 * whole.drawn
    assert 0.3 < found[last.name].whole.examined / found[last.name].drawn < 0.95
    assert set(Selection.objects.values_list("reason", flat=True)) == {"RANDOM"}
