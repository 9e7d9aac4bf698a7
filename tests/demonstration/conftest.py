from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from demonstration.world import FILES, World, write_files

AS_OF = date(2026, 11, 24)


@dataclass(frozen=True)
class Written:
    """A world and its files, every cell as text; empty cells are null."""

    folder: Path
    world: World
    files: Mapping[str, pl.DataFrame]


def written(folder: Path, lines: int) -> Written:
    world = write_files(folder, lines=lines, seed=1, as_of=AS_OF)
    return Written(folder, world, {name[:-4]: pl.read_csv(folder / name, infer_schema_length=0) for name in FILES})


_made: dict[int, Written] = {}


def made_once(folders: pytest.TempPathFactory, lines: int) -> Written:
    """Once in a process, also for a file elsewhere that has the fixture from here."""
    if lines not in _made:
        _made[lines] = written(folders.mktemp("written"), lines)
    return _made[lines]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return made_once(tmp_path_factory, 12_000)


@pytest.fixture(scope="session")
def middling(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return made_once(tmp_path_factory, 60_000)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return made_once(tmp_path_factory, 600_000)
