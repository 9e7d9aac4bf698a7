"""/health/ for a load balancer and whoever watches: true when something is down, and telling nothing else."""

import datetime
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal.models import Heartbeat
from servers.place import CHECKOUT

ASK = """
import django; django.setup()
from django.test import Client
answer = Client().get("/health/")
print(answer.status_code, answer.content.decode())
"""


def beat(minutes_ago: int) -> None:
    at = timezone.now() - datetime.timedelta(minutes=minutes_ago)
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"at": at})


@pytest.mark.django_db
def test_all_is_well_where_database_broker_and_scheduler_answer(client: Client) -> None:
    beat(1)
    answer = client.get("/health/")
    assert answer.status_code == 200
    told = answer.json()
    assert 55 <= told.pop("heartbeat_age_seconds") <= 120
    assert told == {"database": True, "broker": True, "scheduler": True}
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_a_scheduler_that_fell_silent_turns_it_red_and_its_age_is_told(client: Client) -> None:
    beat(6)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["scheduler"] is False
    assert answer.json()["heartbeat_age_seconds"] >= 360


@pytest.mark.django_db
def test_a_scheduler_that_never_beat_is_not_well(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["heartbeat_age_seconds"]) == (503, None)


@pytest.mark.django_db
def test_it_is_only_looked_at(client: Client) -> None:
    assert client.post("/health/").status_code == 405
    assert client.get("/health/more/").status_code in (302, 404)


def ask_alone(**environment: str) -> str:
    """The answer of a web process of its own, in which something is down."""
    database = settings.DATABASES["default"]
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    names = {"DATABASE_URL": url, "DATABASE_WEB_URL": url, "REDIS_URL": settings.CELERY_BROKER_URL, "PORTAL_PROCESS": "web",
             "SECRET_KEY": "a-key-of-fifty-random-characters-0123456789-ABCDEFGHIJ", "ALLOWED_HOSTS": "testserver",
             "DJANGO_SETTINGS_MODULE": "portal.settings"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=CHECKOUT, env=os.environ | names | environment,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.django_db
def test_without_a_database_it_says_so_instead_of_failing() -> None:
    said = ask_alone(DATABASE_WEB_URL="postgres://someone:hunter2@127.0.0.1:1/portal")
    assert said == '503 {"database": false, "broker": true, "scheduler": false, "heartbeat_age_seconds": null}'


@pytest.mark.django_db
def test_without_a_broker_it_says_so_and_nothing_of_where_it_should_be() -> None:
    said = ask_alone(REDIS_URL="redis://:hunter2@127.0.0.1:1")
    assert said.startswith('503 {"database": true, "broker": false, ')
    assert "hunter2" not in said
    assert "127.0.0.1" not in said
