"""Whole starts of a process with an environment of their own, as an operator would make them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servers.place import CHECKOUT

KEY = "a-key-of-fifty-random-characters-0123456789-ABCDEFGHIJ"
PRODUCTION = {
    "DATABASE_URL": "postgres://owner:hunter2@db.example/portal",
    "DATABASE_WEB_URL": "postgres://web:hunter2@db.example/portal",
    "DATABASE_WORKER_URL": "postgres://worker:hunter2@db.example/portal",
    "REDIS_URL": "redis://broker.example",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portal.example",
    "PORTAL_ADDRESS": "https://portal.example",
}


def start(home: Path, *words: str, **environment: str | None) -> "subprocess.CompletedProcess[str]":
    """A Python process under an empty home and with these settings alone; None takes one out."""
    given = {name: text for name, text in environment.items() if text is not None}
    return subprocess.run(
        [sys.executable, *words],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "PORTAL_HOME": str(home)} | given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def said_of(home: Path, *names: str, **environment: str | None) -> dict[str, object]:
    """The values of settings in a process of their own."""
    code = f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names!r}}}))"
    done = start(home, "-c", code, DJANGO_SETTINGS_MODULE="portal.settings", **environment)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_production_start_passes_every_check_of_a_deployment(tmp_path: Path) -> None:
    done = start(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("System check identified no issues")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is missing. Set it to a long random text and keep it."),
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing. Set it to a long random text and keep it."),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY is too easy to guess: take 50 random characters or more."),
        ({"REDIS_URL": None}, "REDIS_URL is missing."),
        ({"DATABASE_WEB_URL": None, "PORTAL_PROCESS": "web"}, "DATABASE_WEB_URL is missing."),
        ({"DATABASE_WORKER_URL": None, "PORTAL_PROCESS": "worker"}, "DATABASE_WORKER_URL is missing."),
        ({"PORTAL_PROCESS": "root"}, "PORTAL_PROCESS must be one of owner, web, worker, not 'root'."),
        ({"DEBUG": "perhaps"}, "DEBUG must be true or false, not 'perhaps'."),
        (
            {"DEBUG": "1"},
            "DEBUG shows secrets to whoever meets an error: turn it off, or keep ALLOWED_HOSTS to 127.0.0.1.",
        ),
        ({"DATABASE_URL": "postgres"}, "DATABASE_URL must look like postgres://host:port/..., and does not."),
        ({"EMAIL_URL": "mail.example:25"}, "EMAIL_URL must look like smtp://host:port/..., and does not."),
    ],
)
def test_what_cannot_be_stops_a_production_start_with_one_line(
    tmp_path: Path, changes: dict[str, str | None], line: str
) -> None:
    done = start(tmp_path, "manage.py", "check", **PRODUCTION | changes)
    assert done.returncode == 2
    assert done.stderr == f"Settings: {line}\n"
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words",
    [("-c", "import portal.wsgi"), ("-m", "celery", "-A", "portal.celery:app", "worker")],
    ids=["web", "worker"],
)
def test_web_and_worker_stop_without_a_secret_as_clearly(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = start(tmp_path, *words, **PRODUCTION | {"SECRET_KEY": None})
    assert done.returncode == 2
    assert done.stderr == "Settings: SECRET_KEY is missing. Set it to a long random text and keep it.\n"


@pytest.mark.parametrize(
    ("words", "login"),
    [
        (("-c", "import portal.wsgi; from django.conf import settings as s; print(s.DATABASES['default']['USER'])"), "web"),
        (("-c", "import sys; sys.argv[0] = '/bin/celery'; import portal.celery; "
                "from django.conf import settings as s; print(s.DATABASES['default']['USER'])"), "worker"),
        (("manage.py", "shell", "-v", "0", "-c", "from django.conf import settings as s; print(s.DATABASES['default']['USER'])"), "owner"),
    ],
    ids=["web", "worker", "shell"],
)  # fmt: skip
def test_a_process_that_nobody_told_what_it_is_takes_its_own_login(
    tmp_path: Path, words: tuple[str, ...], login: str
) -> None:
    done = start(tmp_path, *words, **PRODUCTION)
    assert done.stdout.strip() == login, done.stderr


def test_debug_is_off_unless_asked_and_everything_goes_over_tls_in_production(tmp_path: Path) -> None:
    names = ("DEBUG", "DEMONSTRATION", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
             "SECOND_FACTOR_FOR_STAFF")  # fmt: skip
    assert said_of(tmp_path, *names, **PRODUCTION) == {
        "DEBUG": False,
        "DEMONSTRATION": False,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECOND_FACTOR_FOR_STAFF": True,
    }
    assert said_of(tmp_path, "DEBUG", "DEMONSTRATION", "DEMO_LINES") == {
        "DEBUG": False,
        "DEMONSTRATION": True,
        "DEMO_LINES": 600_000,
    }


def test_an_empty_address_of_the_database_is_none(tmp_path: Path) -> None:
    assert said_of(tmp_path, "OWN_SERVERS", DATABASE_URL="")["OWN_SERVERS"] is True
    assert said_of(tmp_path, "OWN_SERVERS", **PRODUCTION)["OWN_SERVERS"] is False


def test_an_empty_sender_is_the_default_one(tmp_path: Path) -> None:
    for text in (None, "", " "):
        said = said_of(tmp_path, "DEFAULT_FROM_EMAIL", DEFAULT_FROM_EMAIL=text)
        assert said == {"DEFAULT_FROM_EMAIL": "Account Management <portal@portal.example>"}
