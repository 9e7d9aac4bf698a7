"""docs/demonstration.md: who stands behind the sign-ins, and how much there is, as the invented world has it."""

import re
from pathlib import Path

from examinations.loading.kinds import names
from tests.demonstration.conftest import AS_OF, Written, whole  # noqa: F401  the fixture

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "demonstration.md").read_text()
WORDS = " ".join(PAGE.split())


def test_the_page_names_who_stands_behind_the_sign_ins(whole: Written) -> None:  # noqa: F811
    world = whole.world
    for sign_in, name in (("importer", world.importer), ("broker", world.broker), ("stranger", world.stranger)):
        assert f"**{sign_in}@**: {name}," in WORDS
    numbers = " and ".join(world.account(world.importer).identifiers)
    assert numbers in WORDS
    own = next(manager for manager in world.managers if manager.email == "manager@demo.example")
    assert f"**manager@**: {own.name}, with {len(own.accounts)} accounts" in WORDS


def test_the_page_names_who_is_away_and_which_accounts_have_no_manager(whole: Written) -> None:  # noqa: F811
    world = whole.world
    names_of = {manager.email: manager.name for manager in world.managers}
    for manager in world.managers:
        if manager.absent:
            last = manager.absent[1]
            said = f"{manager.name}, until {last:%B} {last.day}; covered by {names_of[manager.covered_by or '']}"
            assert said in WORDS
    assert f"Without a manager: {', '.join(world.orphans)}." in WORDS
    assert f"{len(world.managers)} managers hold" in WORDS


def test_the_page_counts_notices_and_companies(whole: Written) -> None:  # noqa: F811
    world = whole.world
    ahead = sum(notice.effective_date > AS_OF for notice in world.notices)
    assert sum(notice.draft for notice in world.notices) == 2
    assert (
        f"Notices: {len(world.notices)}, of which {ahead} take effect after today; two are still drafts, one is scheduled"
        in WORDS
    )
    kinds = [company.kind for company in world.accounts]
    assert re.search(rf"\| {kinds.count('IMPORTER')}, {kinds.count('BROKER')} \|", PAGE)


def test_the_portal_loads_every_file_of_the_demonstration() -> None:
    written = set(re.findall(r"`(\w+)\.csv`", WORDS.split("It returns")[0]))
    assert "requests" in written
    assert written - set(names()) == set()
