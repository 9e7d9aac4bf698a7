"""Who hears by mail of a question about a result and of its answer, and what the first page says."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Assignment, Cover, Membership
from accounts.scope import acting_for
from examinations.models import ResultQuestion
from examinations.telling.questions import tell_of_questions
from notifications import sending
from notifications.models import Delivery, Message
from tests.mail_servers import Post
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, until

SECRET = "Why 8501, and not 8503?"
DAY = datetime.timedelta(days=1)
ANSWER = "From the invoice of May."


def ask(world: World, by: str = "robin") -> ResultQuestion:
    account = world.lindale if by == "billie" else world.quillard
    return ResultQuestion.objects.ask(  # type: ignore[attr-defined]
        world.examinations["found"], account=account, kind="disagree", text=SECRET, by=world.people[by]
    )


def told(topic: str) -> set[str]:
    return set(Delivery.objects.filter(message__topic=topic).values_list("person__name", flat=True))


@pytest.mark.django_db
def test_the_manager_and_who_covers_hear_of_a_question_once(world: World) -> None:
    today = timezone.localdate()
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today, ends=today + datetime.timedelta(9))
    question = ask(world)
    assert (tell_of_questions(), tell_of_questions()) == (1, 0)
    assert told("question") == {"Jordan Ellery", "Morgan Other"}
    message = Message.objects.get()
    assert (
        message.path == f"/accounts/{world.quillard.pk}/examinations/{question.examination_id}/questions/{question.pk}/"
    )
    assert signed_in(world, "jordan").get(message.path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("since", "days", "reached"), [(0, 9, True), (1, 9, False), (-9, 9, False)])
def test_a_mail_goes_to_who_covers_only_while_the_colleague_is_away(
    world: World, post: Post, since: int, days: int, reached: bool
) -> None:
    """The cover may have begun or ended between the telling and the sending."""
    today = timezone.localdate()
    cover = Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today, ends=today + DAY)
    ask(world)
    tell_of_questions()
    starts = today + since * DAY
    Cover.objects.filter(pk=cover.pk).update(starts=starts, ends=starts + days * DAY)
    assert sending.send_all() == 1 + reached
    assert set(post.to) == {world.jordan.email} | ({world.morgan.email} if reached else set())


@pytest.mark.django_db
def test_the_asker_alone_hears_that_it_is_answered_and_finds_it_on_the_first_page(world: World) -> None:
    question = ask(world)
    tell_of_questions()
    robin, lee = signed_in(world, "robin"), signed_in(world, "lee")
    assert "Your question is answered" not in robin.get("/").content.decode()
    question.answer(ANSWER, by=world.jordan)
    assert (tell_of_questions(), tell_of_questions()) == (1, 0)
    assert told("answer") == {"Robin Castell"}
    assert "Your question is answered" in robin.get("/").content.decode()
    assert "Your question is answered" not in lee.get("/").content.decode()
    path = Message.objects.get(topic="answer").path.partition("#")[0]
    assert ANSWER in lee.get(path).content.decode()
    assert "Your question is answered" in robin.get("/").content.decode()
    assert ANSWER in robin.get(path).content.decode()
    assert "Your question is answered" not in robin.get("/").content.decode()


@pytest.mark.django_db
def test_neither_question_nor_answer_stands_in_a_mail(world: World) -> None:
    ask(world).answer(ANSWER, by=world.jordan)
    other = ask(world)
    tell_of_questions()
    assert other.pk
    assert Message.objects.count() == 2
    for message in Message.objects.all():
        assert SECRET not in message.text + message.subject
        assert ANSWER not in message.text + message.subject


@pytest.mark.django_db
def test_a_brokers_question_is_told_to_nobody_of_the_importer(world: World) -> None:
    """Jordan manages the importer; the broker's own manager would hear of it."""
    Assignment.objects.create(account=world.lindale, manager=world.morgan, starts=timezone.localdate())
    ask(world, "billie")
    tell_of_questions()
    assert told("question") == {"Morgan Other"}
    for name in ("robin", "sam", "jordan", "expert"):
        with acting_for(world.people[name]):
            assert not Message.objects.filter(topic="question").exists()


@pytest.mark.django_db
def test_who_left_hears_of_no_answer(world: World) -> None:
    question = ask(world)
    Membership.objects.get(person=world.robin).end(by=world.robin)
    question.answer(ANSWER, by=world.jordan)
    tell_of_questions()
    assert told("answer") == set()


@pytest.mark.django_db
def test_an_account_without_a_manager_is_told_to_the_one_who_comes(world: World) -> None:
    Assignment.objects.filter(account=world.quillard).delete()
    ask(world)
    assert tell_of_questions() == 0
    Assignment.objects.create(account=world.quillard, manager=world.morgan, starts=timezone.localdate())
    assert tell_of_questions() == 1
    assert told("question") == {"Morgan Other"}


@pytest.mark.processes
def test_a_real_worker_tells_what_was_asked_and_sent_on_the_pages(processes: Processes, living: World) -> None:
    processes.worker()
    robin = signed_in(living, "robin")
    found = living.examinations["found"]
    address = f"/examinations/{found.pk}/questions/"
    assert robin.post(address, {"kind": "data", "text": SECRET}).status_code == 302
    until(lambda: told("question") == {"Jordan Ellery"}, 30)
    question = ResultQuestion.objects.get()
    address = f"/accounts/{living.quillard.pk}/examinations/{found.pk}/questions/{question.pk}/"
    assert signed_in(living, "jordan").post(address, {"text": ANSWER}).status_code == 302
    until(lambda: told("answer") == {"Robin Castell"}, 30)
