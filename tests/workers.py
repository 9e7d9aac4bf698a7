"""A real Celery worker against this test's database, signed in as worker, on a broker database of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from celery.app.task import Task
from django.conf import settings
from django.db import connection

from portal import environment
from portal.celery import app
from servers.place import CHECKOUT

#: Broker databases from here on belong to tests, one a test process.
FIRST_BROKER_DATABASE = 8


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until something is true; a test that waits in vain fails."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It did not become true in time."
        time.sleep(0.05)


class Processes:
    """Starts the portal's processes for one test, and ends every one of them."""

    def __init__(self, broker: str) -> None:
        self.broker = broker
        self.started: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        url = os.environ.get("DATABASE_WORKER_URL") or environment.embedded(settings.PORTAL_HOME)["DATABASE_WORKER_URL"]
        here = urlsplit(url)._replace(path="/" + connection.settings_dict["NAME"]).geturl()
        mail = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        names = {"PORTAL_PROCESS": "worker", "DATABASE_WORKER_URL": here, "EMAIL_URL": mail}
        return dict(os.environ) | names | {"CELERY_BROKER_URL": self.broker, "SECRET_KEY": "a key for tests " * 4}

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, *command], cwd=CHECKOUT, env=self.environment(), start_new_session=True
        )
        self.started.append(process)
        return process

    def worker(self) -> "subprocess.Popen[bytes]":
        """A worker with one child, as `make run` starts it but for the number of children."""
        words = ["-m", "celery", "-A", "portal.celery:app", "worker", "--concurrency", "1", "--loglevel", "WARNING"]
        return self.start(*words, "--without-gossip", "--without-mingle", "--without-heartbeat")

    def manage(self, *words: str) -> "subprocess.Popen[bytes]":
        return self.start("manage.py", *words)

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End a process and its children as the machine does when memory runs out."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def end_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def processes(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Real processes on this test's database; tasks of the test itself go to their broker."""
    number = FIRST_BROKER_DATABASE + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    server = urlsplit(settings.CELERY_BROKER_URL)._replace(path=f"/{number}").geturl()
    redis.Redis.from_url(server).flushdb()
    apply_async = Task.apply_async
    with app.connection_for_write(server) as own:
        monkeypatch.setattr(Task, "apply_async", lambda self, *a, **k: apply_async(self, *a, **k, connection=own))
        running = Processes(server)
        yield running
        running.end_all()
    redis.Redis.from_url(server).flushdb()
