"""How far a load is: a share of the file that only grows, and is known of text alone."""

import uuid
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError

from examinations.loading import progress
from examinations.loading.progress import Progress, about_lines, progress_of, reporter
from examinations.loading.reading import pieces
from tests.examinations.loading.files import entry_row, load, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


def test_a_load_that_nobody_tells_of_waits() -> None:
    assert progress_of(uuid.uuid4()) == Progress("Waiting", 0, 0)
    assert progress_of(uuid.uuid4()).percent is None


def test_a_later_stage_keeps_the_rows_of_the_one_before(tmp_path: Path) -> None:
    told, path = uuid.uuid4(), write_csv(tmp_path / "e.csv", [entry_row(n) for n in range(1, 100)])
    report = reporter(told, path)
    report("Reading", 40)
    assert (progress_of(told).rows, progress_of(told).percent) == (40, 39)
    report("Checking", 0)
    assert progress_of(told) == Progress("Checking", 40, 101)
    progress.forget(told)
    assert progress_of(told).stage == "Waiting"


def test_more_rows_than_lines_are_no_more_than_all() -> None:
    assert Progress("Reading", 120, 100).percent == 100


def test_of_a_workbook_nobody_knows_how_long_it_is(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "e.xlsx", [entry_row(1)])
    assert about_lines(path) == 0
    told = uuid.uuid4()
    reporter(told, path)("Reading", 1)
    assert progress_of(told).percent is None


def test_of_a_long_file_the_lines_are_told_by_the_length_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a row of it, more or less\n" * 200_000)
    assert path.stat().st_size > 4 * progress.FIRST
    assert about_lines(path) == pytest.approx(200_000, rel=0.001)


def test_the_share_of_a_real_load_grows_to_nearly_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "CHARACTERS", 4000)
    told: list[Progress] = []
    monkeypatch.setattr(progress.cache, "set", lambda key, kept, timeout: told.append(Progress(*kept)))
    load("entries", tmp_path, [entry_row(n) for n in range(1, 200)])
    reading = [one.percent for one in told if one.stage == "Reading"]
    assert len(reading) > 5
    assert reading == sorted(reading)
    assert reading[0] < 30
    assert reading[-1] >= 98
    assert {"Checking", "Writing"} <= {one.stage for one in told}


def test_a_cache_that_is_away_takes_the_bar_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*asked: object) -> None:
        raise ConnectionError("Connection refused.")

    for name in ("get", "set", "delete"):
        monkeypatch.setattr(progress.cache, name, away)
    assert load("entries", tmp_path, [entry_row(1)]).loaded == 1
    assert progress_of(uuid.uuid4()).percent is None
