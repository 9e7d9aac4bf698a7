"""How people of the demonstration are told: some chose digests, and some mailboxes are no more; never those of the sign-ins."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import Person
from demonstration import told
from notifications.models import Delivery, HowTold, Suppression
from tests.notifications.messages import make_message

pytestmark = pytest.mark.django_db


def test_some_chose_digests_and_some_mailboxes_are_no_more_but_none_of_a_sign_in() -> None:
    signs = Person.objects.create(email="importer@demo.example", name="Robin")
    alone = Person.objects.create(email="stranger@demo.example", name="Sam")
    people = [Person.objects.create(email=f"person{n}.demo@demo.example", name=f"Person {n}") for n in range(60)]
    world = SimpleNamespace(
        as_of=timezone.localdate(), sign_ins=[SimpleNamespace(email=one.email) for one in (signs, alone)]
    )
    told.choose(world)  # type: ignore[arg-type]
    chose = set(HowTold.objects.values_list("person__email", flat=True))
    assert signs.email in chose
    assert alone.email not in chose
    assert 6 <= len(chose) <= 35
    message = make_message([signs, alone, *people])
    message.deliveries.update(state="sent", sent_at=timezone.now())
    told.come_back(world)  # type: ignore[arg-type]
    gone = Suppression.objects.filter(reason="bounce")
    assert gone.count() == 3
    assert Suppression.objects.filter(reason="complaint").count() == 1
    assert Delivery.objects.filter(state="bounced").count() == 3
    assert not Suppression.objects.filter(address__in=[signs.email, alone.email]).exists()
