"""Questions about results are inquiries, and what came of them stands at the examination; experts who leave hand back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Person
from accounts.scope import acting_for
from accounts.signals import left
from examinations.models import ResultQuestion
from inquiries.leaving import leave
from inquiries.models import GroupMember, Inquiry, Involvement, Outcome, Routing, State
from inquiries.routing.round import route_waiting
from inquiries.telling import tell
from tests.inquiries.threads import RULING, asked, brought_in, group_of
from tests.named_people import World, make_account, make_person

pytestmark = pytest.mark.django_db


def questioned(world: World, kind: str = "disagree") -> Inquiry:
    """Robin does not agree with a result."""
    ResultQuestion.objects.ask(  # type: ignore[attr-defined]
        world.examinations["found"], account=world.quillard, kind=kind, text="It is a motor.", by=world.robin
    )
    return Inquiry.objects.get()


@pytest.mark.parametrize(
    ("kind", "category"), [("data", "result-data"), ("disagree", "result-disagree"), ("unclear", "result-unclear")]
)
def test_a_question_about_a_result_is_an_inquiry_of_its_own_category(world: World, kind: str, category: str) -> None:
    one = questioned(world, kind)
    assert (one.category_id, one.about, one.state) == (category, world.examinations["found"], State.OPEN)
    assert one.question.text == one.messages.get().text
    assert one.due_at is not None


def test_what_came_of_it_stands_at_the_row(world: World) -> None:
    one = questioned(world)
    with pytest.raises(ValidationError, match="what came of it"):
        one.answer(by=world.jordan, text="We looked again.", **RULING)
    one.answer(by=world.jordan, text="We looked again.", **RULING, outcome=Outcome.CORRECTED)
    question = ResultQuestion.objects.get()
    assert question.answer_text == "The data are corrected. We looked again."
    assert question.answered_by == world.jordan
    one.reply(by=world.robin, text="Thank you.")
    one.answer(by=world.jordan, text="And more.", **RULING, outcome=Outcome.STANDS)
    question.refresh_from_db()
    assert question.answer_text == "The result stands. And more."


def test_a_long_answer_says_where_the_whole_of_it_stands(world: World) -> None:
    one = questioned(world)
    one.answer(by=world.jordan, text="x" * 9_000, **RULING, outcome=Outcome.STANDS)
    text = ResultQuestion.objects.get().answer_text
    assert len(text) == 4_000
    assert one.number in text


def test_answered_at_the_row_it_is_answered_here(world: World) -> None:
    one = questioned(world)
    ResultQuestion.objects.get().answer("It stands.", by=world.jordan)
    one.refresh_from_db()
    assert (one.state, one.outcome) == (State.ANSWERED, Outcome.AT_THE_ROW)
    assert one.messages.last().text == "It stands."
    assert one.promises.get().kept


def test_once_the_number_has_moved_each_account_reads_its_own_answer_alone(world: World) -> None:
    one, question = questioned(world), ResultQuestion.objects.get()
    other = make_account("Quillard Holdings", "importer", "96-700000000")
    other.take_identifier(world.quillard.identifiers.get(), by=world.hq)
    with acting_for(world.jordan):
        Inquiry.objects.get(pk=one.pk).answer(by=world.jordan, text="For Quillard.", **RULING, outcome=Outcome.STANDS)
    question.refresh_from_db()
    assert (question.account, question.answer_text) == (other, "")
    assert "belongs to another account" in one.steps.filter(staff_only=True).last().words
    one.reply(by=world.robin, text="Why?")
    with acting_for(world.hq):
        ResultQuestion.objects.get(pk=question.pk).answer("For the holding.", by=world.hq)
    one.refresh_from_db()
    assert one.state == State.OPEN
    assert not one.messages.filter(text__contains="holding").exists()


def test_nobody_hears_twice_of_a_question_about_a_result(world: World) -> None:
    questioned(world).answer(by=world.jordan, text="We looked.", **RULING, outcome=Outcome.STANDS)
    assert tell(timezone.now()) == 0


# ---- an expert leaves -------------------------------------------------------------------------------------------


def test_twenty_open_inquiries_of_an_expert_who_leaves_go_back_and_on_to_others(world: World) -> None:
    ada = make_person("Ada Expert", Person.Role.EXPERT)
    inquiries = [asked(world, subject=f"Question {n}") for n in range(20)]
    for one in inquiries:
        brought_in(world, one)
    done = asked(world, subject="Done")
    brought_in(world, done)
    done.answer(by=world.jordan, text="8501.", **RULING)
    GroupMember.objects.create(group=group_of(world), expert=ada)
    assert leave(world.expert, by=world.hq, today=timezone.localdate()) == 20
    world.expert.refresh_from_db()
    assert not world.expert.is_active
    assert not Involvement.objects.filter(expert=world.expert, until=None).exists()
    Inquiry.objects.update(routed_at=timezone.now())
    assert route_waiting(timezone.now()) == 20
    assert Involvement.objects.filter(expert=ada, until=None).count() == 20
    assert Routing.objects.filter(expert=ada, reason__startswith="Expert Nobody has left.").count() == 20


@pytest.mark.parametrize("changed", [{"is_active": False}, {"role": "manager"}])
def test_an_expert_who_goes_by_another_way_hands_everything_back_too(world: World, changed: dict[str, Any]) -> None:
    ada = make_person("Ada Expert", Person.Role.EXPERT)
    one = asked(world)
    brought_in(world, one)
    GroupMember.objects.create(group=group_of(world), expert=ada)
    Person.objects.filter(pk=world.expert.pk).update(**changed)
    Inquiry.objects.update(routed_at=timezone.now())
    assert route_waiting(timezone.now()) == 1
    assert one.involved.get(until=None).expert == ada
    assert one.steps.get(words__startswith="Expert Nobody is no expert any more.").staff_only
    assert route_waiting(timezone.now()) == 0


def test_what_cannot_go_back_lets_nobody_leave(world: World) -> None:
    one = asked(world)
    brought_in(world, one)

    def refuse(**kwargs: object) -> None:
        raise ValueError("No")

    left.connect(refuse, sender=Person)
    try:
        with pytest.raises(ValueError, match="No"):
            leave(world.expert, by=world.hq, today=timezone.localdate())
    finally:
        left.disconnect(refuse, sender=Person)
    world.expert.refresh_from_db()
    assert world.expert.is_active
    assert one.involved.filter(until=None).exists()


def test_only_headquarters_lets_an_expert_leave_and_only_an_expert(world: World) -> None:
    today = timezone.localdate()
    with pytest.raises(PermissionDenied):
        leave(world.expert, by=world.jordan, today=today)
    with pytest.raises(ValidationError):
        leave(world.jordan, by=world.hq, today=today)
