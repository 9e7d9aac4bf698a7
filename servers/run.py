"""`make run`: servers, database, demonstration, then web, workers, scheduler and mail sink until Ctrl-C."""

import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from servers import assets, cluster, external, state
from servers.children import MARKS, RESTARTS, Child, Ended, Restarts, children_of, manage
from servers.mailboxes import REPLY_DOMAIN
from servers.place import here
from servers.postgres import free_port
from servers.processes import ask, born, end, end_group

YES = {"1", "true", "on", "yes"}
#: How long a supervisor may take to end all that it started.
PATIENCE = 90


def _note(home: Path, **fields: object) -> None:
    """Write down, or with None forget, what a later stop has to know."""
    with state.locked(home):
        known = state.read(home) | fields
        state.write(home, {name: value for name, value in known.items() if value is not None})


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One run a home. The lock goes with the process, however it ends."""
    with (home / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError("The portal runs already under this PORTAL_HOME; `make stop` ends it.") from error
        yield


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65536:
        print(f"PORT must be a number between 1 and 65535, not {text!r}.", file=sys.stderr)
        raise SystemExit(2)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise RuntimeError(f"Port {text} is taken; choose another with PORT=... make run.") from error
    return int(text)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_a_demonstration(environment: dict[str, str]) -> bool:
    """Whether this run is a demonstration; the same words that the settings take."""
    return environment.get("DEMONSTRATION", "").strip().lower() in YES


def environment_of(home: Path, port: int) -> dict[str, str]:
    """The environment of all that runs, once servers, logins and addresses are there."""
    environment = dict(os.environ) | {"PORTAL_HOME": str(home), "PYTHONUNBUFFERED": "1", "PORT": str(port)}
    if external.given():
        environment |= external.prepare()
    else:
        environment.pop("DATABASE_URL", None)
        known = cluster.start()
        environment.setdefault("REDIS_URL", known["urls"]["REDIS_URL"])
        environment["SECRET_KEY"] = environment.get("SECRET_KEY") or cluster.secret_key(home)
        environment["DEMONSTRATION"] = environment.get("DEMONSTRATION") or "1"
    if not environment.get("EMAIL_URL") and is_a_demonstration(environment):
        mail_port = free_port(state.read(home).get("mail_port"))
        _note(home, mail_port=mail_port)
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
        environment["DEMO_MAILDIR"] = str(home / "mail")
        environment["MAIL_SINK_PORT"] = str(mail_port)
        environment["REPLY_DOMAIN"] = environment.get("REPLY_DOMAIN") or REPLY_DOMAIN
    return environment


def run() -> int:
    """Serve until Ctrl-C or SIGTERM, then end everything that this run started."""
    home, ending = here().home, threading.Event()
    with _alone(home):
        for how in (signal.SIGINT, signal.SIGTERM):
            signal.signal(how, lambda number, frame: ending.set())
        if not _end_leftovers(home):
            raise RuntimeError("A process of an earlier run does not end.")
        port = _port()
        known = state.read(home)
        ends_servers = not external.given() and (known.get("ends_servers", False) or not cluster.running())
        _note(home, supervisor={"pid": os.getpid(), "born": born(os.getpid())}, port=port, ends_servers=ends_servers)
        try:
            return _serve(home, port, ending)
        except Ended:
            return 0
        finally:
            _end_leftovers(home)
            if ends_servers:
                cluster.stop()
            _note(home, supervisor=None, port=None, ends_servers=None)


def _serve(home: Path, port: int, ending: threading.Event) -> int:
    environment = environment_of(home, port)

    def prepare(process: str, *words: str) -> None:
        manage(environment | {"PORTAL_PROCESS": process}, ending, lambda pid: _remember(home, "command", pid), *words)

    prepare("owner", "migrate", "--verbosity", "0")
    if not assets.collected(home):
        prepare("owner", "collectstatic", "--noinput", "--verbosity", "0")
        assets.note_collected(home)
    if is_a_demonstration(environment):
        prepare("worker", "demo", "--once", "--skip-checks")  # `migrate` has made them, here and below
    children = children_of(environment, home)
    for child in children:
        _remember(home, child.name, child.start())
    told, servers = False, Restarts()
    while not ending.wait(0.5):
        if not external.given() and not cluster.running() and not _servers_again(home, servers, ending):
            return 1
        if not all(_lives(child, home, ending) for child in children):
            return 1
        if not told and _answers(port):
            prepare("worker", "sign_ins", "--skip-checks")
            told = True
    return 0


def _remember(home: Path, name: str, pid: int) -> None:
    processes = state.read(home).get("processes", {})
    _note(home, processes=processes | {name: {"pid": pid, "born": born(pid)}})


def _lives(child: Child, home: Path, ending: threading.Event) -> bool:
    """Start a child that ended once more; False where it has ended too often."""
    code = child.ended()
    if code is None or ending.is_set():
        return True
    if not child.restarts.again():
        print(f"{child.name} ended {RESTARTS + 1} times; stopping.", file=sys.stderr)
        return False
    print(f"{child.name} ended with code {code}; starting it again.", file=sys.stderr)
    end_group(child.pid, MARKS[child.name])
    if not ending.wait(child.restarts.count):
        _remember(home, child.name, child.start())
    return True


#: Seconds before each attempt to start a server that was killed: what it left may still end its work.
ATTEMPTS = (0, 1, 2, 4, 8, 16, 32)


def _servers_again(home: Path, restarts: Restarts, ending: threading.Event) -> bool:
    """Start a server that ended once more, on its data and at its place; False where it has ended too often.

    The processes of the portal find it again by themselves: each asks anew where a connection has gone.
    """
    if not restarts.again():
        print(f"A server ended {RESTARTS + 1} times; stopping.", file=sys.stderr)
        return False
    print("PostgreSQL or Valkey has ended; starting it again.", file=sys.stderr)
    where, said = state.read(home)["urls"], ""
    for seconds in ATTEMPTS:
        if ending.wait(seconds):
            return True
        try:
            found = cluster.start()["urls"]
        except (RuntimeError, OSError) as error:
            said = str(error)
            continue
        if found != where:
            print("Its port was taken meanwhile; stopping, since nothing would find it.", file=sys.stderr)
        return bool(found == where)
    print(said, file=sys.stderr)
    return False


def _end_leftovers(home: Path) -> bool:
    """End every process that a run under this home started and wrote down; True when all are gone."""
    processes = state.read(home).get("processes", {})
    for name, one in processes.items():  # all at once, then each in turn
        ask(one["pid"], MARKS[name], one["born"])
    gone = [end_group(one["pid"], MARKS[name], one["born"], seconds=15) for name, one in processes.items()]
    if processes and all(gone):
        _note(home, processes=None)
    return all(gone)


def stop() -> bool:
    """End a run: ask its supervisor, then whatever a killed supervisor left behind; True when nothing is left."""
    home = here().home
    supervisor = state.read(home).get("supervisor") or {}
    gone = end(supervisor.get("pid"), "servers", "run", since=supervisor.get("born"), seconds=PATIENCE)
    gone &= _end_leftovers(home)
    if gone and supervisor:
        _note(home, supervisor=None, port=None, ends_servers=None)
    return gone
