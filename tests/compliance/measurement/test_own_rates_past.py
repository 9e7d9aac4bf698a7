"""What was known on a past day: by the days of the rows, and by the time at which they were loaded."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates.known import Known
from compliance.measurement.own_rates.past import known_on, rates_then
from compliance.measurement.own_rates.reading import known_of
from examinations.breakdowns.counting import recount
from examinations.models import Load, SupersededRow
from tests.examinations.loading.files import days_ago, entry_row, examination_row, load

pytestmark = pytest.mark.django_db


def review(number: str, **changes: str) -> dict[str, str]:
    fixed = {"Examination Type Code": "ESR", "Entry Summary Line Number": "001", "Selection Reason Code": "RANDOM"}
    return examination_row(number, **fixed | changes)


def counts(known: Known) -> tuple[int, int, int]:
    """Of the one importer: reviews, of these wrong, examinations for other reasons."""
    place = known.broker.tolist().index(False)
    return int(known.reviews[place]), int(known.wrong[place]), int(known.other[place])


@pytest.fixture
def loaded(tmp_path: Path) -> datetime.date:
    """An entry of 40 days ago, two random reviews and one targeted look, all closed 28 days ago."""
    load("entries", tmp_path, [entry_row(1, **{"Entry Date": days_ago(70), "Entry Summary Date": days_ago(60)})])
    rows = [review("R1"), review("R2"), examination_row("T1")]
    load("examinations", tmp_path, rows)
    recount(None)
    return timezone.localdate()


def test_today_it_is_what_the_sums_say(loaded: datetime.date) -> None:
    rows, sums = known_on(loaded), known_of(None, loaded)
    assert counts(rows) == counts(sums) == (2, 0, 1)
    for name in ("ids", "lines", "value"):
        assert list(getattr(rows, name)) == list(getattr(sums, name))
    for name in ("chapters", "origins"):
        assert getattr(rows, name).code.tolist() == getattr(sums, name).code.tolist()
        assert getattr(rows, name).share.tolist() == getattr(sums, name).share.tolist()


def test_what_was_closed_later_was_not_known(loaded: datetime.date) -> None:
    assert counts(known_on(loaded - datetime.timedelta(days=29))) == (0, 0, 0)
    assert counts(known_on(loaded - datetime.timedelta(days=28))) == (2, 0, 1)


def test_what_was_loaded_later_was_not_known(loaded: datetime.date) -> None:
    known = known_on(loaded, timezone.now() - datetime.timedelta(hours=1))
    assert counts(known) == (0, 0, 0)
    assert known.lines.sum() == 0


def test_a_result_that_was_corrected_later_is_known_as_it_was(loaded: datetime.date, tmp_path: Path) -> None:
    yesterday = timezone.now() - datetime.timedelta(days=1)
    Load.objects.update(created_at=yesterday, started_at=yesterday, finished_at=yesterday)
    found = {"Disposition Code": "DISCREPANCY_MTD", "Discrepancy Type Code": "CLASS"}
    load("examinations", tmp_path, [review("R1", **found)])
    assert SupersededRow.objects.filter(table="examinations_examination").count() == 1
    assert counts(known_on(loaded)) == (2, 1, 1)
    assert counts(known_on(loaded, timezone.now() - datetime.timedelta(hours=1))) == (2, 0, 1)
    assert counts(known_on(loaded, timezone.now() + datetime.timedelta(hours=1))) == (2, 1, 1)


def test_rates_of_a_past_day_are_written_nowhere(loaded: datetime.date) -> None:
    known, fit, rated = rates_then(loaded)
    assert len(rated.posterior.mean) == len(known) == len(rated.group)
    assert fit.reviews == 2
    assert not OwnRate.objects.exists()
    assert not RateFit.objects.exists()
