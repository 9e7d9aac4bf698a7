"""The whole portal as `make run` starts it, once for all tests that look at it as it runs."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.servers.machine import Machine, Running, a_machine, running


@dataclass(frozen=True)
class Interruption:
    """How a first run ended that was interrupted while it loaded, and what it left."""

    code: int
    said: str
    living: list[str]


@pytest.fixture(scope="session")
def home() -> Iterator[Machine]:
    """One home that all runs use in turn: a database is made once."""
    with a_machine() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def interruption(home: Machine) -> Interruption:
    """The first of all runs, ended while the demonstration loads."""
    run = Running(home)
    run.wait_for("accounts: ")
    return Interruption(run.signal(signal.SIGINT), run.said, home.living())


@pytest.fixture(scope="session")
def serving(home: Machine, interruption: Interruption) -> Iterator[Running]:
    """The run after it, the whole portal with its demonstration; the tests of its end come last.

    Three attempts before the door is locked: the test of the lock need not try eight passwords. With fewer lines there
    are too few importers to learn a forecast of bonds from.
    """
    with running(home, DEMO_LINES="7500", SIGN_IN_ATTEMPTS="3") as run:
        yield run
