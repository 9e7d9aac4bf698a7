"""`make run`: servers, database, demonstration, then web, worker, scheduler and mail sink until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from servers import cluster, state
from servers.place import CHECKOUT, here
from servers.postgres import free_port
from servers.processes import end, is_ours

RESTARTS = 3


@dataclass
class Child:
    """A process of the portal: its name, its command, and how often it had to be started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: "subprocess.Popen[str] | None" = None
    restarts: int = 0
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches the supervisor alone."""
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
        thread = threading.Thread(target=self._tell, daemon=True)
        thread.start()
        self.threads.append(thread)

    def _tell(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            print(f"{self.name:9} | {line.rstrip()}", flush=True)


def _manage(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=CHECKOUT, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"`manage.py {words[0]}` ended with code {done.returncode}.")


def _children(environment: dict[str, str], port: int, mail_port: int | None, home: Path) -> list[Child]:
    binaries = Path(sys.executable).parent
    web = [str(binaries / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning", "portal.wsgi:application"]
    celery = [str(binaries / "celery"), "-A", "portal.celery:app"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]
    children = [
        Child("web", web, environment | {"PORTAL_PROCESS": "web"}),
        Child("worker", worker, environment | {"PORTAL_PROCESS": "worker"}),
        Child("scheduler", beat, environment | {"PORTAL_PROCESS": "worker"}),
    ]
    if mail_port:
        sink = [sys.executable, "-m", "servers.mail_sink", str(mail_port), str(home / "mail")]
        children.append(Child("mail", sink, environment))
    return children


def _environment(home: Path) -> tuple[dict[str, str], int | None]:
    """The environment of the children, and the port of the mail sink where there is one."""
    environment = dict(os.environ) | {"PORTAL_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    if "DATABASE_URL" not in environment:
        cluster.start()
        environment.setdefault("SECRET_KEY", cluster.secret_key(home))
        environment.setdefault("DEMONSTRATION", "1")
    mail_port = None
    if "EMAIL_URL" not in environment and environment.get("DEMONSTRATION") == "1":
        known = state.read(home)
        mail_port = free_port(known.get("mail_port"))
        state.write(home, known | {"mail_port": mail_port})
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
        environment["DEMO_MAILDIR"] = str(home / "mail")
    return environment, mail_port


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise RuntimeError(f"PORT must be a number between 1 and 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise RuntimeError(f"Port {text} is taken; choose another with PORT=... make run.") from error
    return int(text)


def run() -> int:
    """Serve until Ctrl-C or SIGTERM, then end everything that this run started."""
    home, port = here().home, _port()
    known = state.read(home)
    if is_ours(known.get("supervisor"), "servers", "run") and known["supervisor"] != os.getpid():
        raise RuntimeError("The portal runs already under this PORTAL_HOME; `make stop` ends it.")
    started_servers = not cluster.running()
    environment, mail_port = _environment(home)
    owner = environment | {"PORTAL_PROCESS": "owner"}
    _manage(owner, "migrate", "--verbosity", "0")
    _manage(owner, "collectstatic", "--noinput", "--verbosity", "0")
    children = _children(environment, port, mail_port, home)
    ending = threading.Event()
    for how in (signal.SIGINT, signal.SIGTERM):
        signal.signal(how, lambda number, frame: _ask_to_end(ending, number, frame))
    try:
        if environment.get("DEMONSTRATION") == "1":
            _manage(environment | {"PORTAL_PROCESS": "worker"}, "demo", "--once")
        if ending.is_set():
            return 0
        return _supervise(children, ending, home, port, environment)
    finally:
        _end_all(children, home)
        if started_servers and "DATABASE_URL" not in os.environ:
            cluster.stop()


def _ask_to_end(ending: threading.Event, number: int, frame: FrameType | None) -> None:
    ending.set()


def _supervise(
    children: list[Child], ending: threading.Event, home: Path, port: int, environment: dict[str, str]
) -> int:
    for child in children:
        child.start()
    pids = {child.name: child.process.pid for child in children if child.process}
    state.write(home, state.read(home) | {"supervisor": os.getpid(), "processes": pids, "port": port})
    _manage(environment | {"PORTAL_PROCESS": "worker", "PORT": str(port)}, "sign_ins")
    while not ending.wait(1):
        for child in children:
            if child.process is None or child.process.poll() is None:
                continue
            if child.restarts >= RESTARTS:
                print(f"{child.name} ended {RESTARTS + 1} times; stopping.", file=sys.stderr)
                return 1
            child.restarts += 1
            print(f"{child.name} ended with code {child.process.returncode}; starting it again.", file=sys.stderr)
            time.sleep(child.restarts)
            child.start()
            pids[child.name] = child.process.pid
            state.write(home, state.read(home) | {"processes": pids})
    return 0


def _end_all(children: list[Child], home: Path) -> None:
    for child in children:
        if child.process and child.process.poll() is None:
            child.process.terminate()
    for child in children:
        if child.process:
            try:
                child.process.wait(15)
            except subprocess.TimeoutExpired:
                child.process.kill()
    known = state.read(home)
    for name in ("supervisor", "processes", "port"):
        known.pop(name, None)
    state.write(home, known)


#: By which words the command line of each process is known to be ours.
MARKS = {"web": "granian", "worker": "celery", "scheduler": "celery", "mail": "servers.mail_sink"}


def stop() -> None:
    """End a run: ask its supervisor, then whatever a killed supervisor left behind."""
    home = here().home
    known = state.read(home)
    end(known.get("supervisor"), "servers", "run", seconds=40)
    for name, pid in known.get("processes", {}).items():
        end(pid, MARKS[name])
