"""With a real worker and its login: routing and telling; and two who answer in the same second."""

import io
import time

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone

from examinations.models import ResultQuestion
from inquiries.models import Inquiry, Involvement, Overtaken
from inquiries.routing.round import route_waiting
from notifications.models import Delivery
from tests.committed import at_once
from tests.inquiries.threads import RULING, asked, group_of, rule_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until


@pytest.mark.processes
def test_a_question_from_the_page_is_routed_and_told_by_the_worker(worker: Worker, living: World) -> None:
    rule_of(living)
    sent = {"category": "classification", "subject": "Gears", "text": "Which heading?", "urgency": "usual"}
    assert signed_in(living, "robin").post("/inquiries/new/", sent).status_code == 302
    one = Inquiry.objects.get()
    until(lambda: Involvement.objects.filter(inquiry=one, expert=living.expert).exists(), 30)
    until(lambda: Delivery.objects.filter(person=living.jordan, message__topic="inquiry-asked").exists(), 30)
    page = signed_in(living, "expert").get(f"/inquiries/{one.pk}/")
    assert page.status_code == 200
    assert b"Which heading?" in page.content


def test_two_who_answer_in_the_same_second_give_one_answer_and_one_refusal(living: World) -> None:
    # Asked once before, so that no thread of its own fills what is remembered of tables.
    ContentType.objects.get_for_model(Inquiry)
    one = asked(living)
    seen = one.messages.get().pk
    found = at_once(
        *(
            lambda by=by: Inquiry.objects.get(pk=one.pk).answer(
                by=by, text=f"{by.name} says 8501.", **RULING, seen=seen
            )
            for by in (living.jordan, living.hq)
        )
    )
    assert sorted(isinstance(each, Overtaken) for each in found) == [False, True], found
    assert one.messages.count() == 2
    assert one.promises.count() == 1


class Slow(io.BytesIO):
    """A file that takes its time to be read."""

    def read(self, *args: int | None) -> bytes:
        time.sleep(0.3)
        return super().read(*args)


def test_a_result_that_is_answered_in_the_thread_and_at_the_row_at_once_is_answered_once(living: World) -> None:
    ContentType.objects.get_for_model(Inquiry)
    question = ResultQuestion.objects.ask(  # type: ignore[attr-defined]
        living.examinations["found"], account=living.quillard, kind="data", text="It is a motor.", by=living.robin
    )
    one = Inquiry.objects.get()

    def in_the_thread() -> None:
        one.answer(
            by=living.jordan, text="It is.", **RULING, outcome="stands", documents=[(Slow(b"A sheet."), "a.txt")]
        )

    def at_the_row() -> None:
        time.sleep(0.15)  # the thread is held meanwhile
        question.answer("It stands.", by=living.hq)

    _, refused = at_once(in_the_thread, at_the_row)
    assert isinstance(refused, ValidationError), refused
    question.refresh_from_db()
    assert question.answer_text == "The result stands. It is."


def test_an_inquiry_is_routed_once_by_however_many_workers(living: World) -> None:
    from_now = asked(living)
    rule_of(living, group=group_of(living))
    found = at_once(*[_route] * 3)
    assert sum(found) == 1, found
    assert from_now.routings.count() == from_now.involved.count() == 1


def _route() -> int:
    return route_waiting(timezone.now())
