"""Real Celery workers and commands with the worker's login, on this test's own database and queue."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from portal import celery_app, environment
from servers.place import CHECKOUT
from servers.queues import for_people

CELERY = ("-m", "celery", "-A", "portal.celery:app", "worker", "--without-gossip", "--without-mingle")


def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until something is true and return it; a test that waits in vain fails."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "It did not become true in time."
        time.sleep(0.05)
    return found


def worker_environment() -> dict[str, str]:
    """The environment of a worker on the test's database, queue and mail server."""
    name = "DATABASE_WORKER_URL"
    url = os.environ.get(name) or environment.embedded(settings.PORTAL_HOME)[name]
    return dict(os.environ) | {
        "PORTAL_HOME": str(settings.PORTAL_HOME),
        "PORTAL_PROCESS": "worker",
        "SECRET_KEY": "a key for tests " * 4,
        "CELERY_SKIP_CHECKS": "1",  # as `make run` starts workers
        "TASK_QUEUE": celery_app.conf.task_default_queue,
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        name: urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
    }


def forget_queued() -> None:
    """Empty this test's queues."""
    queue = celery_app.conf.task_default_queue
    with celery_app.connection_for_write() as broker:
        broker.default_channel.client.delete(queue, for_people(queue))


def waiting_in(queue: str) -> int:
    """How many tasks of a queue no worker has taken."""
    with celery_app.connection_for_write() as broker:
        return int(broker.default_channel.client.llen(queue))


class Processes:
    """Starts the portal's processes for one test, and ends every one of them."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, *command], cwd=CHECKOUT, env=worker_environment(), start_new_session=True
        )
        self.started.append(process)
        return process

    def worker(self, *queues: str) -> "subprocess.Popen[bytes]":
        """A worker with one child, as `make run` starts it but for the number of children. queues: none for all."""
        only = ("--queues", ",".join(queues)) if queues else ()
        return self.start(*CELERY, *only, "--concurrency", "1", "--loglevel", "WARNING", "--without-heartbeat")

    def manage(self, *words: str) -> "subprocess.Popen[bytes]":
        return self.start("manage.py", *words, "--skip-checks")

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End a process and its children as the machine does when memory runs out."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def end_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.kill(process)


#: What a worker writes when it takes a task, and when it is done with one.
TAKEN, DONE = re.compile(r"Task \S+ received"), re.compile(r"Task \S+ (succeeded in|raised unexpected|retry:)")


@dataclass
class Worker:
    """A worker process and what it wrote, from where this test began to listen."""

    process: "subprocess.Popen[bytes]"
    log: Path
    begins: int = 0

    @property
    def said(self) -> str:
        return self.log.read_bytes()[self.begins :].decode(errors="replace")

    @property
    def idle(self) -> bool:
        """Whether it has ended every task that it took since this test began to listen."""
        return len(TAKEN.findall(self.said)) <= len(DONE.findall(self.said))

    def kill(self) -> None:
        """As a machine dies: the worker and its children at once, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start_worker(log: Path) -> Worker:
    """A worker with two children, ready to take tasks."""
    command = [sys.executable, *CELERY, "--concurrency", "2", "--loglevel", "INFO", "--without-heartbeat"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=worker_environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    worker = Worker(process, log)
    until(lambda: " ready." in worker.said or process.poll() is not None)
    assert process.poll() is None, worker.said
    return worker


@contextlib.contextmanager
def running_worker(log: Path) -> Iterator[Worker]:
    """A worker of this test alone, ended afterwards; the test asks that nobody is hired."""
    worker = start_worker(log)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.kill()


@pytest.fixture(scope="session")
def hired() -> Iterator[list[Worker]]:
    """The worker that lasts from test to test once one has asked for it: a start costs more than most tests."""
    workers: list[Worker] = []
    yield workers
    for one in workers:
        one.kill()


@pytest.fixture
def nobody_hired(hired: list[Worker]) -> None:
    """Nobody takes this test's tasks but whom it starts itself."""
    while hired:
        hired.pop().kill()


@pytest.fixture
def worker(committed: None, hired: list[Worker], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker that is ready; its tasks wait in no queue of an earlier test, and it is idle again before the next."""
    forget_queued()
    if not hired:
        hired.append(start_worker(tmp_path_factory.mktemp("worker") / "worker.log"))
    (one,) = hired
    one.begins = one.log.stat().st_size
    yield one
    if not _comes_to_rest(one):
        hired.clear()
        with contextlib.suppress(ProcessLookupError):
            one.kill()


def _comes_to_rest(worker: Worker) -> bool:
    """Empty the queues until the worker has nothing in hand, a moment later too: a task may queue another as it ends, and
    one may be on its way to the worker without a word in its log yet."""
    still, deadline = 0, time.monotonic() + 20
    while still < 2 and worker.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
        forget_queued()
        still = still + 1 if worker.idle else 0
    return still == 2


@pytest.fixture
def processes(committed: None, nobody_hired: None) -> Iterator[Processes]:
    """Real processes on this test's database; tasks of the test itself go to their queue."""
    forget_queued()
    running = Processes()
    yield running
    running.end_all()
    forget_queued()
