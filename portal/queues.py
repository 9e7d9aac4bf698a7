"""What a person waits for stands in a queue of its own: tasks themselves, never their names.

A load leaves behind minutes of recounts. Whoever asks for a file meanwhile waits for none of them: one worker reads this
queue and no other. CBP's loads are not here: each holds the one lock of loads for minutes, and a few of them at once would
take every process that makes files for people.
"""

from typing import Any

from celery import Celery, Task

from accounts.tasks import take_identifier
from compliance.effect.tasks import study_now
from compliance.measurement.tasks import run_plan_work
from compliance.risk.tasks import compute_backtest
from compliance.selection.tasks import open_round
from examinations.exports.tasks import run_export
from examinations.tasks import run_upload, write_rejects
from servers.queues import for_people

WAITED_FOR: tuple[Task, ...] = (
    compute_backtest,
    open_round,
    study_now,
    run_export,
    run_plan_work,
    run_upload,
    take_identifier,
    write_rejects,
)


def write_into(app: Celery) -> None:
    """Give the app the way of each task, by its name; asked anew for each, since tests give the app a queue of theirs."""
    waited_for = {task.name for task in WAITED_FOR}

    def route(name: str, *args: Any, **kwargs: Any) -> dict[str, str] | None:
        return {"queue": for_people(app.conf.task_default_queue)} if name in waited_for else None

    app.conf.task_routes = (route,)
