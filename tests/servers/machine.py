"""One copy of the portal in a home of its own, driven as a person would: by its commands."""

import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import redis

from servers.place import CHECKOUT

#: What a developer's shell may hold and a machine of its own must not inherit.
OURS = ("DATABASE_", "REDIS_URL", "EMAIL_URL", "PORTAL_", "SECRET_KEY", "DJANGO_", "DEMO", "PORT", "DEBUG")


@dataclass
class Machine:
    """home: its PORTAL_HOME. user: as whom its commands run; None for oneself."""

    home: Path
    user: pwd.struct_passwd | None = None

    def environment(self, **more: str) -> dict[str, str]:
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
        return inherited | {"PORTAL_HOME": str(self.home), "HOME": str(self.home)} | more

    def python(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*(as_user(self.user) if self.user else []), sys.executable, *words],
            cwd=CHECKOUT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def do(self, word: str, **more: str) -> str:
        """One word of `python -m servers` that must succeed; what it said."""
        done = self.python("-m", "servers", word, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def known(self) -> dict[str, Any]:
        return dict(json.loads((self.home / "servers.json").read_text()))

    def pid(self, server: str) -> int:
        return int(self.known()[server]["pid"])

    @contextmanager
    def sql(self) -> Iterator[Any]:
        """A cursor of the owner, on a connection that is closed again."""
        connection = psycopg2.connect(self.known()["urls"]["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def queue(self) -> "redis.Redis[Any]":
        return redis.Redis.from_url(self.known()["urls"]["REDIS_URL"] + "/0", decode_responses=True)

    def living(self) -> list[str]:
        """Command lines of all processes that belong to this home, by environment, command line or folder."""
        places = {str(self.home).encode()}
        if self.known_data():
            places.add(self.known_data().encode())
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal() or int(folder.name) == os.getpid():
                continue
            try:
                command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            except OSError:
                continue
            if any(place in command or place + b"\0" in environment for place in places):
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
        return found

    def known_data(self) -> str:
        try:
            return str(Path(self.known()["postgres"]["data"]).parent)
        except (OSError, KeyError):
            return ""


@contextmanager
def a_machine(user: pwd.struct_passwd | None = None) -> Iterator[Machine]:
    """A home outside pytest's folders, which no other user may enter; removed with all that ran under it."""
    home = Path(tempfile.mkdtemp(prefix="portal-test-"))
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    machine = Machine(home, user)
    try:
        yield machine
    finally:
        machine.python("-m", "servers", "clean")
        shutil.rmtree(home, ignore_errors=True)


class Running:
    """`python -m servers run`, and what it has said so far."""

    def __init__(self, machine: Machine, **environment: str) -> None:
        self.machine, self.port, self.began = machine, free_port(), time.time()
        self.log = machine.home / f"run-{self.port}.log"
        settings = {"PORT": str(self.port), "DEMO_LINES": "5000"} | environment
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "servers", "run"],
                cwd=CHECKOUT,
                env=machine.environment(**settings),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str, seconds: float = 240) -> None:
        """Wait until it has said this; fail with all it said where it ends or hangs instead."""
        deadline = time.monotonic() + seconds
        while text not in self.said:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{text!r} never came:\n{self.said}")
            time.sleep(0.1)

    def signal(self, how: signal.Signals) -> int:
        """Signal the supervisor alone; the code with which it ends."""
        self.process.send_signal(how)
        return self.process.wait(120)

    def pids(self) -> dict[str, int]:
        return {name: one["pid"] for name, one in self.machine.known()["processes"].items() if name != "command"}

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an answer, without following redirects."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@contextmanager
def running(machine: Machine, **environment: str) -> Iterator[Running]:
    """The whole portal under this home, ready to answer; ended at the latest when the test ends."""
    run = Running(machine, **environment)
    try:
        run.wait_for("Ctrl-C ends it.")
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
        machine.python("-m", "servers", "stop")


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something becomes true within the time that a slow machine may need."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def as_user(user: pwd.struct_passwd) -> list[str]:
    """How to run a command as this user. It may read what root may, since Python itself may lie in root's home;
    it may write, own and signal only what the user may."""
    reads = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    return ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", *reads]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill(pid: int) -> None:
    """End a process as the machine does when memory runs out, and wait until it is no more than a zombie."""
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and lives(pid):
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
