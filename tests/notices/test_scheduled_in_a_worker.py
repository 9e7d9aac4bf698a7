"""What is scheduled goes out of a real worker, with the login of the worker."""

import datetime

import pytest
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.models import DutyChange
from notices.models import Notice, Touched
from notices.tasks import publish_due
from tests.compliance.bonds.test_reviewing import make_bond
from tests.mail_servers import Post, text_of
from tests.named_people import make_world
from tests.notices.test_mailing import learned
from tests.notices.writing import draft, second_person
from tests.workers import Processes, until

pytestmark = pytest.mark.processes


def test_what_is_due_is_published_with_its_dollars_and_its_duty(processes: Processes, post: Post) -> None:
    world = make_world()
    recount(None)
    make_bond(world, "991234567", world.quillard)
    learned()
    day = timezone.localdate() + datetime.timedelta(days=40)
    notice = draft(world, hts_prefixes=["8501"], countries=["CN"], rate_change=25, effective_date=day)
    notice.submit(by=world.hq)
    notice.schedule(timezone.now() + datetime.timedelta(hours=1), by=second_person())
    Notice.objects.update(publish_at=timezone.now() - datetime.timedelta(days=1))
    processes.worker()
    publish_due.delay()
    publish_due.delay()
    until(lambda: Notice.objects.get().state == "published")
    assert Touched.objects.filter(added__gt=0).exists()
    assert DutyChange.objects.get().announced_by == second_person()
    assert list(notice.steps.values_list("what", flat=True)) == ["written", "submitted", "scheduled", "published"]
    until(lambda: world.robin.email in post.to)
    (mail,) = post.of(world.robin.email)
    said = " ".join(text_of(mail).split())
    assert "What it means for you You imported $" in said
    assert "more a year. Your bond of $50,000 " in said
    assert "with this and all else that is announced" in said
