"""The embedded PostgreSQL and Valkey: started, found, killed, started again, stopped, removed."""

import json
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from servers.place import CHECKOUT, SYSTEM_FOLDER
from tests.servers.machine import Machine, a_machine, as_user, kill, lives

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")


def note(machine: Machine, **changes: object) -> None:
    """Write something untrue into servers.json, as a crash or another process with the same id would make it."""
    (machine.home / "servers.json").write_text(json.dumps(machine.known() | changes))


def test_started_twice_they_are_the_same_two(started: Machine) -> None:
    before = started.known()
    said = started.do("start")
    assert started.known() == before
    assert str(before["postgres"]["port"]) in said
    assert str(before["valkey"]["port"]) in said


def test_two_starts_at_once_start_each_server_once(machine: Machine) -> None:
    command = [sys.executable, "-m", "servers", "start"]
    both = [subprocess.Popen(command, cwd=CHECKOUT, env=machine.environment()) for _ in range(2)]
    assert [one.wait(120) for one in both] == [0, 0]
    servers = [line for line in machine.living() if "-D " in line or "valkey-server on" in line]
    assert len(servers) == 2, servers


def test_what_both_keep_survives_a_stop(started: Machine) -> None:
    with started.sql() as cursor:
        cursor.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('stays')")
    started.queue().rpush("celery", "a task")
    started.do("stop")
    assert started.living() == []
    started.do("start")
    with started.sql() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchall() == [("stays",)]
    assert started.queue().lrange("celery", 0, -1) == ["a task"]


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_killed_server_starts_again_on_the_same_data(started: Machine, server: str) -> None:
    with started.sql() as cursor:
        cursor.execute(f"CREATE TABLE after_{server} AS SELECT generate_series(1, 1000) AS n")
    started.queue().rpush(server, "waits")
    killed = started.pid(server)
    kill(killed)
    started.do("start")
    assert started.pid(server) != killed
    with started.sql() as cursor:
        cursor.execute(f"SELECT count(*) FROM after_{server}")
        assert cursor.fetchone() == (1000,)
    assert started.queue().lrange(server, 0, -1) == ["waits"]


def test_a_killed_server_that_stays_a_zombie_does_not_hold_its_data(machine: Machine) -> None:
    # The parent of this start lives on and collects nobody, as the first process of a container may not.
    code = "import time; from servers import cluster; cluster.start(); print('up', flush=True); time.sleep(600)"
    keeper = subprocess.Popen(
        [sys.executable, "-c", code], cwd=CHECKOUT, env=machine.environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "up\n"
        zombie = machine.pid("postgres")
        kill(zombie)
        assert Path(f"/proc/{zombie}").exists(), "a zombie was expected"
        lock = Path(machine.known()["postgres"]["data"]) / "postmaster.pid"
        assert lock.exists()
        machine.do("start")
        assert lives(machine.pid("postgres"))
        with machine.sql() as cursor:
            cursor.execute("SELECT 1")
    finally:
        keeper.kill()
        keeper.wait()


def test_servers_that_nobody_wrote_down_are_found_again(started: Machine) -> None:
    before = started.known()
    (started.home / "servers.json").unlink()
    started.do("start")
    after = started.known()
    assert (after["postgres"], after["valkey"]) == (before["postgres"], before["valkey"])
    with started.sql() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("portal_owner",)
    assert started.queue().ping()


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_port_taken_meanwhile_is_left_to_who_has_it(started: Machine, server: str) -> None:
    started.do("stop")
    port = started.known()[server]["port"]
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        started.do("start")
        assert started.known()[server]["port"] != port
    with started.sql() as cursor:
        cursor.execute("SELECT 1")
    assert started.queue().ping()


def test_an_id_that_is_someone_elses_by_now_is_never_signalled(machine: Machine) -> None:
    machine.do("start")
    machine.do("stop")
    data = Path(machine.known()["postgres"]["data"])
    # Somebody else has got the ids since; one even speaks of our data folder.
    code = "import signal, sys, time; print('up', flush=True); time.sleep(600)"
    others = [
        subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE, text=True)
        for words in ([], [str(data)], ["servers", "run"], ["granian"])
    ]
    try:
        for other in others:
            assert other.stdout is not None
            other.stdout.readline()
        plain, reader, supervisor, web = (other.pid for other in others)
        known = machine.known()
        note(
            machine,
            postgres=known["postgres"] | {"pid": reader},
            valkey=known["valkey"] | {"pid": plain},
            supervisor={"pid": supervisor, "born": "1"},
            processes={"web": {"pid": web, "born": "1"}},
        )
        (data / "postmaster.pid").write_text(f"{reader}\n{data}\n0\n{known['postgres']['port']}\n")
        (data.parent / "valkey" / "valkey.pid").write_text(f"{plain}\n")
        machine.do("stop")
        machine.do("start")
        machine.do("stop")
        assert [other.poll() for other in others] == [None] * 4
        assert not any("valkey-server on" in line or "postgres -D" in line for line in machine.living())
    finally:
        for other in others:
            other.kill()
            other.wait()


def test_stop_leaves_no_process_and_may_be_said_twice(machine: Machine) -> None:
    machine.do("stop")
    machine.do("start")
    assert len(machine.living()) >= 2
    machine.do("stop")
    assert machine.living() == []
    machine.do("stop")


def test_clean_removes_what_it_made_even_while_it_runs(machine: Machine) -> None:
    machine.do("start")
    data = Path(machine.known()["postgres"]["data"])
    machine.do("clean")
    assert machine.living() == []
    assert not machine.home.exists()
    assert not data.exists()
    assert not data.parent.parent.exists() or os.geteuid() != 0


def test_only_their_user_may_read_what_is_secret(started: Machine) -> None:
    for name in ("servers.json", "secret-key"):
        assert stat.S_IMODE((started.home / name).stat().st_mode) == 0o600
    state = Path(started.known()["postgres"]["data"]).parent
    for path in (state, state / "postgres", state / "valkey"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for name in ("admin-password", "valkey/valkey.conf"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600


def test_both_answer_on_this_machine_alone_and_ask_for_a_password(started: Machine) -> None:
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    for server in ("postgres", "valkey"):
        port = f"{started.known()[server]['port']:04X}"
        here = [line.split()[1] for line in listening.splitlines() if f":{port} " in line and " 0A " in line]
        assert here == [f"0100007F:{port}"]
    with socket.create_connection(("127.0.0.1", started.known()["valkey"]["port"])) as stranger:
        stranger.sendall(b"GET anything\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")


@AS_ROOT
def test_started_by_root_they_run_as_nobody_outside_the_checkout(started: Machine) -> None:
    nobody = pwd.getpwnam("nobody")
    state = Path(started.known()["postgres"]["data"]).parent
    base = state.parent
    assert base.parent == SYSTEM_FOLDER
    assert len(base.name) == 12
    assert int(base.name, 16) >= 0
    binaries = (base / "bin").stat()
    assert (binaries.st_uid, stat.S_IMODE(binaries.st_mode)) == (0, 0o755)
    assert (state.stat().st_uid, stat.S_IMODE(state.stat().st_mode)) == (nobody.pw_uid, 0o700)
    for server in ("postgres", "valkey"):
        assert Path(f"/proc/{started.pid(server)}").stat().st_uid == nobody.pw_uid


@AS_ROOT
def test_a_closed_umask_of_root_does_not_shut_the_servers_out(machine: Machine) -> None:
    code = "import os; os.umask(0o077); from servers import cluster; cluster.start()"
    done = machine.python("-c", code)
    assert done.returncode == 0, done.stderr
    with machine.sql() as cursor:
        cursor.execute("SELECT 1")


@AS_ROOT
def test_an_ordinary_user_runs_both_from_its_own_home() -> None:
    daemon = pwd.getpwnam("daemon")
    if not shutil.which("setpriv") or subprocess.run([*as_user(daemon), "true"], check=False).returncode:
        pytest.skip("this machine lets root become no other user (setpriv)")
    with a_machine(daemon) as machine:
        machine.do("start")
        state = Path(machine.known()["postgres"]["data"]).parent
        assert state == machine.home / "servers"
        for server in ("postgres", "valkey"):
            assert Path(f"/proc/{machine.pid(server)}").stat().st_uid == daemon.pw_uid
        with machine.sql() as cursor:
            cursor.execute("SELECT 1")
        kill(machine.pid("postgres"))
        machine.do("start")
        assert machine.queue().ping()
        machine.do("stop")
        assert machine.living() == []
