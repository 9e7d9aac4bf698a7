"""Why the attached examination was chosen: experts who were brought in know it, the account never does."""

import pytest

from accounts.scope import acting_for
from inquiries.models import Inquiry
from inquiries.reasons import why_chosen
from tests.inquiries.threads import asked, brought_in, group_of
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(world: World) -> Inquiry:
    return asked(world, "hold", about=world.examinations["held"])


def known(world: World, name: str, inquiry: Inquiry) -> str:
    with acting_for(world.people[name]):
        return why_chosen(inquiry, world.people[name])


def test_an_expert_knows_it_while_they_are_brought_in(world: World, held: Inquiry) -> None:
    reason = world.examinations["held"].selection.get_reason_display()
    assert not world.examinations["held"].closed
    assert known(world, "expert", held) == ""
    brought_in(world, held)
    assert known(world, "expert", held) == reason
    assert reason.lower() in signed_in(world, "expert").get(f"/inquiries/{held.pk}/").content.decode()
    other = asked(world, "hold", about=world.examinations["held"])
    assert known(world, "expert", other) == ""
    held.release(world.expert, by=world.jordan)
    assert known(world, "expert", held) == ""


def test_who_answers_knows_it_and_nobody_of_an_account_or_of_another(world: World, held: Inquiry) -> None:
    reason = world.examinations["held"].selection.get_reason_display()
    assert known(world, "jordan", held) == known(world, "hq", held) == reason
    for name in ("robin", "lee", "sam", "billie", "morgan"):
        assert known(world, name, held) == "", name
    page = signed_in(world, "robin").get(f"/inquiries/{held.pk}/").content.decode()
    assert "Why it was chosen" not in page
    assert reason not in page


def test_what_the_account_reads_among_the_facts_is_not_told_as_hidden_from_it(world: World) -> None:
    closed = world.examinations["found"]
    assert closed.closed
    code, held = closed.selection.reason, asked(world, "hold", about=closed)
    facts = dict(held.about_facts)
    assert ("Why it was chosen" in facts and code == "RANDOM") == (known(world, "jordan", held) == "")
    held.about_facts = [fact for fact in held.about_facts if fact[0] != "Why it was chosen"]
    assert known(world, "jordan", held) == closed.selection.get_reason_display()


def test_when_the_number_moves_the_expert_of_the_old_account_knows_it_no_more(world: World, held: Inquiry) -> None:
    brought_in(world, held)
    examination = world.examinations["held"]
    assert known(world, "expert", held)
    new = make_account("New Owner", "importer", "96-222222200")
    new.take_identifier(world.quillard.identifiers.get(), by=world.hq)
    examination.refresh_from_db()
    assert examination.account == new
    assert known(world, "expert", held) == known(world, "jordan", held) == ""
    assert known(world, "hq", held) == examination.selection.get_reason_display()


def test_of_what_a_broker_filed_its_expert_knows_it_until_the_filer_code_moves(world: World) -> None:
    filed = world.examinations["held"]
    one = asked(world, "hold", about=filed, account=world.lindale, by=world.billie)
    with acting_for(world.hq):
        one.bring_in(by=world.hq, group=group_of(world), expert=world.expert, because="Look at it")
    assert known(world, "expert", one)
    make_account("Other Brokers", "broker", "M2P").take_identifier(world.lindale.identifiers.get(), by=world.hq)
    assert known(world, "expert", one) == ""


def test_an_inquiry_about_something_else_says_nothing(world: World) -> None:
    one = asked(world, about=world.entries["broker"])
    brought_in(world, one)
    assert known(world, "expert", one) == known(world, "jordan", one) == ""
