"""The scheduler hands out tasks that exist; none is called by a wrong string."""

import datetime
import subprocess
import sys

import pytest
from django.conf import settings
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from portal import celery_app, schedule
from portal.scheduler import PatientScheduler
from tests.workers import worker_environment


def test_every_planned_task_exists_under_the_name_that_is_handed_out() -> None:
    planned = celery_app.conf.beat_schedule
    assert set(planned) == set(schedule.SCHEDULE)
    for words, entry in planned.items():
        task = celery_app.tasks[entry["task"]]
        assert task.name == schedule.SCHEDULE[words][0].name


def test_scores_are_computed_nightly_in_the_time_zone_of_the_program() -> None:
    when = celery_app.conf.beat_schedule["score every account"]["schedule"]
    assert (when.hour, when.minute, when.day_of_week) == ({2}, {30}, set(range(7)))
    assert celery_app.conf.timezone == settings.TIME_ZONE == "America/New_York"


@pytest.mark.usefixtures("committed")
def test_the_scheduler_writes_the_plan_into_the_database() -> None:
    scheduler = DatabaseScheduler(app=celery_app)
    written = {task.name: task.task for task in PeriodicTask.objects.exclude(name__startswith="celery.")}
    assert written == {words: task.name for words, (task, _) in schedule.SCHEDULE.items()}
    assert set(scheduler.schedule) >= set(written)


@pytest.mark.processes
@pytest.mark.django_db
def test_a_worker_knows_every_planned_task() -> None:
    """In a process that starts as the worker does, from the app alone."""
    code = "from portal.celery import app; app.loader.import_default_modules(); print(*sorted(app.tasks), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], env=worker_environment(), capture_output=True, text=True, timeout=120, check=True
    )
    assert {task.name for task, _ in schedule.SCHEDULE.values()} <= set(done.stdout.split())


def test_every_minute_is_the_shortest_step() -> None:
    for _, every in schedule.SCHEDULE.values():
        if isinstance(every, int):
            assert datetime.timedelta(seconds=every) >= datetime.timedelta(minutes=1)


def test_a_scheduler_that_is_asked_to_end_ends_its_round_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery closes it in its handler of the signal, and once more when it has left the round."""
    told: list[str] = []
    monkeypatch.setattr(DatabaseScheduler, "close", lambda self: told.append("closed"))

    def round_that_is_interrupted(scheduler: PatientScheduler) -> None:
        scheduler.close()
        told.append("its end")
        raise SystemExit

    monkeypatch.setattr(DatabaseScheduler, "tick", round_that_is_interrupted)
    scheduler = PatientScheduler.__new__(PatientScheduler)
    with pytest.raises(SystemExit):
        scheduler.tick()
    scheduler.close()
    assert told == ["its end", "closed"]
    assert f"{PatientScheduler.__module__}:{PatientScheduler.__name__}" == settings.CELERY_BEAT_SCHEDULER
