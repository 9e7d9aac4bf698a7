"""A self-assessment from its first answer to its review: who may do what, in which state, and two at once."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Membership
from compliance.controls.models import Answer, Correction, Given, Question, QuestionSet, SelfAssessment
from tests.compliance.controls.people import DAY, answer_all, started, submitted
from tests.named_people import World

pytestmark = pytest.mark.django_db
STATE = SelfAssessment.State


def test_the_first_set_asks_twenty_questions_about_all_five_components() -> None:
    asked = QuestionSet.objects.in_force()
    assert asked.number == 1
    assert asked.questions.count() == 20
    assert asked.questions.values("component").distinct().count() == 5


def test_begun_twice_it_is_one_and_another_years_is_another(world: World) -> None:
    one = started(world)
    assert started(world).pk == one.pk
    assert one.answers.count() == 20
    assert started(world, datetime.date(2027, 1, 4)).pk != one.pk


@pytest.mark.parametrize("name", ["sam", "billie", "jordan", "morgan", "expert", "hq"])
def test_nobody_but_its_people_begins_or_answers(world: World, name: str) -> None:
    with pytest.raises(PermissionDenied):
        SelfAssessment.start(world.quillard, by=world.people[name], on=DAY)
    one = started(world)
    answer = one.answers.all()[0]
    with pytest.raises(PermissionDenied):
        Answer.objects.save_all(one, {answer.pk: Given(0, 3, True, "")}, by=world.people[name])


def test_an_open_question_keeps_it_from_being_handed_in(world: World) -> None:
    one = started(world)
    answer_all(one, world)
    answer = one.answers.all()[3]
    Answer.objects.save_all(one, {answer.pk: Given(answer.version, None, False, "")}, by=world.robin)
    with pytest.raises(ValidationError, match="1 question is open: answer it first"):
        one.submit(by=world.robin, on=DAY)
    fresh = one.answers.get(pk=answer.pk)
    Answer.objects.save_all(one, {answer.pk: Given(fresh.version, None, False, "We import one product.")}, by=world.lee)
    one.submit(by=world.robin, on=DAY)
    assert (one.state, one.stated) == (STATE.SUBMITTED, Decimal("70.0"))


def test_only_an_administrator_hands_it_in(world: World) -> None:
    one = started(world)
    answer_all(one, world)
    Membership.objects.filter(person=world.lee).update(administrator=False)
    with pytest.raises(PermissionDenied):
        one.submit(by=world.lee, on=DAY)


def test_of_two_at_once_the_second_is_told_and_neither_loses_anything(world: World) -> None:
    one = started(world)
    first, second = one.answers.all()[:2]
    Answer.objects.save_all(one, {first.pk: Given(0, 3, True, "Robin wrote this")}, by=world.robin)
    theirs = {first.pk: Given(0, 1, True, "Lee wrote this"), second.pk: Given(0, 2, True, "and this")}
    (overtaken,) = Answer.objects.save_all(one, theirs, by=world.lee)
    assert (overtaken.pk, overtaken.words, overtaken.changed_by_id) == (first.pk, "Robin wrote this", world.robin.pk)
    assert one.answers.get(pk=second.pk).words == "and this"
    merged = {first.pk: Given(overtaken.version, 1, True, "Robin wrote this; Lee wrote this")}
    assert Answer.objects.save_all(one, merged, by=world.lee) == []
    assert one.answers.get(pk=first.pk).words == "Robin wrote this; Lee wrote this"


def test_the_same_answer_twice_is_no_change(world: World) -> None:
    one = started(world)
    answer = one.answers.all()[0]
    given = {answer.pk: Given(0, 3, True, "So")}
    Answer.objects.save_all(one, given, by=world.robin)
    assert Answer.objects.save_all(one, given, by=world.lee) == []
    assert one.answers.get(pk=answer.pk).version == 1


def test_answers_of_another_assessment_are_not_touched(world: World) -> None:
    one = started(world)
    other = SelfAssessment.start(world.stranger, by=world.sam, on=DAY)
    foreign = other.answers.all()[0]
    Answer.objects.save_all(one, {foreign.pk: Given(0, 3, True, "mine")}, by=world.robin)
    assert other.answers.get(pk=foreign.pk).level is None


def test_handed_in_it_is_answered_no_more_until_asked_back(world: World) -> None:
    one = submitted(world)
    answer = one.answers.all()[0]
    with pytest.raises(ValidationError, match="moved on"):
        Answer.objects.save_all(one, {answer.pk: Given(answer.version, 3, True, "")}, by=world.robin)
    with pytest.raises(ValidationError, match="Say what"):
        one.ask_back(by=world.jordan, on=DAY, words="  ")
    one.ask_back(by=world.jordan, on=DAY, words="Send the test of March.")
    Answer.objects.save_all(one, {answer.pk: Given(answer.version, 3, True, "")}, by=world.robin)
    one.submit(by=world.robin, on=DAY)
    one.agree(by=world.jordan, on=DAY)
    assert one.state == STATE.REVIEWED


@pytest.mark.parametrize("name", ["robin", "sam", "billie", "morgan", "expert"])
def test_nobody_but_its_manager_and_headquarters_reviews(world: World, name: str) -> None:
    one = submitted(world)
    answer = one.answers.all()[0]
    with pytest.raises(PermissionDenied):
        one.agree(by=world.people[name], on=DAY)
    with pytest.raises(PermissionDenied):
        answer.correct(0, reason="no", by=world.people[name])


def test_corrections_move_the_reviewed_score_and_not_the_stated_one(world: World) -> None:
    one = submitted(world, level=3)
    for answer in one.answers.filter(question__component="monitoring"):
        answer.correct(0, reason="No paper shows it.", by=world.jordan)
    one.agree(by=world.jordan, on=DAY)
    assert (one.stated, one.reviewed) == (Decimal("100.0"), Decimal("80.0"))


def test_a_correction_needs_a_reason_and_a_level_that_there_is(world: World) -> None:
    answer = submitted(world).answers.all()[0]
    with pytest.raises(ValidationError, match="Say why"):
        answer.correct(1, reason=" ", by=world.jordan)
    with pytest.raises(ValidationError, match="no level"):
        answer.correct(9, reason="because", by=world.jordan)
    answer.correct(1, reason="because", by=world.jordan)
    answer.correct(2, reason="on second thoughts", by=world.jordan)
    answer.let_stand(by=world.jordan)
    assert not Correction.objects.exists()


def test_a_new_set_leaves_what_was_answered_under_the_old_one(world: World) -> None:
    one = submitted(world)
    draft = QuestionSet.draft(by=world.hq, on=DAY)
    assert draft.questions.count() == 20
    draft.questions.filter(code="policy").update(text="Changed", weight=1)
    draft.put_in_force(by=world.hq, on=DAY)
    assert one.answers.get(question__code="policy").question.text != "Changed"
    assert started(world, datetime.date(2027, 2, 1)).question_set == draft


def test_a_set_is_put_in_force_only_whole_and_only_by_headquarters(world: World) -> None:
    with pytest.raises(PermissionDenied):
        QuestionSet.draft(by=world.jordan, on=DAY)
    draft = QuestionSet.draft(by=world.hq, on=DAY)
    with pytest.raises(ValidationError, match="a draft already"):
        QuestionSet.draft(by=world.hq, on=DAY)
    Question.objects.filter(question_set=draft, component="risk").delete()
    with pytest.raises(ValidationError, match="No question asks about risk assessment"):
        draft.put_in_force(by=world.hq, on=DAY)
    Question.objects.filter(question_set=draft, component="activities").delete()
    with pytest.raises(ValidationError, match="15 to 25 questions; this one has 11"):
        draft.put_in_force(by=world.hq, on=DAY)
    with pytest.raises(ValidationError, match="make a draft"):
        QuestionSet.objects.get(number=1).put_in_force(by=world.hq, on=DAY)


@pytest.mark.parametrize("points", [[0, 50, 40, 100], [10, 20, 30, 100], [0, 35, 70], [0, 35, 70, 90]])
def test_points_of_levels_rise_from_nothing_to_a_hundred(points: list[int]) -> None:
    with pytest.raises(ValidationError, match="rise from 0 to 100"):
        QuestionSet(number=9, level_points=points).clean()
