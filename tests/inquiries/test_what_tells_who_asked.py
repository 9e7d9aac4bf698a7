"""Names, numbers and entries of who asked are found whoever looks, and nothing is told that does not stand in the text."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Invitation, NightContact
from accounts.scope import acting_for
from compliance.bonds.models import Bond
from inquiries.knowledge.asker import names_in, traces
from inquiries.models import Inquiry, KnowledgeEntry
from tests.inquiries.threads import RULING, asked, brought_in
from tests.named_people import World, make_examination, make_request

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


@pytest.mark.parametrize(
    ("name", "told", "hit"),
    [
        ("QUILLARD ELECTRIC INC", "Quillard asked whether electric motors of an Inc. are meant.", ["Quillard"]),
        ("Quillard Electric", "QUILLARD asked.", ["QUILLARD"]),
        ("LG Electronics USA", "We told LG about the USA.", ["LG"]),
        ("3M Company", "We told 3M, no other company, 3m away.", ["3M"]),
        ("Best for Us Ltd", "The best for us is 8501.", []),
    ],
)
def test_a_companys_name_is_found_as_people_write_it(
    world: World, answered: Inquiry, name: str, told: str, hit: list[str]
) -> None:
    world.quillard.name = name
    world.quillard.save()
    assert names_in(told, inquiry=answered.pk) == hit


def test_numbers_of_its_bond_examination_and_request_are_found_and_those_of_others_are_not(
    world: World, answered: Inquiry
) -> None:
    for account, bond in ((world.quillard, "99B000777"), (world.stranger, "99B000778")):
        Bond.objects.create(number=bond, account=account, activity_code="1", amount=1, effective=timezone.localdate(),
                            version_at=timezone.now(), load=world.load)  # fmt: skip
    for number, entry in (("77", world.entries["broker"]), ("78", world.entries["stranger"])):
        make_examination(entry, f"EX-{number}", "TARGETED")
        make_request(entry, f"RQ-{number}")
    told = "See bond 99b000777, EX-77 and RQ-77, not 99B000778, EX-78 or RQ-78."
    assert names_in(told, inquiry=answered.pk) == ["99b000777", "EX-77", "RQ-77"]


def test_a_name_is_no_pattern(world: World, answered: Inquiry) -> None:
    world.quillard.name = "A.C*(me] Pumps+"
    world.quillard.save()
    assert "A.C*(me] Pumps+" in traces("We are A.C*(me] Pumps+, they say.", inquiry=answered.pk)
    assert traces("AXC and pumpss", inquiry=answered.pk) == []


def test_what_is_no_inquiry_tells_nothing(world: World) -> None:
    assert names_in("Lee Farrow", inquiry=0) == names_in("Lee Farrow", entry=2**40) == names_in("Lee Farrow") == []
