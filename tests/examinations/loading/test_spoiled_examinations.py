"""An examination of which a file may lack rows: what was found before stands, and no result is taken back."""

from pathlib import Path
from typing import Any

import pytest

from examinations.models import Discrepancy, Examination, Reject
from tests.examinations.loading.files import days_ago, entry_row, examination_row, load

pytestmark = pytest.mark.django_db

MARKING = {"Disposition Code": "DISCREPANCY_MTD", "Discrepancy Type Code": "MARKING"}
CLASS = {
    "Disposition Code": "DISCREPANCY_LOL",
    "Discrepancy Type Code": "CLASS",
    "Revenue Difference Amount": "90",
}
BAD = {"Found Amount": "much"}


def found() -> list[tuple[str, str]]:
    return list(Discrepancy.objects.order_by("ordinal").values_list("type", "disposition"))


BOTH = [("MARKING", "DISCREPANCY_MTD"), ("CLASS", "DISCREPANCY_LOL")]
UNNUMBERED: dict[str, dict[str, Any]] = {
    "number": {"Examination Number": "X1"},
    "number in lower case with a hyphen": {"Examination Number": "x-1 a"},
    "entry": {"Examination Number": ""},
    "line": {"Examination Number": "", "Entry Summary Line Number": "001"},
    "bill": {"Examination Number": "", "Entry Summary Number": "", "Bill of Lading Number": "QLLN55"},
    "container": {"Examination Number": "", "Entry Summary Number": "", "Container Number": "qlu 1234-567"},
}


@pytest.mark.parametrize("how", UNNUMBERED)
def test_of_an_examination_with_a_bad_row_no_finding_goes_and_none_is_written_over(tmp_path: Path, how: str) -> None:
    load("entries", tmp_path, [entry_row(1)])
    named = UNNUMBERED[how]
    load("examinations", tmp_path, [examination_row(**named, **MARKING), examination_row(**named, **CLASS)])
    rows = [examination_row(**named, **MARKING | BAD), examination_row(**named, **CLASS)]
    outcome = load("examinations", tmp_path, rows)
    assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (1, 1, 0)
    assert "1 stored examination has rejected rows: nothing of it was withdrawn." in outcome.message
    assert found() == BOTH
    assert Examination.objects.get().disposition == "DISCREPANCY_MTD"


def test_a_row_that_a_statement_rejects_spares_its_examination_too(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row(**MARKING), examination_row(**CLASS)])
    rows = [examination_row(**MARKING | {"Selection Probability": "0.5"}), examination_row(**CLASS)]
    outcome = load("examinations", tmp_path, rows)
    assert "only with RANDOM" in Reject.objects.get().reason
    assert (outcome.rejected, outcome.withdrawn) == (1, 0)
    assert found() == BOTH


def test_the_mended_row_of_an_examination_stands_beside_the_others(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row(**MARKING | BAD), examination_row(**CLASS)])
    assert found() == BOTH[1:]
    assert Examination.objects.get().disposition == "DISCREPANCY_LOL"
    assert load("examinations", tmp_path, [examination_row(**MARKING)], partial=True).loaded == 1
    assert found() == BOTH[::-1]
    assert Examination.objects.get().disposition == "DISCREPANCY_MTD"
    assert load("examinations", tmp_path, [examination_row(**MARKING)], partial=True).unchanged == 1
    assert found() == BOTH[::-1]
    assert load("examinations", tmp_path, [examination_row(**CLASS)], partial=True).unchanged == 1
    assert Examination.objects.get().disposition == "DISCREPANCY_MTD"


def test_what_is_found_twice_alike_is_two_findings_also_in_parts(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row(**CLASS)])
    for rows, counted in ((1, (0, 1)), (2, (2, 0)), (2, (0, 2))):
        outcome = load("examinations", tmp_path, [examination_row(**CLASS)] * rows, partial=True)
        assert (outcome.loaded, outcome.unchanged) == counted
    assert found() == BOTH[1:] * 2


def test_a_detention_ends_with_the_release_also_in_a_partial_file(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    held = {"Disposition Code": "DETAINED", "Released Date": ""}
    load("examinations", tmp_path, [examination_row(**held)])
    load("examinations", tmp_path, [examination_row(**{"Released Date": ""})], partial=True)
    assert Examination.objects.get().closed is None
    load("examinations", tmp_path, [examination_row()], partial=True)
    one = Examination.objects.get()
    assert (one.disposition, f"{one.closed:%m/%d/%Y}") == ("NO_DISCREPANCY", days_ago(28))
    assert one.disclosed_reason == "other"


def test_where_a_rejected_row_may_be_of_any_what_is_whole_is_corrected_and_what_lacks_a_finding_keeps_it(
    tmp_path: Path,
) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row("X1", **CLASS)])
    load("examinations", tmp_path, [examination_row("X2", **MARKING), examination_row("X2", **CLASS)])
    corrected = CLASS | {"Revenue Difference Amount": "120", "Disposition Code": "NO_DISCREPANCY"}
    nameless = examination_row("X" * 21)
    rows = [examination_row("X1", **corrected), examination_row("X2", **corrected), nameless]
    outcome = load("examinations", tmp_path, rows)
    assert (outcome.loaded, outcome.rejected, outcome.withdrawn) == (2, 1, 0)
    assert "does not tell whose it is: nothing was withdrawn" in outcome.message
    one, two = Examination.objects.order_by("number")
    assert [(one.disposition, two.disposition)] == [("NO_DISCREPANCY", "DISCREPANCY_MTD")]
    assert [found.revenue_difference for found in one.discrepancies.all()] == [120]
    assert [found.revenue_difference for found in two.discrepancies.all()] == [None, 90, 120]


def test_a_finding_that_a_file_of_parts_corrects_stands_beside_the_old_one_and_that_is_said(tmp_path: Path) -> None:
    load("entries", tmp_path, [entry_row(1)])
    load("examinations", tmp_path, [examination_row(**CLASS)])
    outcome = load(
        "examinations", tmp_path, [examination_row(**CLASS | {"Revenue Difference Amount": "50"})], partial=True
    )
    assert "1 finding stands beside those on file" in outcome.message
    assert sorted(Discrepancy.objects.values_list("revenue_difference", flat=True)) == [50, 90]
    outcome = load("examinations", tmp_path, [examination_row(**CLASS | {"Revenue Difference Amount": "50"})])
    assert "beside" not in outcome.message
    assert Discrepancy.objects.get().revenue_difference == 50
