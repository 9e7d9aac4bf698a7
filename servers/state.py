"""servers.json: which ports, which process ids, which addresses. Readable by its owner alone."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = "servers.json"


def read(home: Path) -> dict[str, Any]:
    """What is known of the servers under this home; empty before the first start."""
    try:
        return dict(json.loads((home / FILE).read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def write(home: Path, state: dict[str, Any]) -> None:
    """Replace the file in one step, so that a reader never meets half of it."""
    draft = home / (FILE + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(state, file, indent=2)
    draft.replace(home / FILE)


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """One start or stop at a time; a second waits for the first."""
    with (home / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
