"""A demonstration of a day long ago stands as it would today: what was published or scheduled then has been told."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from demonstration.world import FILES, write_files
from notices.models import Notice
from notifications.models import Delivery
from tests.demonstration.conftest import Written
from tests.demonstration.test_the_selection_rounds import loaded

pytestmark = pytest.mark.django_db


def test_what_was_to_be_published_since_then_is_told_and_nothing_goes_out_now(tmp_path: Path) -> None:
    as_of = timezone.localdate() - datetime.timedelta(days=200)
    written = Written(tmp_path, write_files(tmp_path, lines=5_000, seed=1, as_of=as_of), dict.fromkeys(FILES))  # type: ignore[arg-type]
    world = loaded(written)
    scheduled = [one.title for one in world.notices if one.scheduled]
    drafts = {one.title for one in world.notices if one.draft}
    assert scheduled
    assert set(Notice.objects.filter(title__in=scheduled).values_list("state", flat=True)) == {"published"}
    assert set(Notice.objects.filter(state="draft").values_list("title", flat=True)) == drafts
    assert not Notice.objects.filter(published_at__gt=timezone.now()).exists()
    assert not Delivery.objects.filter(state__in=("queued", "claimed")).exists()
