"""Every class of the portal's own style sheet is one that a page can have."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = r"[A-Za-z_][\w-]*"
#: A class attribute, or the parameter of a piece of a page that becomes one; what stands in template tags included.
ATTRIBUTE = re.compile(r'\b(?:class|css)="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)"', re.DOTALL)


def _of_the_sheet() -> set[str]:
    text = re.sub(r'/\*.*?\*/|"[^"]*"', "", (ROOT / "static/look.css").read_text(), flags=re.DOTALL)
    return set(re.findall(rf"\.({NAME})", " ".join(re.findall(r"([^{}]+)\{", text))))


def _strings(source: str) -> list[str]:
    """Strings of a module that may be a class or several: no sentences, no formats."""
    nodes = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [value for value in nodes if isinstance(value, str) and re.fullmatch(r"[\w -]+", value)]


def test_each_class_of_the_sheet_is_on_a_page() -> None:
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    attributes = [attribute for text in templates for attribute in ATTRIBUTE.findall(text)]
    scripts = [path.read_text() for path in (ROOT / "static").glob("*.js")]
    said = [*attributes, *(quoted for text in scripts for quoted in re.findall(r"""["'`]([\w -]+)["'`]""", text))]
    said += [value for path in (ROOT / "look").rglob("*.py") for value in _strings(path.read_text())]
    named = {name for text in said for name in re.findall(NAME, text)}
    built = tuple(start for text in attributes for start in re.findall(rf"\b({NAME}--)\{{\{{", text))
    sheet = _of_the_sheet()
    assert {"lead", "fin", "stackable"} <= sheet
    assert sorted(name for name in sheet - named if not name.startswith(built)) == []
