"""The pages of internal controls, as importer, manager and headquarters use them, and with nonsense."""

import html
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.controls.models import Answer, QuestionSet, SelfAssessment
from documents.models import Document
from tests.compliance.controls.people import answer_all, started, submitted
from tests.compliance.plans.world import begin
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def fields(answers: list[Answer], level: str = "2", words: str = "So") -> dict[str, str]:
    data: dict[str, str] = {}
    for one in answers:
        data |= {f"level-{one.pk}": level, f"words-{one.pk}": words, f"version-{one.pk}": str(one.version)}
    return data


def of(one: SelfAssessment, component: str) -> list[Answer]:
    return list(one.answers.filter(question__component=component))


def test_an_importer_begins_answers_and_hands_in_what_its_manager_then_reviews(world: World) -> None:
    robin, jordan = signed_in(world, "robin"), signed_in(world, "jordan")
    assert b"No self-assessment" in robin.get("/controls/").content
    robin.post("/controls/start/")
    one = SelfAssessment.objects.get()
    assert one.year == timezone.localdate().year
    here = f"/controls/{one.pk}/"
    answer = robin.post(f"{here}environment/", fields(of(one, "environment")))
    assert answer["Location"] == f"{here}risk/"
    answer_all(one, world)
    assert "Every question is answered" in robin.get(here).content.decode()
    robin.post(f"{here}submit/")
    base = f"/accounts/{world.quillard.pk}"
    assert "70.0 of 100" in jordan.get(f"{base}/controls/").content.decode()
    first = one.answers.all()[0]
    review = f"{base}{here}review/"
    assert "Nothing was saved" in jordan.post(review, {f"level-{first.pk}": "0", "agree": "1"}).content.decode()
    jordan.post(review, {f"level-{first.pk}": "0", f"reason-{first.pk}": "No paper shows it."})
    assert "No paper shows it." in jordan.get(review).content.decode()
    assert "No paper shows it." not in robin.get(here).content.decode()
    jordan.post(review, {f"level-{first.pk}": "0", f"reason-{first.pk}": "No paper shows it.", "agree": "1"})
    page = robin.get(here).content.decode()
    assert "No paper shows it." in page
    assert "the account had said 70.0" in page
    assert jordan.get(review).status_code == 404


def test_asked_back_without_a_word_nothing_is_saved(world: World) -> None:
    one = submitted(world)
    page = signed_in(world, "jordan").post(
        f"/accounts/{world.quillard.pk}/controls/{one.pk}/review/", {"ask_back": "1"}
    )
    assert "Say what is to be answered better" in page.content.decode()
    one.refresh_from_db()
    assert one.state == one.State.SUBMITTED


def test_who_saves_second_reads_both_and_loses_nothing(world: World) -> None:
    one = started(world)
    answers = of(one, "risk")
    robin, lee = signed_in(world, "robin"), signed_in(world, "lee")
    where = f"/controls/{one.pk}/risk/"
    assert "saved meanwhile" not in lee.get(where).content.decode()
    robin.post(where, fields(answers[:1], "3", "Robin wrote this") | fields(answers[1:], "", ""))
    page = lee.post(where, fields(answers, "1", "Lee wrote this")).content.decode()
    assert "A colleague changed 1 answer while you wrote" in page
    assert page.count("saved meanwhile") == 1
    assert "Robin wrote this" in page
    assert "Lee wrote this" in page
    fresh = Answer.objects.get(pk=answers[0].pk)
    assert (fresh.level, fresh.words) == (3, "Robin wrote this")
    again = fields([fresh], "1", "Both") | fields(of(one, "risk")[1:], "1", "Lee wrote this")
    assert lee.post(where, again).status_code == 302
    assert Answer.objects.get(pk=fresh.pk).words == "Both"


@pytest.mark.parametrize(
    "nonsense",
    [{"level": "9"}, {"level": "n", "words": ""}, {"version": "x"}, {"version": "-1"}, {"version": "9" * 30}, {"words": "w" * 2001}],
)  # fmt: skip
def test_nonsense_saves_nothing_and_keeps_what_was_typed(world: World, nonsense: dict[str, str]) -> None:
    one = started(world)
    answers = of(one, "risk")
    data = fields(answers) | {f"{name}-{answers[0].pk}": value for name, value in nonsense.items()}
    page = signed_in(world, "robin").post(f"/controls/{one.pk}/risk/", data)
    assert page.status_code == 200
    assert "Nothing was saved" in page.content.decode()
    assert not one.answers.exclude(level=None).exists()


def test_what_is_typed_is_shown_as_text(world: World) -> None:
    one = started(world)
    data = fields(of(one, "risk"), "2", "<script>alert(1)</script>")
    robin = signed_in(world, "robin")
    robin.post(f"/controls/{one.pk}/risk/", data)
    assert b"<script>alert" not in robin.get(f"/controls/{one.pk}/").content


def test_evidence_is_kept_by_kind_and_opens_to_the_manager(world: World) -> None:
    one = started(world)
    answer = of(one, "risk")[0]
    robin, where = signed_in(world, "robin"), f"/controls/{one.pk}/evidence/{answer.pk}/"
    for name, content in (("review.pdf", b"MZ not a pdf"), ("run.exe", b"MZ"), ("empty.pdf", b"")):
        robin.post(where, {"file": io.BytesIO(content)} | {"file": _named(name, content)})
    assert not Document.objects.exists()
    robin.post(where, {"file": _named("review.pdf", PDF)})
    paper = Document.objects.get()
    assert paper.about == answer
    page = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/controls/{one.pk}/").content.decode()
    assert "review.pdf" in page
    for name, status in (("jordan", 200), ("hq", 200), ("sam", 404), ("billie", 404), ("expert", 404)):
        assert signed_in(world, name).get(f"/documents/{paper.pk}/").status_code == status
    assert signed_in(world, "sam").post(where, {"file": _named("b.pdf", PDF + b" ")}).status_code in (302, 404)
    assert Document.objects.count() == 1


def _named(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def test_headquarters_drafts_edits_and_puts_questions_in_force_in_the_admin(world: World) -> None:
    hq = signed_in(world, "hq")
    where = reverse("admin:controls_questionset_changelist")
    first = QuestionSet.objects.get()
    hq.post(where, {"action": "draft", "_selected_action": [first.pk]})
    draft = QuestionSet.objects.get(number=2)
    page = hq.get(reverse("admin:controls_questionset_change", args=[draft.pk]))
    assert b"questions-0-text" in page.content
    assert b"questions-0-text" not in hq.get(reverse("admin:controls_questionset_change", args=[first.pk])).content
    hq.post(where, {"action": "put_in_force", "_selected_action": [draft.pk]})
    draft.refresh_from_db()
    assert draft.put_in_force_by == world.hq
    assert signed_in(world, "jordan").get(where).status_code == 404


def test_a_suggested_action_goes_into_an_open_plan_as_words_to_add(world: World) -> None:
    plan = begin(world)
    submitted(world, level=0, on=timezone.localdate()).agree(by=world.jordan, on=timezone.localdate())
    robin = signed_in(world, "robin")
    page = robin.get("/controls/").content.decode()
    address = re.search(rf'href="(/plan/{plan.pk}/[^"]+)"', page)
    assert address
    assert "drawn by lot" in robin.get(html.unescape(address[1])).content.decode()
    assert plan.actions.count() == 1
    assert f"/plan/{plan.pk}/" not in signed_in(world, "sam").get("/controls/").content.decode()
