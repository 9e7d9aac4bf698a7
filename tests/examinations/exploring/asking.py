"""A pivot asked as a person, and the same counted by hand."""

import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.scope import acting_for
from examinations.exploring.dimensions import DIMENSIONS
from examinations.exploring.entries import entries_by
from examinations.exploring.measures import MEASURES
from examinations.exploring.pivot import pivot_of
from examinations.exploring.question import Question
from examinations.figures import Period
from tests.named_people import World

DAY = datetime.timedelta(days=1)


def year() -> Period:
    today = timezone.localdate()
    return Period(today - 400 * DAY, today)


def pivot(world: World, name: str, measure: str, rows: str, columns: str = "", period: Period | None = None) -> Any:
    with acting_for(world.people[name]):
        asked = MEASURES[measure], DIMENSIONS[rows], DIMENSIONS.get(columns), world.people[name]
        return pivot_of(Question(world.quillard, period or year(), *asked))


def by_hand(sql: str) -> dict[Any, Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {tuple(row[:-1]) if len(row) > 2 else row[0]: row[-1] for row in cursor.fetchall()}


def trade(world: World, name: str, measure: str, rows: str, columns: str = "", account: Any = None) -> Any:
    with acting_for(world.people[name]):
        asked = MEASURES[measure], DIMENSIONS[rows], DIMENSIONS.get(columns), world.people[name]
        return entries_by(Question(account or world.quillard, year(), *asked))
