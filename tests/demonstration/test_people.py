"""The demonstration shows people of an account, access that closes soon, an open invitation, and answers for everybody."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import Invitation, Lapse, Membership, Person
from demonstration import people
from inquiries.models import Contact, KnowledgeEntry
from notices.models import Notice
from tests.named_people import World, make_person
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def test_it_settles_what_its_pages_show(world: World) -> None:
    """On the named people, in the roles of the sign-ins: the whole demonstration takes a minute to make."""
    roles = Person.Role
    for name, role in (("importer", roles.MEMBER), ("approver", roles.HEADQUARTERS)):
        person = make_person(name, role)
        Person.objects.filter(pk=person.pk).update(email=f"{name}@demo.example")
    Person.objects.filter(pk=world.jordan.pk).update(email="manager@demo.example")
    importer = Person.objects.get(email="importer@demo.example")
    Membership.objects.create(account=world.quillard, person=importer, administrator=True)
    at = timezone.now() - datetime.timedelta(days=5)
    Notice.objects.create(
        kind="CSMS", number="1", title="T", body="B", hts_prefixes=["8501"], state="published", published_at=at
    )
    people.settle(SimpleNamespace(importer="Quillard Electric", as_of=timezone.localdate()))  # type: ignore[arg-type]
    assert {one.closed_on is None for one in Lapse.objects.all()} == {True, False}
    assert Invitation.objects.get().state_on(timezone.localdate()) == "open"
    assert KnowledgeEntry.objects.exclude(doubted_on=None).count() == 1
    assert {one.kind for one in Contact.objects.all()} == {"review"}
    page = signed_in(world, "robin").get("/people/").content.decode()
    for words in ("Ines Calloway", "closes on", "closed since", "Quinn Adair", "speaks Spanish best"):
        assert words in page
    assert "may be out of date" in signed_in(world, "robin").get("/inquiries/knowledge/").content.decode()
