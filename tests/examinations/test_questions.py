"""Questions about results: asked by the account, answered by its manager, seen by nobody else."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.scope import acting_for
from examinations.models import ResultQuestion
from examinations.models.question import LONGEST
from examinations.signals import asked
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
Q = ResultQuestion.objects


def ask(world: World, name: str = "robin", of: str = "found", kind: str = "disagree") -> ResultQuestion:
    account = world.lindale if name == "billie" else world.quillard
    return Q.ask(world.examinations[of], account=account, kind=kind, text="Why 8501?", by=world.people[name])


def address(world: World, more: str = "", of: str = "found", name: str = "robin") -> str:
    account = {"billie": world.lindale}.get(name, world.quillard)
    return f"/accounts/{account.pk}/examinations/{world.examinations[of].pk}/{more}"


def page(world: World, name: str, of: str = "found") -> str:
    return signed_in(world, name).get(address(world, of=of, name=name)).content.decode()


def test_a_member_asks_the_manager_answers_and_the_account_reads_it(world: World) -> None:
    robin, jordan = signed_in(world, "robin"), signed_in(world, "jordan")
    answer = robin.post(address(world, "questions/"), {"kind": "data", "text": "The value is wrong."})
    assert answer.status_code == 302
    assert "The value is wrong." in page(world, "lee")
    assert "Waits for the account manager" in page(world, "lee")
    assert "Examination EX-FOUND: The data are wrong" in jordan.get("/").content.decode()
    assert "Quillard Electric" in jordan.get("/questions/").content.decode()
    question = Q.get()
    posted = jordan.post(address(world, f"questions/{question.pk}/"), {"text": "CBP has taken it from the invoice."})
    assert posted.status_code == 302
    for name in ("robin", "lee", "jordan", "hq"):
        assert "CBP has taken it from the invoice." in page(world, name)
    question.refresh_from_db()
    assert (question.asked_by, question.answered_by) == (world.robin, world.jordan)
    assert "question" not in jordan.get("/").content.decode().split("<main")[1].split("</main")[0].lower()


def test_the_page_says_that_an_answer_binds_nobody_and_which_days_go_on(world: World) -> None:
    body = page(world, "robin")
    assert "binds nobody and stops no deadline" in body
    assert "The days go on meanwhile" in body
    assert "can be corrected until" in body


@pytest.mark.parametrize(
    ("name", "expected"),
    [("robin", 1), ("lee", 1), ("jordan", 1), ("hq", 1), ("sam", 0), ("billie", 0), ("morgan", 0), ("expert", 0)],
)
def test_only_the_account_its_manager_and_headquarters_see_a_question(world: World, name: str, expected: int) -> None:
    ask(world)
    with acting_for(world.people[name]):
        assert Q.count() == expected
    assert Q.visible_to(world.people[name]).count() == expected


def test_a_brokers_question_is_the_brokers_and_not_its_clients(world: World) -> None:
    ask(world, "billie")
    with acting_for(world.billie):
        assert Q.count() == 1
    for name in ("robin", "jordan", "sam"):
        with acting_for(world.people[name]):
            assert not Q.exists()
        assert "Why 8501?" not in page(world, name)


def test_there_is_one_open_question_a_kind_a_person(world: World) -> None:
    first = ask(world)
    with pytest.raises(ValidationError, match="already"):
        ask(world)
    ask(world, kind="data")
    ask(world, "lee")
    first.answer("So it is.", by=world.jordan)
    ask(world)
    assert Q.count() == 4


def test_an_open_examination_has_no_result_to_ask_about(world: World) -> None:
    with pytest.raises(ValidationError, match="still open"):
        ask(world, of="held")
    assert "Ask about this result" not in page(world, "robin", "held")


def test_strangers_and_delegates_neither_ask_nor_answer(world: World) -> None:
    for name in ("sam", "jordan", "hq", "expert"):
        with pytest.raises(PermissionDenied):
            ask(world, name)
    question = ask(world)
    for name in ("robin", "sam", "billie", "morgan", "expert"):
        with pytest.raises(PermissionDenied):
            question.answer("Mine.", by=world.people[name])
        client = signed_in(world, name)
        assert client.post(address(world, f"questions/{question.pk}/"), {"text": "Mine."}).status_code == 404


def test_a_question_is_answered_once(world: World) -> None:
    question = ask(world)
    question.answer("First.", by=world.jordan)
    stale = Q.get()
    with pytest.raises(ValidationError, match="already"):
        stale.answer("Second.", by=world.hq)
    response = signed_in(world, "hq").post(address(world, f"questions/{question.pk}/"), {"text": "Second."})
    assert response.status_code == 400
    assert Q.get().answer_text == "First."


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "data"},
        {"text": "Why?"},
        {"kind": "bribe", "text": "Why?"},
        {"kind": "data", "text": "   "},
        {"kind": "data", "text": "x" * (LONGEST + 1)},
        {"kind": "data", "text": "a\0b"},
    ],
)
def test_nonsense_is_told_beside_its_field_and_asks_nothing(world: World, form: dict[str, str]) -> None:
    response = signed_in(world, "robin").post(address(world, "questions/"), form | {"csrf": ""})
    assert response.status_code == 400
    assert not Q.exists()


def test_what_is_written_is_shown_as_text(world: World) -> None:
    Q.ask(world.examinations["found"], account=world.quillard, kind="data", text="<script>x</script>", by=world.robin)
    assert "<script>x" not in page(world, "jordan")
    assert "<script>x" not in signed_in(world, "jordan").get("/questions/").content.decode()


def test_whoever_takes_questions_over_hears_of_each(world: World) -> None:
    heard: list[ResultQuestion] = []

    def listen(question: ResultQuestion, **kwargs: object) -> None:
        heard.append(question)

    asked.connect(listen)
    try:
        question = ask(world)
    finally:
        asked.disconnect(listen)
    assert heard == [question]


def test_row_security_lets_nobody_ask_for_another_or_change_a_question(world: World) -> None:
    question = ask(world)
    examinations = world.examinations

    def insert(of: str, account: object, by: str) -> None:
        with transaction.atomic():
            Q.create(examination=examinations[of], account=account, kind="unclear", text="?", asked_by=world.people[by])

    for name, of, account, by in (
        ("robin", "found", world.quillard, "lee"),
        ("robin", "held", world.quillard, "robin"),
        ("robin", "of_stranger", world.quillard, "robin"),
        ("sam", "found", world.quillard, "sam"),
        ("billie", "found", world.quillard, "billie"),
        ("jordan", "found", world.quillard, "jordan"),
    ):
        with acting_for(world.people[name]), pytest.raises(DatabaseError):
            insert(of, account, by)
    for name in ("robin", "sam", "billie", "morgan"):
        with acting_for(world.people[name]):
            assert not Q.filter(pk=question.pk).update(answer_text="x", answered_at=timezone.now())
    with acting_for(world.jordan), pytest.raises(DatabaseError), transaction.atomic():
        Q.filter(pk=question.pk).update(text="I agree.")


def test_questions_go_with_an_identifier_that_headquarters_moves(world: World) -> None:
    own, brokers = ask(world), ask(world, "billie")
    ask(world, kind="data").answer("Yes.", by=world.jordan)
    other = make_account("Quillard Holdings", "importer", "96-700000000")
    with acting_for(world.hq):
        other.take_identifier(world.quillard.identifiers.get(), by=world.hq)
    assert Q.filter(account=other).count() == 2
    own.refresh_from_db()
    brokers.refresh_from_db()
    assert (own.account, brokers.account) == (other, world.lindale)
