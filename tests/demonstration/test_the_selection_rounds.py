"""The rounds that the demonstration plants: one closed, one open, both computed again."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Account, Assignment, Center, Person
from compliance.effect import studying
from compliance.effect.models import EffectStudy
from compliance.effect.tasks import study_as_of
from compliance.risk.recompute import recompute
from compliance.selection.models import Round
from demonstration import selected
from demonstration.settling import settle
from demonstration.world import World
from notifications.invitations import nobody_invited
from tests.demonstration.conftest import Written

pytestmark = pytest.mark.django_db


def loaded(written: Written) -> World:
    """The accounts of the world as the loader makes them, without their trade."""
    for company in written.world.accounts:
        Account.objects.create(
            name=company.name,
            kind=company.kind.lower(),
            state="active",
            center=Center.objects.get(pk=company.center) if company.center else None,
        )
    with nobody_invited():
        settle(written.world)
    return written.world


def test_one_round_is_closed_and_one_is_open_and_both_come_out_the_same(small: Written) -> None:
    world = loaded(small)
    recompute(None, world.as_of)
    first, second = selected.plant(world, seed=1)
    assert (first.state, second.state) == ("closed", "open")
    assert first.as_of == world.as_of - datetime.timedelta(days=365)
    assert first.replay().same
    assert second.replay().same
    assert first.opened_by != first.closed_by
    assert second.opened_by == Person.objects.get(email="hq@demo.example")
    manager = Person.objects.get(email="manager@demo.example")
    assert Assignment.objects.on(timezone.localdate()).filter(manager=manager).count() == len(
        world.managers[0].accounts
    )
    assert Account.objects.get(name=world.importer).state == "active"
    assert Round.objects.count() == 2
    assert study_as_of(world.as_of) == 1
    assert EffectStudy.objects.get().first.why_not == studying.FEW


def test_a_world_of_a_day_ahead_has_no_rounds(small: Written) -> None:
    ahead = small.world.__class__(**small.world.__dict__ | {"as_of": timezone.localdate() + datetime.timedelta(days=3)})
    assert selected.plant(ahead, seed=1) == []
