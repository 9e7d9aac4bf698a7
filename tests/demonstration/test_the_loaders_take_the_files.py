"""The real loaders take a small world whole, and find nothing new in it a second time."""

import pytest
from django.db import connection

from accounts.models import Account
from examinations.loading.load import Outcome, load_path
from examinations.models import EntryLine, Examination
from tests.demonstration.conftest import AS_OF, Written

KINDS = ("accounts", "entries", "examinations", "bonds")


def load(world: Written, kind: str) -> Outcome:
    outcome = load_path(kind, world.folder / f"{kind}.csv", as_of=AS_OF)
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")  # what the end of a load's transaction would do
    return outcome


@pytest.mark.django_db
def test_a_small_world_loads_with_nothing_rejected_and_again_with_nothing_changed(small: Written) -> None:
    for kind in KINDS:
        outcome = load(small, kind)
        assert (outcome.rejected, outcome.loaded) == (0, len(small.files[kind])), kind
    importers = {one.name for one in small.world.accounts}
    assert set(Account.objects.values_list("name", flat=True)) == importers
    assert EntryLine.objects.filter(stands_for_line=True).count() == small.world.lines
    assert Examination.objects.count() == small.files["examinations"]["Examination Number"].n_unique()
    for kind in KINDS:
        outcome = load(small, kind)
        assert (outcome.unchanged, outcome.rejected, outcome.withdrawn) == (len(small.files[kind]), 0, 0), kind
