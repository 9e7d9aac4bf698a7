"""Names, numbers and entries of who asked are found whoever looks, and nothing is told that does not stand in the text."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Invitation, NightContact
from accounts.scope import acting_for
from inquiries.knowledge.asker import names_in, traces
from inquiries.models import Inquiry, KnowledgeEntry
from tests.inquiries.threads import RULING, asked, brought_in
from tests.named_people import World

pytestmark = pytest.mark.django_db
TEXT = (
    "Lee Farrow of QUILLARD   electric wrote; Castell too, and night@people.example. Number {number}, entry {entry}. "
    "Robins nest in motors, and the Lee side is dry."
)


@pytest.fixture
def answered(world: World) -> Inquiry:
    one = asked(world)
    brought_in(world, one)
    one.answer(by=world.jordan, text="Heading 8501.", **RULING)
    return one


@pytest.fixture
def text(world: World) -> str:
    entry = next(one for one in world.entries.values() if one.account_id == world.quillard.pk)
    number = world.quillard.identifiers.values_list("value", flat=True)[0]
    return TEXT.format(
        number=number.replace("-", ""), entry=f"{entry.number[:3]}-{entry.number[3:10]}-{entry.number[10:]}"
    )


def test_an_expert_finds_what_an_expert_may_not_see(world: World, answered: Inquiry, text: str) -> None:
    with acting_for(world.expert):
        found = names_in(text, inquiry=answered.pk)
        clean = names_in("A gear motor is of heading 8501; a night shift in Lee saw robins.", inquiry=answered.pk)
    everything = set(names_in(text, inquiry=answered.pk))
    assert set(found) == everything
    assert {"Lee Farrow", "QUILLARD   electric", "Castell"} <= everything
    assert not {"Robins", "Lee"} & everything
    assert any(word.replace("-", "") in text.replace("-", "") and word[0].isdigit() for word in everything)
    assert clean == []


def test_of_an_entry_of_the_knowledge_base_anybody_of_cbp_finds_it(world: World, answered: Inquiry, text: str) -> None:
    given = {"question": "Which heading?", "answer": "8501.", "heading": "8501"}
    entry = KnowledgeEntry.propose(answered.messages.last(), **given, by=world.jordan)
    answered.release(world.expert, by=world.expert)
    with acting_for(world.expert):  # in no inquiry any more
        assert names_in(text, inquiry=answered.pk) == []
        with pytest.raises(PermissionDenied):  # what is found in the words would tell who asked
            entry.change(**given | {"answer": f"8501. {text}"}, by=world.expert)
    with acting_for(world.jordan), pytest.raises(ValidationError, match="Farrow"):
        entry.change(**given | {"answer": f"8501. {text}"}, by=world.jordan)
    KnowledgeEntry.objects.filter(pk=entry.pk).update(
        answer="As we told Lee Farrow: 8501."
    )  # kept before names were looked for
    entry.refresh_from_db()
    with acting_for(world.expert), pytest.raises(ValidationError, match=r"who asked\. Its writer"):  # and no name
        entry.publish(by=world.expert, on=timezone.localdate())
    assert entry.state == "draft"


@pytest.mark.parametrize("name", ["robin", "sam", "billie", "morgan", None])
def test_nobody_else_learns_a_name(world: World, answered: Inquiry, text: str, name: str | None) -> None:
    with acting_for(world.people[name] if name else None):
        assert names_in(text, inquiry=answered.pk) == []


def test_people_who_left_were_invited_or_are_called_at_night_are_people_of_the_account(
    world: World, answered: Inquiry
) -> None:
    world.lee.memberships.get().end(by=world.hq)
    at = timezone.localtime()
    Invitation.invite(
        world.quillard, email="new@people.example", name="Noor Ahlberg", administrator=False, by=world.robin, at=at
    )
    NightContact.objects.create(
        account=world.quillard, name="Tomas Vrba", telephone="+1 555 010 0199", recorded_by=world.robin, recorded_at=at
    )
    found = names_in("Farrow, Noor Ahlberg and Vrba know.", inquiry=answered.pk)
    assert found == ["Ahlberg", "Farrow", "Noor", "Noor Ahlberg", "Vrba"]


def test_a_name_is_no_pattern(world: World, answered: Inquiry) -> None:
    world.quillard.name = "A.C*(me] Pumps+"
    world.quillard.save()
    assert "A.C*(me] Pumps+" in traces("We are A.C*(me] Pumps+, they say.", inquiry=answered.pk)
    assert traces("AXC and pumpss", inquiry=answered.pk) == []


def test_what_is_no_inquiry_tells_nothing(world: World) -> None:
    assert names_in("Lee Farrow", inquiry=0) == names_in("Lee Farrow", entry=2**40) == names_in("Lee Farrow") == []
