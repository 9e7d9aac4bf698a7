from collections.abc import Iterator

import pytest

from tests.servers.machine import Machine, a_machine


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A fresh home, nothing started."""
    with a_machine() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def started() -> Iterator[Machine]:
    """A home whose two servers run; shared by the tests of a file, each of which leaves them running."""
    with a_machine() as fresh:
        fresh.do("start")
        yield fresh
