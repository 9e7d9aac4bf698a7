"""Every topic with which a room queues a message has a kind of its own, found in the source: none is "everything else"."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from compliance.bonds import reminding as bonds
from inquiries import telling as inquiries
from notifications import kinds

ROOMS = ("accounts", "compliance", "documents", "examinations", "inquiries", "notices", "notifications", "portal")
#: Where the topic stands that is given to `tell_once`.
PLACE = 1


def _given(tree: ast.Module) -> Iterator[ast.expr]:
    """What a module writes as the topic of a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "tell_once" and len(node.args) > PLACE:
                yield node.args[PLACE]
            yield from (one.value for one in node.keywords if one.arg == "topic")
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "topic":
                    yield value


def _texts(given: ast.expr, module: ModuleType) -> set[str]:
    """The words that it may be. Of what is known only when it runs, every constant of its module in capital letters; of
    what is handed through under the name `topic`, none: who hands it in says it."""
    if isinstance(given, ast.IfExp):
        return _texts(given.body, module) | _texts(given.orelse, module)
    if isinstance(given, ast.Constant):
        return {str(given.value)}
    if isinstance(given, ast.Name) and given.id == "topic":
        return set()
    if isinstance(given, ast.Name) and hasattr(module, given.id):
        return {getattr(module, given.id)}
    if isinstance(given, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.FormattedValue) else one for one in given.values]
        return {"".join(text for one in parts for text in _texts(one, module))}
    return {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}


def _topics() -> dict[str, str]:
    """Each topic, and the module that queues with it."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted(Path(settings.BASE_DIR, room).rglob("*.py")):
            given = list(_given(ast.parse(path.read_text())))
            if given:
                name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
                module = importlib.import_module(name)
                found |= {text: name for one in given for text in _texts(one, module)}
    return found


def test_no_topic_falls_to_everything_else() -> None:
    found = _topics()
    assert {"notice", "plan", "selection-ready", "invitation", "monthly report", bonds.TOPIC, inquiries.MISSED} <= set(
        found
    )
    other = {
        topic: name for topic, name in found.items() if (kind := kinds.kind_of(topic)) and kind.name == kinds.OTHER
    }
    assert not other


@pytest.mark.parametrize("topic", [bonds.TOPIC, inquiries.HALF, inquiries.QUARTER, inquiries.MISSED])
def test_what_asks_to_act_waits_for_no_digest(topic: str) -> None:
    kind = kinds.kind_of(topic)
    assert kind is not None
    assert not kind.waits
    assert kind.name == kinds.ASKED
