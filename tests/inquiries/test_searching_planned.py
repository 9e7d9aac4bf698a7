"""Searches as one types are planned for who asks and for what, not once for all."""

import pytest
from django.db import connection

from accounts.scope import acting_for
from inquiries.knowledge.searching import threads_like
from tests.inquiries.threads import RULING, asked
from tests.named_people import World

pytestmark = pytest.mark.django_db


def test_no_search_keeps_the_plan_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, proconfig FROM pg_proc WHERE proname IN ('find_threads', 'find_knowledge')")
        found = dict(cursor.fetchall())
    assert set(found) == {"find_threads", "find_knowledge"}
    for name, settings in found.items():
        assert "plan_cache_mode=force_custom_plan" in settings, name
        assert any(one.startswith("search_path=") for one in settings), name


def test_each_of_many_searches_of_one_connection_finds_what_its_asker_may_see(world: World) -> None:
    ours = asked(world, subject="Heading of a gear motor")
    theirs = asked(world, subject="Heading of a gear motor", account=world.stranger, by=world.sam)
    for one, by in ((ours, world.jordan), (theirs, world.morgan)):
        one.answer(by=by, text="8501.", **RULING)
    seen = {
        "robin": {ours},
        "sam": {theirs},
        "jordan": {ours},
        "morgan": {theirs},
        "hq": {ours, theirs},
        "expert": set(),
    }
    for _ in range(4):
        for name, expected in seen.items():
            person = world.people[name]
            with acting_for(person):
                assert set(threads_like("gear motor ", person, 3)) == expected, name
