"""Every variable of the environment that the code reads stands in docs/operations.md, and the reverse."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "benchmarks", "compliance", "demonstration", "documents", "examinations", "look", "notices")
READ = [*(ROOT / room for room in (*ROOMS, "notifications", "portal", "servers")), ROOT / "manage.py"]
NAME = re.compile(r"^[A-Z][A-Z0-9_]{2,}$")
ENVIRONMENT = {"environ", "environment"}
#: What is in every file that asks; no other need be parsed.
MAY_ASK = re.compile(r"\b(?:os|environ|environment|_url_names)\b")
READERS = {
    "get",
    "getenv",
    "pop",
    "flag",
    "number",
    "words",
    "choice",
    "address",
    "scanner",
    "storage",
    "_number",
    "_flag",
}
#: What one process of the portal says to another; nobody sets it by hand.
INTERNAL = {"MAIL_SINK_PORT"}
PAGE = (ROOT / "docs" / "operations.md").read_text()


def _is_environment(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ENVIRONMENT | {"os"}


def _asked(node: ast.AST) -> list[ast.expr]:
    """What a piece of code asks the environment for."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        return [node.args[0]] if node.func.attr in READERS and _is_environment(node.func.value) else []
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return [node.slice] if _is_environment(node.value) else []
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        return [node.left] if _is_environment(node.comparators[0]) else []
    if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "_url_names" for target in node.targets):
        return list(node.value.values) if isinstance(node.value, ast.Dict) else []
    return []


def _names(tree: ast.AST) -> set[str]:
    asked = [part for node in ast.walk(tree) for part in _asked(node)]
    found = {part.value for part in asked if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return {name for name in found if NAME.match(name)}


@functools.cache
def read_by_code() -> set[str]:
    files = [file for place in READ for file in ([place] if place.is_file() else place.rglob("*.py"))]
    texts = [text for file in files if MAY_ASK.search(text := file.read_text())]
    found = {name for text in texts for name in _names(ast.parse(text))}
    return (found - INTERNAL) | set(re.findall(r"^([A-Z_]+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE))


def documented() -> set[str]:
    """The first cells of the tables of settings."""
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", PAGE, re.MULTILINE))


def test_the_reading_of_the_code_finds_every_way_in_which_it_asks() -> None:
    source = """
import os
a = os.environ.get("ONE_WAY") or os.environ["OTHER_WAY"]
b = "THIRD_WAY" not in os.environ
c = environment.flag("FOURTH_WAY")
_url_names = {"web": "FIFTH_WAY"}
os.environ["WRITTEN"] = "1"
"""
    assert _names(ast.parse(source)) == {"ONE_WAY", "OTHER_WAY", "THIRD_WAY", "FOURTH_WAY", "FIFTH_WAY"}
    assert {"DATABASE_WEB_URL", "SECRET_KEY", "PORT", "NODE_FROM_WHEEL"} <= read_by_code()


def test_every_variable_that_the_code_reads_is_documented() -> None:
    assert read_by_code() - documented() == set()


def test_every_documented_variable_is_read() -> None:
    assert documented() - read_by_code() == set()


def test_no_variable_is_documented_twice() -> None:
    found = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", PAGE, re.MULTILINE)
    assert sorted(found) == sorted(set(found))


#: Bounds and defaults of settings that are numbers: portal.environment.number(name, default, least=, most=).
NUMBERS = re.findall(
    r'environment\.number\("(\w+)", ([\d_]+), least=([\d_]+), most=([\d_]+)\)',
    (ROOT / "portal" / "settings.py").read_text(),
)


@pytest.mark.parametrize(("name", "default", "least", "most"), NUMBERS, ids=[one[0] for one in NUMBERS])
def test_numbers_are_documented_with_their_default_and_bounds(name: str, default: str, least: str, most: str) -> None:
    row = re.search(rf"^\| `{name}` \|.*$", PAGE, re.MULTILINE)
    assert row is not None
    numbers = {int(text.replace(",", "")) for text in re.findall(r"\d[\d,]*", row.group())}
    assert {int(default), int(least), int(most.replace("_", ""))} <= numbers
