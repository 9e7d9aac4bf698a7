"""Who hears by mail of what is asked for and sent; with a real worker, and twice at once."""

import datetime
import io

import pytest
from django.utils import timezone

from accounts.models import Cover, Membership
from accounts.scope import acting_for
from documents.models import Document
from examinations.models import Detention, DetentionItem
from examinations.telling.detentions import tell_of_detentions
from notifications.models import Delivery, Message
from tests.documents.files import pdf
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Processes, until


def asked(world: World) -> DetentionItem:
    one = world.examinations["held"]
    return Detention.objects.record(one, by=world.jordan, kind="cbp").ask("Packing list", by=world.jordan)


def told(key: str) -> set[str]:
    return set(Delivery.objects.filter(message__key=key).values_list("person__name", flat=True))


@pytest.mark.django_db
def test_what_is_asked_for_is_told_once_to_the_account_and_to_the_broker_that_filed(world: World) -> None:
    Membership.objects.get(person=world.lee).end(by=world.robin)
    item = asked(world)
    assert (tell_of_detentions(), tell_of_detentions()) == (1, 0)
    assert told(f"asked:{item.pk}") == {"Robin Castell", "Billie Lindale"}
    message = Message.objects.get(topic="detention")
    assert message.path == f"/examinations/{item.detention_id}/detention/"
    assert "Packing list" in message.text


@pytest.mark.django_db
def test_what_is_sent_is_told_to_the_manager_and_to_who_covers(world: World) -> None:
    today = timezone.localdate()
    Cover.objects.create(absent=world.jordan, covered_by=world.morgan, starts=today, ends=today + datetime.timedelta(9))
    item = asked(world)
    document = item.send(io.BytesIO(pdf()), "list.pdf", by=world.robin)
    assert tell_of_detentions() == 2
    assert told(f"sent:{document.pk}") == {"Jordan Ellery", "Morgan Other"}


@pytest.mark.django_db
def test_what_is_old_not_needed_decided_or_withdrawn_is_not_told(world: World) -> None:
    item = asked(world)
    document = item.send(io.BytesIO(pdf()), "list.pdf", by=world.robin)
    document.withdraw(by=world.robin)
    other = item.detention.ask("Invoice", by=world.jordan)
    other.drop(by=world.jordan)
    DetentionItem.objects.filter(pk=item.pk).update(asked_at=timezone.now() - datetime.timedelta(days=3))
    assert tell_of_detentions() == 0
    item.detention.ask("Data sheet", by=world.jordan)
    item.detention.decide("released", timezone.localdate(), by=world.jordan)
    assert tell_of_detentions() == 0


@pytest.mark.django_db
def test_a_stranger_reads_nothing_of_it(world: World) -> None:
    asked(world)
    tell_of_detentions()
    for name in ("sam", "morgan", "expert"):
        with acting_for(world.people[name]):
            assert not Message.objects.filter(topic="detention").exists()


@pytest.mark.processes
def test_a_real_worker_tells_what_was_asked_on_the_page(processes: Processes, living: World) -> None:
    one = living.examinations["held"]
    processes.worker()
    manager = signed_in(living, "jordan")
    address = f"/accounts/{living.quillard.pk}/examinations/{one.pk}/detention/"
    assert manager.post(address, {"kind": "cbp"}).status_code == 302
    assert manager.post(address + "ask/", {"text": "Packing list"}).status_code == 302
    item = DetentionItem.objects.get()
    until(lambda: told(f"asked:{item.pk}") == {"Robin Castell", "Lee Farrow", "Billie Lindale"}, 30)
    assert not Document.objects.exists()
