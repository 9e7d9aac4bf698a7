"""What calls itself pure is calculation: it is typed strictly, and imports nothing that asks the database."""

import ast
import re
import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = ("accounts", "notifications", "documents", "look", "examinations", "compliance", "notices", "portal")
STRICT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["files"]


def pure() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\bPure\.(\s|$)", ast.get_docstring(ast.parse(path.read_text())) or "")
    ]


def test_what_calls_itself_pure_is_typed_strictly() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in pure()]
    assert len(names) > 20
    assert [name for name in names if not name.startswith(tuple(STRICT))] == []


def test_what_calls_itself_pure_asks_no_database_and_no_clock() -> None:
    asks = re.compile(r"\bobjects\.|connection\.cursor|timezone\.(now|localdate)|date\.today\(")
    assert [path.name for path in pure() if asks.search(path.read_text())] == []
