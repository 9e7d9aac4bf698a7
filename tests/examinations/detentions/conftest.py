"""Goods of Quillard that wait, detained, with one paper asked for."""

from pathlib import Path

import pytest
from django.utils import timezone

from examinations.models import Detention, DetentionItem, Examination
from tests.examinations.detentions.pages import DAY
from tests.named_people import World


@pytest.fixture(autouse=True)
def _files_of_one_test(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def held(world: World) -> Examination:
    """Goods of Quillard, filed by Lindale, presented 12 days ago: the five business days are over."""
    one = world.examinations["held"]
    one.presented = timezone.localdate() - 12 * DAY
    one.save()
    return one


@pytest.fixture
def detention(world: World, held: Examination) -> Detention:
    return Detention.objects.record(held, by=world.jordan, kind="cbp", decided_by="Machinery Center")


@pytest.fixture
def item(world: World, detention: Detention) -> DetentionItem:
    return detention.ask("Packing list, one line a carton", timezone.localdate() + 3 * DAY, by=world.jordan)
