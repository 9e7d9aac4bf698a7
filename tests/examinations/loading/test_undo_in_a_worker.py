"""A load undone from its page by a real worker with the worker's login: policies bind tests less than it."""

from decimal import Decimal
from pathlib import Path

import pytest

from examinations.models import Draw, Load
from tests.examinations.loading.files import entry_row, examination_row, load
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

pytestmark = pytest.mark.processes


def test_the_probability_of_a_draw_stands_again(worker: Worker, living: World, tmp_path: Path) -> None:
    drawn = {"Examination Type Code": "ESR", "Selection Reason Code": "RANDOM", "Entry Summary Line Number": "001"}
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row("X1", **drawn, **{"Selection Probability": "0.02"})])
    load("examinations", tmp_path, [examination_row("X1", **drawn, **{"Selection Probability": "0.03"})])
    latest = Load.objects.filter(kind="examinations").order_by("-finished_at").first()
    assert latest
    assert signed_in(living, "hq").post(f"/loads/{latest.pk}/undo/").status_code == 302
    until(lambda: Load.objects.get(pk=latest.pk).state == Load.State.UNDONE, 30)
    assert Draw.objects.get(examination__number="X1").probability == Decimal("0.02")
