"""Whom to call at night, appeals about Centers and a planned absence of the invented world."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import CenterAppeal, Cover, NightContact, Person
from demonstration import offices
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("days_ahead", [0, -400, 400])
def test_an_appeal_is_decided_one_waits_and_somebody_is_called_at_night(world: World, days_ahead: int) -> None:
    as_of = timezone.localdate() + datetime.timedelta(days=days_ahead)
    Person.objects.filter(pk=world.jordan.pk).update(email="manager@demo.example")
    world.stranger.assign(world.jordan, by=world.hq)
    offices.settle(SimpleNamespace(as_of=as_of, importer="Quillard Electric"))  # type: ignore[arg-type]
    appeals = CenterAppeal.objects.order_by("asked_on")
    assert [(one.account.name, one.state) for one in appeals] == [
        ("Quillard Electric", "refused"), ("Stranger Goods", "open"),
    ]  # fmt: skip
    assert all(one.asked_on < as_of for one in appeals)
    assert NightContact.objects.get(account=world.quillard).recorded_by == world.robin
    cover = Cover.objects.get()
    assert (cover.absent, cover.covered_by, (cover.starts - as_of).days) == (world.jordan, world.morgan, 15)
