"""Quillard's bond, and what its pages are asked with."""

import pytest
from django.test import Client
from django.utils import timezone

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, PathErrors
from compliance.bonds.paths import errors_of
from compliance.bonds.reviewing import review
from examinations.figures.period import months_earlier
from examinations.models import EntryMonth
from tests.compliance.bonds.test_paths import world as months_of_many
from tests.compliance.bonds.test_reviewing import deposit, make_bond, number_of
from tests.named_people import World, make_account

TODAY = timezone.localdate()
BASE = "/accounts/{}/bond/"


def make_bonded(world: World) -> Bond:
    """Quillard's bond of $200,000, used to ninety percent, month by month the same; errors of many are known."""
    EntryMonth.objects.all().delete()
    partner = make_account("Partner Goods", "importer", "96-333333300")
    made = make_bond(world, "B1", world.quillard, 200_000, others=[number_of(partner)], riders=["RECON"])
    make_bond(world, "B2", world.quillard, 50_000, activity_code="2")
    for back in range(1, 25):
        deposit(number_of(world.quillard), months_earlier(TODAY, back), 100_000, mpf=4_000, estimated_entries=1)
        deposit(number_of(partner), months_earlier(TODAY, back), 50_000)
    months = months_of_many(1)
    errors = errors_of(months[:, :12], months[:, 12:24])
    assert errors is not None
    PathErrors.objects.create(month=TODAY.replace(day=1), data=errors.as_data())
    review(None, TODAY)
    look_ahead([world.quillard.pk], TODAY)
    return made


@pytest.fixture
def bond(world: World) -> Bond:
    return make_bonded(world)


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())
