"""A load undone from its page by a real worker with the worker's login: policies bind tests less than it."""

from decimal import Decimal
from pathlib import Path

import pytest

from examinations.models import Draw, Entry, EntryLine, EntryMonth, Load
from tests.examinations.loading.files import entry_number, entry_row, examination_row, load, write_csv
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


def test_a_member_takes_back_an_own_file_and_what_it_replaced_stands_again(
    worker: Worker, living: World, tmp_path: Path
) -> None:
    load("entries", tmp_path, [entry_row(70)])
    robin = signed_in(living, "robin")
    changed = entry_row(60, **{"Line Tariff Duty Amount": "300"})
    for name, rows in (("first", [entry_row(60)]), ("second", [changed, entry_row(61)])):
        with write_csv(tmp_path / f"{name}.csv", rows).open("rb") as file:
            assert robin.post("/uploads/", {"file": file}).status_code == 302
        until(lambda: not Load.objects.filter(state__in=Load.UNFINISHED).exists(), 30)
    assert Entry.objects.filter(source="own").count() == 2
    latest = Load.objects.filter(account=living.quillard).latest("finished_at")
    assert robin.post(f"/uploads/{latest.pk}/undo/").status_code == 302
    until(lambda: Load.objects.get(pk=latest.pk).state == Load.State.UNDONE, 30)
    own = Entry.objects.get(source="own")
    assert (own.number, own.duty) == (entry_number(60), Decimal(250))
    assert EntryLine.objects.get(source="own").duty == 250
    assert EntryMonth.objects.get(source="own").duty == 250
    assert Entry.objects.get(number=entry_number(70)).source == "cbp"
