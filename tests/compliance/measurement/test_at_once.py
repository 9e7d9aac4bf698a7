from typing import Any

import pytest
from django.core.exceptions import ValidationError

from compliance.measurement.models import MajorRules, MeasurementPlan
from tests.committed import at_once
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.named_people import World


def test_two_who_freeze_at_once_draw_once(living: World) -> None:
    import_lines(living, 120)
    plan = plan_of(living)
    found: list[Any] = at_once(
        *(lambda seed=seed: MeasurementPlan.objects.get(pk=plan.pk).freeze(by=living.hq, seed=seed) for seed in (1, 2))
    )
    refused = [one for one in found if isinstance(one, ValidationError)]
    assert len(refused) == 1
    assert "write a new plan" in str(refused[0])
    assert [one for one in found if one not in refused] == [40]
    assert plan.drawn.count() == 40
    plan.refresh_from_db()
    assert plan.state == MeasurementPlan.State.FROZEN


@pytest.mark.django_db
def test_what_migrations_bring_is_there_again_after_it() -> None:
    assert MajorRules.objects.get().number == 1
