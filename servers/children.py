"""The processes of the portal: what each is called, how it is started, by what it is known again."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from servers import queues
from servers.place import CHECKOUT
from servers.processes import end_group

#: By which words the command line of each process is known to be ours.
MARKS = {
    "web": "granian",
    "worker": "celery",
    "people": "celery",
    "scheduler": "celery",
    "mail": "servers.mail_sink",
    "command": "manage.py",
}


#: So often what ended is started again, unless it lived for so many seconds in between: then it is counted anew.
RESTARTS, STEADY = 3, 600.0


@dataclass
class Restarts:
    """How often something was started again since it last lived for ten minutes."""

    count: int = 0
    since: float = field(default_factory=time.monotonic)

    def again(self) -> bool:
        """Count once more; False where that is too often."""
        now = time.monotonic()
        self.count = self.count + 1 if now - self.since < STEADY else 1
        self.since = now
        return self.count <= RESTARTS


class Ended(Exception):
    """The run was asked to end while something was being prepared."""


@dataclass
class Child:
    """A process of the portal: its name, its command, and how often it had to be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: "subprocess.Popen[str] | None" = None
    restarts: Restarts = field(default_factory=Restarts)

    def start(self) -> int:
        """Start in a session of its own, so that Ctrl-C reaches the supervisor alone. Returns the process id."""
        self.process = subprocess.Popen(
            self.command,
            cwd=CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._tell, args=[self.process], daemon=True).start()
        return self.process.pid

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def ended(self) -> int | None:
        """The code with which the process ended; None while it lives."""
        return self.process.poll() if self.process else None

    def _tell(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            print(f"{self.name:9} | {line.rstrip()}", flush=True)


def manage(environment: dict[str, str], ending: threading.Event, started: Callable[[int], None], *words: str) -> None:
    """Run one command of manage.py to its end, or until the run is asked to end.

    Raises Ended then, RuntimeError where the command fails; where the settings refuse to start, they have said why,
    and the run ends with their exit code.
    """
    command = [sys.executable, "manage.py", *words]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    started(process.pid)
    while process.poll() is None:
        if ending.is_set():
            end_group(process.pid, MARKS["command"])
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
    if ending.is_set():
        raise Ended
    if process.returncode == 2:
        raise SystemExit(2)
    if process.returncode:
        raise RuntimeError(f"`manage.py {words[0]}` ended with code {process.returncode}.")


def children_of(environment: dict[str, str], home: Path) -> list[Child]:
    """Web, workers and scheduler, and the mail sink where the demonstration has one."""
    binaries = Path(sys.executable).parent
    web = [str(binaries / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", environment["PORT"]]
    web += ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning", "portal.wsgi:application"]
    celery = [str(binaries / "celery"), "--quiet", "-A", "portal.celery:app"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    any_task = [*worker, "--concurrency", "2"]
    queue = queues.for_people(environment.get("TASK_QUEUE") or queues.USUAL)
    # One process for what a person waits for, beside the two that take anything.
    people = [*worker, "--concurrency", "1", "--queues", queue, "--hostname", "people@%h"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]
    # A demonstration started by root warns of it at length; whoever runs it for real does not start it so.
    calm = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    # `migrate` of this start has made Django's checks and said what they found. A worker makes them again, for a third
    # of what its start takes, and tells nobody.
    calm |= {"CELERY_SKIP_CHECKS": "1"}
    children = [
        Child("web", web, environment | {"PORTAL_PROCESS": "web"}),
        Child("worker", any_task, environment | {"PORTAL_PROCESS": "worker"} | calm),
        Child("people", people, environment | {"PORTAL_PROCESS": "worker"} | calm),
        Child("scheduler", beat, environment | {"PORTAL_PROCESS": "worker"}),
    ]
    mail_port = environment.get("MAIL_SINK_PORT")
    if mail_port:
        sink = [sys.executable, "-m", "servers.mail_sink", mail_port, str(home / "mail")]
        children.append(Child("mail", [*sink, environment.get("REPLY_DOMAIN", "")], environment))
    return children
