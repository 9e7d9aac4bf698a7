"""The importer's controls, programs and its manager's notes, as the demonstration plants them."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import Person
from compliance.controls.models import SelfAssessment
from compliance.programs.models import Done
from demonstration import controlled
from inquiries.models import Contact, FollowUp
from tests.named_people import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.mark.parametrize("as_of", [TODAY, datetime.date(TODAY.year, 1, 1), datetime.date(TODAY.year, 1, 15)])
def test_two_years_are_reviewed_and_this_one_waits_for_the_manager(world: World, as_of: datetime.date) -> None:
    Person.objects.filter(pk=world.jordan.pk).update(email="manager@demo.example")
    controlled.settle(SimpleNamespace(importer=world.quillard.name, as_of=as_of))  # type: ignore[arg-type]
    years = list(SelfAssessment.objects.order_by("year"))
    assert [one.state for one in years] == ["reviewed", "reviewed", "submitted"]
    assert [one.year for one in years] == [as_of.year - 2, as_of.year - 1, as_of.year]
    assert years[0].reviewed < years[1].reviewed < years[2].stated
    assert Contact.objects.count() == 4
    assert [one.due < as_of for one in FollowUp.objects.open()] == [True, False]
    assert Done.objects.filter(kind="test").count() == 1
    controlled.settle(SimpleNamespace(importer=world.quillard.name, as_of=as_of))  # type: ignore[arg-type]
    assert SelfAssessment.objects.count() == 3
