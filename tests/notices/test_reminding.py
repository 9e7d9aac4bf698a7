"""Reminders 30, 7 and 1 days before a notice takes effect."""

import datetime

import pytest
from django.utils import timezone

from look.formats import long_day, weekday
from notices import reminding
from notices.models import Acknowledgement, Notice
from notices.staleness import end_of
from notifications import sending
from notifications.kinds import kind_of
from notifications.models import Delivery, HowTold, Message
from notifications.mornings import sent_by
from tests.mail_servers import Post, text_of
from tests.named_people import World

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def published(world: World, days: int = 60, **fields: object) -> Notice:
    """A notice to Quillard alone, in force in so many days."""
    notice = Notice.objects.create(
        number="1", title="Motors pay more", body="They do.", effective_date=timezone.localdate() + days * DAY, **fields
    )
    notice.accounts.add(world.quillard)
    notice.submit(by=world.hq)
    notice.publish(by=world.hq)
    return notice


def before(notice: Notice, days: int) -> datetime.date:
    assert notice.effective_date
    return notice.effective_date - days * DAY


def test_each_reminder_goes_out_once_to_everybody_who_was_told(world: World, post: Post) -> None:
    notice = published(world, to_do="Look at your bond.")
    assert [reminding.remind_all(before(notice, days)) for days in (45, 30, 30, 29, 8, 7, 1, 1, 0)] == [
        *(0, 3, 0, 0, 0, 3, 3, 0, 0)
    ]
    Message.objects.filter(topic=reminding.TOPIC).update(stop_after=None)
    sending.send_all()
    subjects = [str(mail["Subject"]) for mail in post.of(world.robin.email)]
    day = long_day(notice.effective_date)
    assert sorted(subjects) == sorted(["Motors pay more", *[f"From {day}: Motors pay more"] * 3])
    last = next(mail for mail in post.of(world.robin.email) if mail["Subject"].startswith("From"))
    # How many days are left would be wrong in tomorrow's digest, and in the inbox.
    assert f"Motors pay more takes effect on {weekday(notice.effective_date)}" in text_of(last)
    assert "Look at your bond." in text_of(last)
    assert f"/notices/{notice.pk}/" in text_of(last)


def test_after_an_outage_the_one_that_is_due_goes_out_and_none_before_it(world: World) -> None:
    notice = published(world)
    assert reminding.remind_all(before(notice, 4)) == 3
    assert Message.objects.get(topic=reminding.TOPIC).key.endswith(":7")


def test_what_is_published_late_reminds_of_what_is_still_to_come(world: World) -> None:
    notice = published(world, days=7)
    assert reminding.remind_all(before(notice, 7)) == 0
    assert reminding.remind_all(before(notice, 1)) == 3


def test_what_holds_no_more_reminds_nobody_and_what_waits_is_stopped(world: World, post: Post) -> None:
    notice = published(world)
    reminding.remind_all(before(notice, 30))
    notice.retract(by=world.hq)
    assert reminding.remind_all(before(notice, 7)) == 0
    assert sending.send_all() == 0
    assert set(Delivery.objects.filter(message__topic=reminding.TOPIC).values_list("state", flat=True)) == {"stopped"}


def test_an_account_that_confirmed_is_left_in_peace(world: World) -> None:
    notice = published(world, to_do="Confirm.")
    Acknowledgement.objects.create(notice=notice, account=world.quillard, person=world.robin)
    assert reminding.remind_all(before(notice, 7)) == 0


def test_after_its_last_day_for_mail_nothing_goes_out(world: World) -> None:
    notice = published(world, stop_date=timezone.localdate() + 40 * DAY)
    assert reminding.remind_all(before(notice, 30)) == 3
    assert reminding.remind_all(before(notice, 7)) == 0


def test_a_reminder_of_its_last_day_for_mail_goes_out_on_no_later_one(world: World) -> None:
    notice = published(world, stop_date=timezone.localdate() + 30 * DAY)
    assert reminding.remind_all(before(notice, 30)) == 3
    assert Message.objects.get(topic=reminding.TOPIC).stop_after == end_of(timezone.localdate() + 30 * DAY)


@pytest.mark.parametrize(("step", "chosen"), [(30, "weekly"), (1, "daily"), (1, "weekly")])
def test_a_reminder_that_a_digest_would_bring_too_late_goes_at_once(world: World, step: int, chosen: str) -> None:
    """A day before, a digest comes in time where its morning is still ahead: tests/notifications/test_mornings.py has the hours."""
    notice = published(world, days=step)
    Message.objects.update(created_at=timezone.now() - 90 * DAY)
    Notice.objects.update(published_at=timezone.now() - 90 * DAY)
    kind = kind_of(reminding.TOPIC)
    assert kind
    HowTold.choose(world.robin, {kind.name: chosen}, by=world.robin)
    assert notice.effective_date
    assert reminding.remind_all(timezone.localdate()) == 3
    mine = Delivery.objects.get(message__topic=reminding.TOPIC, person=world.robin)
    in_time = sent_by(chosen, "America/New_York", timezone.now()) < end_of(notice.effective_date - DAY)
    assert mine.channel == (chosen if in_time else "mail")
    assert in_time or step == 1
