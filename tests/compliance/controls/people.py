"""A self-assessment of Quillard, for the tests of this room."""

import datetime

from compliance.controls.models import Answer, Given, SelfAssessment
from tests.named_people import World

DAY = datetime.date(2026, 6, 1)


def started(world: World, on: datetime.date = DAY) -> SelfAssessment:
    return SelfAssessment.start(world.quillard, by=world.robin, on=on)


def answer_all(one: SelfAssessment, world: World, level: int = 2) -> None:
    given = {a.pk: Given(a.version, level, True, "As our handbook says.") for a in one.answers.all()}
    assert Answer.objects.save_all(one, given, by=world.robin) == []


def submitted(world: World, level: int = 2, on: datetime.date = DAY) -> SelfAssessment:
    one = started(world, on)
    answer_all(one, world, level)
    one.submit(by=world.robin, on=on)
    return one
