import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from demonstration.world import FILES, write_files

SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from demonstration.world import write_files
world = write_files(Path(sys.argv[1]), lines=6_000, seed=3, as_of=date(2026, 11, 24))
print(repr(world))
"""


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def run_apart(folder: Path, hash_seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    first, second = run_apart(tmp_path / "a", "1"), run_apart(tmp_path / "b", "2")
    assert first == second
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_another_seed_or_day_writes_another_world(tmp_path: Path) -> None:
    for name, seed, day in (("a", 3, 24), ("b", 4, 24), ("c", 3, 25)):
        write_files(tmp_path / name, lines=6_000, seed=seed, as_of=date(2026, 11, day))
    found = [digests(tmp_path / name)["entries.csv"] for name in "abc"]
    assert len(set(found)) == 3


@pytest.mark.parametrize("as_of", [date(2026, 1, 1), date(2026, 2, 28), date(2026, 11, 29), date(2027, 7, 4)])
def test_a_world_can_be_of_any_day(tmp_path: Path, as_of: date) -> None:
    world = write_files(tmp_path, lines=5_000, seed=1, as_of=as_of)
    assert world.newest < as_of
    assert world.first.day == 1
    assert 24 * 30 < (as_of - world.first).days < 25 * 31


def test_too_small_a_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="5,000"):
        write_files(tmp_path, lines=4_999, seed=1, as_of=date(2026, 11, 24))
