"""What a person waits for does not stand behind what nobody waits for."""

from pathlib import Path

import pytest
from django.conf import settings

from accounts.tasks import take_identifier
from compliance.effect.tasks import study_now
from compliance.measurement.tasks import run_plan_work
from compliance.risk.tasks import compute_backtest, recompute_all, recompute_summed
from compliance.selection.tasks import open_round
from examinations.breakdowns.tasks import recount_breakdowns
from examinations.exports.tasks import remove_exports, run_export
from examinations.models import Export
from examinations.tasks import run_load, run_upload, undo_load, write_rejects
from notifications.tasks import send_due
from portal import celery_app
from portal.queues import WAITED_FOR
from servers.children import children_of
from servers.queues import for_people
from tests.examinations.test_exports import ASK, EVER
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, until, waiting_in

PEOPLE = (
    compute_backtest,
    open_round,
    study_now,
    run_export,
    run_plan_work,
    run_upload,
    take_identifier,
    write_rejects,
)
OTHERS = (run_load, undo_load, recount_breakdowns, recompute_summed, recompute_all, remove_exports, send_due)


def queue_of(name: str) -> str:
    return str(celery_app.amqp.router.route({}, name, (), {})["queue"].name)


def test_tasks_that_a_person_waits_for_and_no_others_go_to_their_queue() -> None:
    usual = celery_app.conf.task_default_queue
    assert set(WAITED_FOR) == set(PEOPLE)
    assert {queue_of(task.name) for task in PEOPLE} == {for_people(usual)}
    assert {queue_of(task.name) for task in OTHERS} == {usual}


def test_tests_queue_nothing_where_a_real_worker_reads() -> None:
    real = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert not real & {queue_of(task.name) for task in (*PEOPLE, *OTHERS)}


def test_a_worker_that_nobody_told_its_queue_reads_both_and_each_task_stands_in_one() -> None:
    usual, people = settings.CELERY_TASK_QUEUES
    assert (usual.name, people.name) == (settings.CELERY_TASK_DEFAULT_QUEUE, for_people(usual.name))
    assert (usual.exchange.name, usual.routing_key) != (people.exchange.name, people.routing_key)


@pytest.mark.parametrize(("given", "queue"), [({}, "celery-people"), ({"TASK_QUEUE": "second"}, "second-people")])
def test_the_run_keeps_one_process_for_people(given: dict[str, str], queue: str) -> None:
    commands = {child.name: child.command for child in children_of({"PORT": "8000"} | given, Path())}
    people = commands["people"]
    assert people[people.index("--queues") + 1] == queue
    assert people[people.index("--concurrency") + 1] == "1"
    assert "--queues" not in commands["worker"]


@pytest.mark.processes
def test_a_file_is_made_while_recounts_stand_in_a_queue_that_nobody_gets_through(
    processes: Processes, living: World
) -> None:
    usual = celery_app.conf.task_default_queue
    for _ in range(200):
        recount_breakdowns.delay([])
    client = signed_in(living, "robin")
    assert client.post(f"{ASK}?{EVER}", {"format": "csv"}).status_code == 302
    assert (waiting_in(usual), waiting_in(for_people(usual))) == (200, 1)
    processes.worker(for_people(usual))
    until(lambda: Export.objects.get().state == "ready", 40)
    assert waiting_in(usual) == 200


@pytest.mark.processes
def test_where_there_is_one_worker_alone_it_takes_from_both_queues_in_turns(
    processes: Processes, living: World
) -> None:
    usual = celery_app.conf.task_default_queue
    for _ in range(600):
        recount_breakdowns.delay([])
    client = signed_in(living, "robin")
    assert client.post(f"{ASK}?{EVER}", {"format": "csv"}).status_code == 302
    processes.worker()
    until(lambda: Export.objects.get().state == "ready", 40)
    assert waiting_in(usual) > 0  # in one row it would have been the last
