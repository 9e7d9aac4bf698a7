"""The PDF of a review made by a real worker, with the worker's login, in the scope of who asked."""

import pytest

from examinations.models import Export
from portal.review.pdf import can_be_made
from tests.named_people import World
from tests.portal.test_every_address import signed_in
from tests.workers import Worker, until

pytestmark = [pytest.mark.processes]


@pytest.fixture(autouse=True)
def _where_there_is_pango() -> None:
    """Asked when it is needed: WeasyPrint takes each process as long as the portal to load."""
    if not can_be_made():
        pytest.skip("this machine has no Pango")


def test_a_worker_makes_the_review_for_member_and_manager(worker: Worker, living: World) -> None:
    for name in ("robin", "jordan"):
        answer = signed_in(living, name).post(f"/accounts/{living.quillard.pk}/review/pdf/")
        assert answer.status_code == 302
    until(lambda: Export.objects.filter(state="ready").count() == 2, 40)
    for one in Export.objects.all():
        client = signed_in(living, "robin" if one.owner_id == living.robin.pk else "jordan")
        content = b"".join(client.get(f"/exports/{one.pk}/file/").streaming_content)
        assert content.startswith(b"%PDF-")
        assert one.rows >= 2
