"""Who reads and writes a self-assessment, by row security alone and by the pages."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Delegation
from accounts.scope import acting_for
from compliance.controls.models import Answer, Correction, Question, QuestionSet, SelfAssessment
from tests.compliance.controls.people import DAY, started, submitted
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
READERS = {"robin", "lee", "jordan", "hq"}


@pytest.mark.parametrize("name", EVERYONE)
def test_an_assessment_opens_to_its_people_its_manager_and_headquarters(world: World, name: str) -> None:
    submitted(world)
    person = world.people[name]
    seen = name in READERS
    with acting_for(person):
        assert SelfAssessment.objects.exists() == seen
        assert Answer.objects.exists() == seen
    assert SelfAssessment.objects.visible_to(person).exists() == seen
    assert Answer.objects.visible_to(person).exists() == seen


@pytest.mark.parametrize("name", EVERYONE)
def test_a_correction_is_told_with_the_outcome_and_not_before(world: World, name: str) -> None:
    one = submitted(world)
    one.answers.all()[0].correct(0, reason="No paper.", by=world.jordan)
    person, staff = world.people[name], name in {"jordan", "hq"}
    with acting_for(person):
        assert Correction.objects.exists() == staff
    assert Correction.objects.visible_to(person).exists() == staff
    one.agree(by=world.jordan, on=DAY)
    with acting_for(person):
        assert Correction.objects.exists() == (name in READERS)
    assert Correction.objects.visible_to(person).exists() == (name in READERS)


def test_a_delegate_of_trends_reads_and_writes_nothing(world: World) -> None:
    one, today = submitted(world), timezone.localdate()
    Delegation.objects.create(
        importer=world.quillard, broker=world.lindale, kinds=["trends"],
        power_of_attorney=today, expires=today + datetime.timedelta(days=30),
    )  # fmt: skip
    client = signed_in(world, "billie")
    assert client.get(f"/accounts/{world.quillard.pk}/controls/{one.pk}/").status_code == 200
    assert client.get(f"/accounts/{world.quillard.pk}/controls/{one.pk}/risk/").status_code == 404
    assert client.post(f"/accounts/{world.quillard.pk}/controls/start/").status_code == 404


def test_members_write_answers_while_it_is_open_and_never_a_review(world: World) -> None:
    one = started(world)
    with acting_for(world.robin):
        assert one.answers.update(level=3) == 20
        with pytest.raises(DatabaseError), transaction.atomic():
            SelfAssessment.objects.update(state="reviewed", reviewed=100, reviewed_on=DAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            Correction.objects.create(
                answer=one.answers.all()[0], account=world.quillard, level=3, reason="x", by=world.robin
            )
    one.submit(by=world.robin, on=DAY)
    with acting_for(world.robin):
        assert one.answers.update(level=0) == 0
    with acting_for(world.jordan):
        assert one.answers.update(level=0) == 0  # nor does the manager write in the account's own words
    with acting_for(world.sam):
        assert SelfAssessment.objects.update(words="x") == 0


def test_a_draft_of_questions_is_headquarters_own(world: World) -> None:
    QuestionSet.draft(by=world.hq, on=DAY)
    for name in ("robin", "jordan", "expert"):
        with acting_for(world.people[name]):
            assert list(QuestionSet.objects.values_list("number", flat=True)) == [1]
            assert Question.objects.count() == 20
            assert Question.objects.update(text="x") == 0
    with acting_for(world.hq):
        assert Question.objects.count() == 40
        assert Question.objects.update(weight=2) == 20  # those of the draft
