"""What every test stands on: real servers, and a small world of named people."""

import gc
import os
import uuid
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.test import Client
from xdist.scheduler import LoadScopeScheduling

from portal import celery_app
from tests.signed_in import sign_in

# A machine that is busy fails no test. `same`: the same commit gives the same answer, where nobody is there to look.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "portal")

pytest_plugins = [
    "tests.database",
    "tests.kept",
    "tests.named_people",
    "tests.mail_servers",
    "tests.committed",
    "tests.workers",
    "tests.the_portal",
]


#: Tests that share what is slow to start: all of a group go to one process, one after the other.
GROUPS = {
    "the running portal": ("tests/browser/", "tests/servers/test_the_whole_run.py"),
    "two servers": ("tests/servers/test_the_two_servers.py",),
    "a database of one's own": ("tests/servers/test_a_database_of_ones_own.py",),
    "the whole demonstration": (
        "tests/demonstration/test_the_magnitudes_are_believable.py",
        "tests/demonstration/test_the_people_and_the_problems.py",
        "tests/docs/test_demonstration.py",
    ),
    "programs without an effect": (
        "tests/compliance/effect/test_simulated_programs.py::test_without",
        "tests/compliance/effect/test_simulated_programs.py::test_an_earlier_year",
        "tests/compliance/effect/test_simulated_programs.py::test_the_programs_are_hard_enough",
    ),
    "lines of an entry that err together": (
        "tests/compliance/measurement/test_clusters.py::test_the_interval_holds",
        "tests/compliance/measurement/test_clusters.py::test_the_rate_is_right_on_average",
        "tests/compliance/measurement/test_clusters.py::test_counting_every_line",
    ),
    "designs of a measurement": ("tests/compliance/measurement/test_coverage.py",),
    "trends in planted worlds": (
        "tests/compliance/trends/test_simulated.py::test_hardly_any_announcement_is_wrong",
        "tests/compliance/trends/test_simulated.py::test_what_is_planted",
    ),
}


class InGroups(LoadScopeScheduling):
    """Gives out single tests, and whole the groups above and the files with a kept world (tests/kept.py)."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.rfind("@") > nodeid.rfind("]"):
            return nodeid.split("@")[-1]
        return next((group for group, places in GROUPS.items() if nodeid.startswith(places)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InGroups | None:
    """Where nobody asked for another way of sharing out."""
    return InGroups(config, log) if config.getvalue("dist") == "load" else None


def pytest_configure(config: pytest.Config) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    # Else each client of a test reads every file that a run before the tests collected.
    settings.WHITENOISE_AUTOREFRESH = True
    Client.force_login = sign_in
    # Nobody else's worker takes what tests queue, and theirs take nothing of anybody else.
    celery_app.conf.task_default_queue = f"tests-{os.getpid()}"
    if settings.DATABASES["default"]["PORT"] == 1:
        raise pytest.UsageError("No database is running; start it with `make servers`.")


def pytest_collection() -> None:
    """What is collected stays: to look for garbage in it meanwhile costs each process seconds."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Tests leave little garbage behind that counting references does not take: to look for it rarely is enough."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(autouse=True)
def _tasks_are_queued_nowhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of one process do not fill the queue that real workers read; those marked `processes` do."""
    if "processes" not in request.keywords:
        monkeypatch.setattr("celery.app.task.Task.apply_async", lambda self, *args, **kwargs: None)


@pytest.fixture(autouse=True)
def _nothing_is_kept_from_another_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """People have the same keys in every test, and so have their calls that are counted; real processes share one cache."""
    if "processes" not in request.keywords:
        monkeypatch.setattr(caches["default"], "key_prefix", uuid.uuid4().hex)


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_superuser(django_db_setup: None, django_db_blocker: object) -> None:
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,), "Tests sign in as a plain owner."
