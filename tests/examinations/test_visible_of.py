"""What an account's own list leaves unasked changes nothing: `visible_of` is `visible_to`, for everybody and every account."""

import pytest

from accounts.models import Account
from examinations.models import Entry, EntryLine, Examination
from tests.named_people import World

pytestmark = pytest.mark.django_db
EVERYBODY = ["robin", "lee", "billie", "sam", "jordan", "expert", "hq"]


@pytest.mark.parametrize("model", [Entry, EntryLine, Examination])
@pytest.mark.parametrize("name", EVERYBODY)
def test_the_rows_of_an_account_are_those_that_the_person_sees_at_all(world: World, model: type, name: str) -> None:
    person = getattr(world, name)
    Entry.objects.filter(account=world.quillard).first().rows.update(source="own")
    for account in Account.objects.all():
        found = set(model.objects.visible_of(account.pk, person))
        assert found == set(model.objects.filter(account=account).visible_to(person))


def test_an_open_review_stays_unseen(world: World) -> None:
    review = world.examinations["held"]
    Examination.objects.filter(pk=review.pk).update(type="ESR", closed=None)
    assert review not in Examination.objects.visible_of(world.quillard.pk, world.robin)
    assert review in Examination.objects.visible_of(world.quillard.pk, world.jordan)
