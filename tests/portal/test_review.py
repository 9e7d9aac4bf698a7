"""The account review: what stands in it, who reads it, what never does, and its PDF."""

import datetime
import io

import pytest
from django.utils import timezone

from accounts.access import reach
from accounts.scope import acting_for
from compliance.plans.models import Action
from compliance.risk.recompute import recompute
from examinations.exports.building import build
from examinations.exports.kinds import Asked
from examinations.models import Export
from inquiries.models import Contact, FollowUp
from portal.review.kind import NAME, context_of
from portal.review.pdf import ReviewDocument, can_be_made
from tests.compliance.controls.people import submitted
from tests.compliance.plans.world import begin
from tests.named_people import World, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]


@pytest.fixture
def pango() -> None:
    """Asked of the machine by who needs it: to look loads what lays out, in each process that tests."""
    if not can_be_made():
        pytest.skip("this machine has no Pango")


def shown(world: World, name: str) -> dict[str, object]:
    person = world.people[name]
    with acting_for(person) as held:
        return context_of(Asked(world.quillard, person, held, {}, TODAY))


def words_of(context: dict[str, object]) -> tuple[object, ...]:
    return context["said"], context["summary"], context["agenda"], context["compared"]


@pytest.mark.parametrize("name", EVERYONE)
def test_the_account_and_who_looks_after_it_read_it_and_nobody_else(world: World, name: str) -> None:
    seen = name in {"robin", "lee", "jordan", "hq"}
    client, base = signed_in(world, name), f"/accounts/{world.quillard.pk}/review/"
    assert client.get(base).status_code == (200 if seen else 404)
    assert client.post(f"{base}pdf/").status_code == (302 if seen and can_be_made() else 404)
    assert Export.objects.filter(owner=world.people[name]).count() == (1 if seen and can_be_made() else 0)


def test_member_manager_and_headquarters_read_the_same_words(world: World) -> None:
    submitted(world, level=1, on=TODAY).agree(by=world.jordan, on=TODAY)
    robin, jordan, hq = (words_of(shown(world, name)) for name in ("robin", "jordan", "hq"))
    assert robin == jordan == hq


def test_an_open_review_of_papers_a_score_and_private_notes_change_no_word(world: World) -> None:
    before = words_of(shown(world, "jordan"))
    make_examination(world.entries["broker"], "EX-OPEN-REVIEW", "RANDOM", type="ESR")
    recompute([world.quillard.pk], TODAY)
    contact = Contact.note(
        world.quillard, kind="call", on=TODAY, whom="Robin", words="SECRET", by=world.jordan, today=TODAY
    )
    FollowUp.plan(contact, what="SECRET TOO", due=TODAY + datetime.timedelta(days=9), by=world.jordan, today=TODAY)
    context = shown(world, "jordan")
    assert words_of(context) == before
    page = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/review/").content.decode()
    assert "SECRET" not in page
    assert "Risk score" not in page


def test_what_asks_for_a_decision_is_named_and_asked(world: World) -> None:
    context = shown(world, "robin")
    (controls,) = [one for one in context["summary"] if one.about == "Internal controls"]
    assert controls.act
    assert any("Who answers the self-assessment" in one for one in context["agenda"])
    submitted(world, level=3, on=TODAY).agree(by=world.jordan, on=TODAY)
    context = shown(world, "robin")
    (controls,) = [one for one in context["summary"] if one.about == "Internal controls"]
    assert (controls.act, controls.said) == (False, f"100.0 of 100 in {TODAY.year}, as reviewed; no component is weak.")
    assert not any("Who answers the self-assessment" in one for one in context["agenda"])


def test_an_open_plan_and_what_is_late_in_it_are_spoken_about(world: World) -> None:
    begin(world)
    (plans,) = [one for one in shown(world, "robin")["summary"] if one.about == "Plans"]
    assert (plans.act, plans.said) == (False, "1 plan open; 1 action to be done, none late.")
    Action.objects.update(due=TODAY - datetime.timedelta(days=3))
    context = shown(world, "jordan")
    (plans,) = [one for one in context["summary"] if one.about == "Plans"]
    assert (plans.act, plans.said) == (True, "1 plan open; 1 action to be done, one of them late.")
    assert any("“Renew the parts list” was due" in one for one in context["agenda"])


@pytest.mark.usefixtures("pango")
def test_the_pdf_holds_the_words_and_begins_with_the_summary(world: World) -> None:
    export, new = Export.objects.ask(world.quillard, NAME, said=[], by=world.jordan, format="pdf", filters={})
    assert new
    build(export)
    export.refresh_from_db()
    assert (export.state, export.name.endswith(".pdf")) == (Export.State.READY, True)
    assert 2 <= export.rows <= 6
    with export.file.open("rb") as file:
        assert file.read(5) == b"%PDF-"
    assert signed_in(world, "jordan").get(f"/exports/{export.pk}/file/").status_code == 200
    assert signed_in(world, "robin").get(f"/exports/{export.pk}/file/").status_code == 404


@pytest.mark.usefixtures("pango")
def test_what_somebody_typed_into_it_loads_nothing_and_runs_nothing(world: World) -> None:
    world.quillard.name = '<img src="http://127.0.0.1:1/x"><script>alert(1)</script>'
    world.quillard.save()
    person = world.robin
    with acting_for(person):
        context = context_of(Asked(world.quillard, person, reach(person), {}, TODAY))
        kept = io.BytesIO()
        assert ReviewDocument("x", (), (), context=context).write_pdf(kept) >= 1
    assert kept.getvalue().startswith(b"%PDF-")


def test_a_list_is_not_to_be_had_as_a_document_nor_a_document_as_a_list(world: World) -> None:
    robin = signed_in(world, "robin")
    assert robin.post("/exports/ask/entry-lines/", {"format": "pdf"}).status_code == 404
    assert robin.post(f"/exports/ask/{NAME}/", {"format": "csv"}).status_code == 404


def test_without_pango_there_is_a_page_and_no_button(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.review.pdf._layout", lambda: None)
    robin = signed_in(world, "robin")
    page = robin.get("/review/").content.decode()
    assert "Make the PDF" not in page
    assert "data-print" in page
    assert robin.post("/review/pdf/").status_code == 404
