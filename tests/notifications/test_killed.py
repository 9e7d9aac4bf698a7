"""Worker, broker, database and mail server killed in turn while one message goes out: the whole of it, in small.

The same with twenty kills and thousands of people: python -m benchmarks.notices_killed.
"""

import json
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection

from servers.place import CHECKOUT

pytestmark = pytest.mark.processes
KILLS, PEOPLE = 4, 300


def test_nobody_is_missed_and_no_more_come_twice_than_were_killed(committed: None) -> None:
    """On servers of its own, with the tables of this test's database."""
    known = connection.settings_dict
    login = f"{known['USER']}:{quote(known['PASSWORD'])}"
    schema = f"postgres://{login}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
    connection.close()
    asked = ["--kills", str(KILLS), "--people", str(PEOPLE), "--schema-from", schema]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.notices_killed", *asked],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["people"], found["missed"], found["other_message_ids"]) == (PEOPLE, 0, 0)
    assert found["copies_too_many"] <= KILLS
    assert done.stdout.count(" killed after ") == KILLS
