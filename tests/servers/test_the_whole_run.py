"""`make run`: web, worker, scheduler, mail sink and both servers under one supervisor, and how they end."""

import re
import signal
import socket

import pytest

from tests.servers.machine import Machine, Running, eventually, free_port, kill, lives, running
from tests.the_portal import Interruption

pytestmark = [pytest.mark.processes]
BARE = {"DEMONSTRATION": "0"}


def test_interrupted_while_it_loads_it_ends_at_once(interruption: Interruption) -> None:
    assert interruption.code == 0
    assert interruption.living == []
    assert "Traceback" not in interruption.said


def test_the_run_after_an_interrupted_one_loads_all(serving: Running) -> None:
    with serving.machine.sql() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM examinations_entryline), count(*) FROM accounts_person")
        lines, people = cursor.fetchone()
    assert lines >= 6000
    assert people > 7


def test_everything_is_up_when_the_address_is_printed(serving: Running) -> None:
    assert set(serving.pids()) == {"web", "worker", "people", "scheduler", "mail"}
    assert f"http://127.0.0.1:{serving.port}/" in serving.said
    assert "importer@demo.example" in serving.said
    assert eventually(lambda: serving.get("/health/")[0] == 200), serving.get("/health/")


def test_what_it_serves_was_collected_by_the_first_run_alone(serving: Running) -> None:
    """The first was interrupted after that; this one found all as it would have made it, and compressed nothing again."""
    manifest = serving.machine.home / "static" / "staticfiles.json"
    assert manifest.stat().st_mtime < serving.began
    sheet = re.search(r"/static/uswds/portal\.[0-9a-f]{12}\.css", serving.get("/sign-in/")[1])
    assert sheet
    assert serving.get(sheet[0])[0] == 200


def test_a_second_run_under_the_same_home_is_refused(serving: Running) -> None:
    second = serving.machine.python("-m", "servers", "run", PORT=str(free_port()))
    assert second.returncode == 1
    assert second.stderr == "The portal runs already under this PORTAL_HOME; `make stop` ends it.\n"
    assert all(lives(pid) for pid in serving.pids().values())


@pytest.mark.parametrize("name", ["web", "worker", "people", "scheduler", "mail"])
def test_a_killed_process_is_started_again(serving: Running, name: str) -> None:
    killed = serving.pids()[name]
    kill(killed)
    assert eventually(lambda: serving.pids()[name] != killed)
    assert lives(serving.pids()[name])
    assert eventually(lambda: _answers(serving))


def test_nothing_failed_that_nobody_killed(serving: Running) -> None:
    assert "Traceback" not in serving.said, serving.said.partition("Traceback")[2][:4000]


def test_killed_servers_are_started_again_and_everything_finds_them(serving: Running) -> None:
    """Web reads the database and counts in the cache; a worker takes what is queued in the broker, and writes it down."""
    killed = {server: serving.machine.pid(server) for server in ("postgres", "valkey")}
    for process in killed.values():
        kill(process)
    assert eventually(lambda: all(serving.machine.pid(server) != process for server, process in killed.items()))
    assert eventually(lambda: _answers(serving))
    with serving.machine.sql() as cursor:
        cursor.execute("UPDATE portal_heartbeat SET at = at - interval '1 hour'")
    queued = "import django; django.setup(); from portal.tasks import beat; beat.delay()"
    done = serving.machine.python("-c", queued, DJANGO_SETTINGS_MODULE="portal.settings", PORTAL_PROCESS="worker")
    assert done.returncode == 0, done.stderr
    assert eventually(lambda: _answers(serving))


def _answers(run: Running) -> bool:
    try:
        return run.get("/health/")[0] == 200
    except OSError:
        return False


def test_one_interrupt_ends_all_that_one_start_began(serving: Running) -> None:
    before = len(serving.said)
    assert serving.signal(signal.SIGINT) == 0
    assert serving.machine.living() == []
    said = serving.said[before:]
    assert "Traceback" not in said, said.partition("Traceback")[2][:4000]
    assert not set(serving.machine.known()) & {"supervisor", "processes", "port"}


def test_after_a_killed_supervisor_the_next_run_ends_the_orphans_and_serves_and_stop_ends_those_of_the_next(
    home: Machine,
) -> None:
    with running(home, **BARE) as first:
        orphans = first.pids()
        kill(first.process.pid)
        with running(home, **BARE, PORT=str(first.port)) as second:
            second.port = first.port
            assert not any(lives(pid) for pid in orphans.values())
            assert second.get("/sign-in/")[0] == 200
            kill(second.process.pid)
            assert any(lives(pid) for pid in second.pids().values())
            home.do("stop")
            assert home.living() == []


def test_servers_that_ran_before_the_run_stay_after_it(home: Machine) -> None:
    home.do("start")
    with running(home, **BARE) as run:
        assert run.signal(signal.SIGTERM) == 0
        assert lives(home.pid("postgres"))
        assert lives(home.pid("valkey"))


def test_a_taken_port_is_refused_and_left_alone(machine: Machine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = machine.python("-m", "servers", "run", PORT=port)
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken; choose another with PORT=... make run.\n"
    assert machine.living() == []


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "80.0", "²"])
def test_a_port_that_is_none_is_refused(machine: Machine, port: str) -> None:
    done = machine.python("-m", "servers", "run", PORT=port)
    assert done.returncode == 2
    assert done.stderr == f"PORT must be a number between 1 and 65535, not {port!r}.\n"


def test_a_demonstration_of_no_possible_size_is_refused_before_anything_is_loaded(home: Machine) -> None:
    done = home.python("-m", "servers", "run", PORT=str(free_port()), DEMO_LINES="4999")
    assert done.returncode == 2
    assert done.stderr == "Settings: DEMO_LINES must be a whole number from 5000 to 20000000, not '4999'.\n"
    assert home.living() == []


def test_an_unknown_word_says_which_there_are(machine: Machine) -> None:
    done = machine.python("-m", "servers", "restart")
    assert done.returncode == 2
    assert "{start,stop,run,clean}" in done.stderr
