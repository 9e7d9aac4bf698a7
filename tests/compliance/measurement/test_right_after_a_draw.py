"""A plan that was just drawn, of which the database has no statistics yet: nothing is looked for again for each line."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from compliance.measurement.results import LIST, OTHERS, PROGRESS, REVIEWS
from tests.compliance.measurement.conftest import DRAWN_ON
from tests.compliance.measurement.lines import AS_OF, drawn_of, import_lines, plan_of, review
from tests.named_people import World

pytestmark = pytest.mark.django_db
LINES = 60


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)


STATEMENTS = {"progress": PROGRESS, "reviews": REVIEWS, "list": LIST, "others": OTHERS}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_each_line_looks_for_its_review_once(world: World, statement: str) -> None:
    with connection.cursor() as cursor:
        # Of tables that are all but empty.
        cursor.execute("ANALYZE examinations_examination, examinations_selection, measurement_drawnline")
    import_lines(world, LINES)
    plan = plan_of(world, lines=LINES)
    plan.freeze(by=world.hq, seed=1, on=DRAWN_ON)
    for one in drawn_of(plan):
        review(world, one)
    given = {"plans": [plan.pk], "as_of": AS_OF, "starts": plan.starts, "ends": plan.ends, "zone": "America/New_York"}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, given)
        ((((root,),),)) = cursor.fetchall()
    found = [one for one in nodes(root["Plan"]) if one.get("Relation Name") == "examinations_examination"]
    assert found
    read = [one["Actual Loops"] * (1 + one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) for one in found]
    assert max(read) <= 10 * LINES, "not each line for each line"
