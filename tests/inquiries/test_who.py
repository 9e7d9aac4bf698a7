"""Who sees what of an inquiry: row security alone, `visible_to` alone, and the pages, for every person."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Account, Person
from accounts.scope import acting_for
from documents.models import Document
from inquiries.models import Inquiry, Involvement, Message, Pause, PrivateNote, Routing, Settled, Step
from tests.inquiries.threads import RULING, asked, brought_in, text_file
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVERYONE = ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"]
BOTH, STAFF = {"robin", "lee", "jordan", "hq", "expert"}, {"jordan", "hq", "expert"}
TABLE: list[tuple[type[Any], set[str]]] = [
    (Inquiry, BOTH),
    (Message, BOTH),
    (Pause, BOTH),
    (Step, BOTH),
    (PrivateNote, STAFF),
    (Involvement, STAFF),
    (Routing, STAFF),
    (Settled, {"jordan", "hq"}),
]


@pytest.fixture
def told(world: World) -> Inquiry:
    """An inquiry in which everything has happened."""
    one = asked(world, documents=[text_file()])
    one.ask_back(by=world.jordan, text="With the gear?")
    one.reply(by=world.robin, text="Yes.")
    brought_in(world, one)
    one.note(by=world.expert, text="It stays a motor: Sesame.", kind="proposal")
    one.answer(by=world.jordan, text="8501.", authority_kind="ruling", authority="NY N301234")
    asked(world, account=world.stranger, by=world.sam, subject="Of Stranger Goods")
    return one


@pytest.mark.parametrize("name", EVERYONE)
def test_row_security_and_filters_open_the_same_rows(world: World, told: Inquiry, name: str) -> None:
    person = world.people[name]
    for model, readers in TABLE:
        field = "pk" if model is Inquiry else "inquiry"
        of_it = model.objects.filter(**{field: told.pk})
        with acting_for(person):
            assert of_it.exists() == (name in readers), model
        assert of_it.visible_to(person).exists() == (name in readers), model


@pytest.mark.parametrize("name", EVERYONE)
def test_a_file_of_a_thread_opens_to_its_readers_alone(world: World, told: Inquiry, name: str) -> None:
    document = Document.objects.get()
    with acting_for(world.people[name]):
        assert Document.objects.exists() == (name in BOTH)
    page = signed_in(world, name).get(f"/inquiries/{told.pk}/files/{document.pk}/")
    assert page.status_code == (200 if name in BOTH else 404)
    if page.status_code == 200:
        assert b"".join(page.streaming_content) == b"A data sheet."


def test_an_expert_knows_the_account_by_name_and_no_other(world: World, told: Inquiry) -> None:
    with acting_for(world.expert):
        assert set(Account.objects.values_list("name", flat=True)) == {"Quillard Electric"}
    told.release(world.expert, by=world.jordan)
    with acting_for(world.expert):
        assert not Account.objects.exists()
        assert not Inquiry.objects.exists()


def test_an_expert_who_is_none_any_more_sees_nothing(world: World, told: Inquiry) -> None:
    Person.objects.filter(pk=world.expert.pk).update(role=Person.Role.MANAGER)
    with acting_for(world.expert):
        assert not Message.objects.exists()
    assert not Message.objects.visible_to(world.expert).exists()


@pytest.mark.parametrize("name", EVERYONE)
def test_nobody_writes_for_the_other_side_even_past_the_verbs(world: World, told: Inquiry, name: str) -> None:
    person = world.people[name]
    for from_cbp, kind, allowed in ((True, "answer", {"jordan", "hq"}), (False, "reply", {"robin", "lee"})):
        given = {"account": world.quillard, "inquiry": told, "by": person, "text": "x", "at": timezone.now()}
        given |= RULING if from_cbp else {}
        with acting_for(person):
            try:
                with transaction.atomic():
                    Message.objects.create(from_cbp=from_cbp, kind=kind, **given)
                written = True
            except DatabaseError:
                written = False
        assert written == (name in allowed), kind
