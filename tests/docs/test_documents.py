"""What README and docs name exists: files, commands, targets, rooms, sign-ins."""

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import get_commands

from demonstration.management.commands.sign_ins import WHO

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
OUTSIDE = re.compile(r"^[a-z]+:")


def _without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", _without_code(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_relative_link_resolves(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", _without_code(page.read_text())):
        if OUTSIDE.match(target):
            continue
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor:
            assert anchor in _anchors(found), f"{page.name} links to {target}"


def test_every_picture_has_words_for_those_who_cannot_see_it() -> None:
    for page in PAGES:
        for words in re.findall(r"!\[([^\]]*)\]\(", page.read_text()):
            assert len(words.split()) > 8, f"{page.name}: {words!r}"


@pytest.mark.parametrize("page", DOCS, ids=[str(page.relative_to(ROOT)) for page in DOCS])
def test_every_document_is_reached_from_the_readme(page: Path) -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        current = todo.pop().resolve()
        if current in reached:
            continue
        reached.add(current)
        links = re.findall(r"\]\(([^)#]+\.md)", _without_code(current.read_text()))
        todo += [current.parent / link for link in links if not OUTSIDE.match(link)]
    assert page.resolve() in reached


# ---- commands ----------------------------------------------------------------------------------------------


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"`(?:\w+=\S+ )*make ([a-z-]+)`", text)) | set(re.findall(r"^make ([a-z-]+)", text, re.M))
    assert named - _targets() == set()


def test_the_readme_names_every_target_for_people() -> None:
    named = set(re.findall(r"make ([a-z-]+)", README))
    # `make setup`, `make test`, `make servers` and `make check` call these.
    called = {"setup-tests", "environment", "assets", "started", "collected", "style", "types", "rooms"}
    called |= {"templates", "installation"}
    assert _targets() - named == called


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    if page == ROOT / "README.md":
        (block,) = re.findall(r"With `\.venv/bin/python manage\.py`:\n\n```\n(.*?)```", text, re.DOTALL)
        named |= set(re.findall(r"^([a-z_]+)", block, re.MULTILINE))
    assert named - set(get_commands()) == set()


def test_the_readme_names_every_command_of_ours_for_people() -> None:
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in rooms}
    (block,) = re.findall(r"With `\.venv/bin/python manage\.py`:\n\n```\n(.*?)```", README, re.DOTALL)
    called_by_make_run_alone = {"sign_ins"}
    assert ours - set(re.findall(r"^([a-z_]+)", block, re.MULTILINE)) - called_by_make_run_alone == set()


def test_the_readme_names_the_sign_ins_and_their_password() -> None:
    named = set(re.findall(r"^\| `(\w+)@demo\.example` \|", README, re.MULTILINE))
    assert named == set(WHO)
    (password,) = re.findall(r'DEMO_PASSWORD"\) or "([^"]+)"', (ROOT / "portal" / "settings.py").read_text())
    assert f"`{password}`" in README


def test_every_file_that_is_named_exists() -> None:
    """Paths in backticks with a folder or an ending of ours; folders end in a slash."""
    rooms = ("accounts", "benchmarks", "compliance", "demonstration", "documents", "examinations", "look", "notices")
    rooms += ("inquiries", "notifications", "portal", "servers", "templates", "tests", "docs")
    named = re.compile(rf"`((?:{'|'.join(rooms)})/[\w/.-]*)`")
    for page in PAGES:
        for path in named.findall(page.read_text()):
            assert (ROOT / path).exists(), f"{page.name} names {path}"


# ---- the drawing and the decisions -------------------------------------------------------------------------


def _contract(number: int) -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["contracts"][number]["layers"])


def _words_of(group: str) -> list[str]:
    drawing = ElementTree.parse(ROOT / "docs" / "architecture.svg")
    space = "{http://www.w3.org/2000/svg}"
    (found,) = [one for one in drawing.iter(f"{space}g") if one.get("id") == group]
    return ["".join(text.itertext()) for text in found.iter(f"{space}text") if text.get("class") == "name"]


def test_the_drawing_shows_the_rooms_of_the_contract_in_their_order() -> None:
    assert _words_of("rooms") == list(reversed(_contract(0)))


def test_the_drawing_names_the_rooms_of_compliance() -> None:
    text = (ROOT / "docs" / "architecture.svg").read_text()
    assert all(f"{room}:" in text for room in _contract(1))


def test_the_drawing_shows_the_way_of_the_data_and_the_processes() -> None:
    way = ["file", "staging", "checks", "entries, examinations", "summaries", "touched accounts", "risk", "messages"]
    shown = _words_of("data")
    assert [step for step in shown if step in way] == way
    assert "rejects" in shown
    assert _words_of("processes")[:3] == ["owner", "web", "worker"]


def test_the_page_of_the_rooms_names_them_in_their_order() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert named == list(reversed(_contract(0)))


def test_the_drawing_loads_nothing_and_runs_nothing() -> None:
    drawing = ElementTree.parse(ROOT / "docs" / "architecture.svg")
    tags = {element.tag.rpartition("}")[2] for element in drawing.iter()}
    assert not tags & {"script", "image", "foreignObject", "use"}
    assert "prefers-color-scheme: dark" in (ROOT / "docs" / "architecture.svg").read_text()


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=[page.stem for page in DECISIONS])
def test_a_decision_says_what_why_and_what_was_given_up(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {int(page.name[:4])}. ")
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads[:4] == ["Decided", "Why", "Given up", "Where it shows"]
    assert page.name in (ROOT / "docs" / "decisions" / "README.md").read_text()
