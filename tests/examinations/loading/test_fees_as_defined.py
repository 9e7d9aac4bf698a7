"""Fees that a file lacks come out as examinations.fees defines them: counted by statements, and counted as columns."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examinations import fees
from examinations.loading.entries import straight
from examinations.loading.load import load_path
from examinations.models import EntryLine
from tests.examinations.loading.files import Row, entry_number, entry_row, write_csv
from tests.examinations.loading.test_whole_entries import never

pytestmark = pytest.mark.django_db

#: A port that takes more than vessels: without a mode nobody can say whether the harbor fee is owed.
PORT = "3801"
DAY = datetime.timedelta(days=1)
FREE = (*fees.SPI_WITHOUT_MPF, "V")
rows = st.tuples(
    st.decimals(0, 900_000, places=2),
    st.sampled_from(["", "", "", "V", "S", "A", "AU"]),
    st.sampled_from(["", "10", "11", "40"]),
)
entries = st.tuples(
    st.sampled_from(["01", "03", "06", "11", "12", "21", "23"]),
    st.sampled_from([1, 40, 400, 800, 1200, 2200, 3000]).map(lambda days: timezone.localdate() - days * DAY),
    st.lists(rows, min_size=1, max_size=6),
)


def file_of(found: list[Any]) -> list[Row]:
    made = []
    for serial, (kind, day, parts) in enumerate(found, start=1):
        for line, (value, spi, mode) in enumerate(parts, start=1):
            said = {"Line MPF Amount": "", "Line HMF Amount": "", "Port of Entry Code": PORT, "Entry Summary Date": ""}
            said |= {"Entry Type Code": kind, "Entry Date": f"{day:%m/%d/%Y}", "Line SPI Code": spi}
            said |= {"Line Tariff Goods Value Amount": f"{value}", "Mode of Transportation Code": mode}
            made.append(entry_row(serial, line, **said))
    return made


def defined(found: list[Any]) -> dict[tuple[str, int], tuple[Decimal, Decimal | None]]:
    """The fees of each line, by the functions that define them."""
    made = {}
    for serial, (kind, day, parts) in enumerate(found, start=1):
        paying = [Decimal(0) if spi in FREE else value for value, spi, _ in parts]
        processing = fees.prorate(fees.entry_mpf(sum(paying, Decimal(0)), kind, day), paying)
        for line, ((value, _, mode), mpf) in enumerate(zip(parts, processing, strict=True), start=1):
            made[entry_number(serial), line] = mpf, fees.line_hmf(value, mode, seaport_only=False)
    return made


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(found=st.lists(entries, min_size=1, max_size=4), straight_in=st.booleans())
def test_what_the_loader_estimates_is_what_is_defined(found: list[Any], straight_in: bool, tmp_path: Path) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        if not straight_in:
            patched.setattr(straight, "bring_in", never)
        outcome = load_path("entries", write_csv(tmp_path / "entries.csv", file_of(found)))
        lines = EntryLine.objects.values_list("entry__number", "line", "mpf", "hmf")
        stored = {(number, line): (mpf, hmf) for number, line, mpf, hmf in lines}
        transaction.set_rollback(True)
    assert outcome.rejected == 0
    assert stored == defined(found)
