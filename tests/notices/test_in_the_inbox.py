"""The inbox says to each what a notice means for them, and of one that holds no more that it does not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from look.formats import long_day
from notices.models import Notice
from notifications import sending
from notifications.models import Delivery, HowTold
from tests.mail_servers import Post
from tests.named_people import World
from tests.notices.test_pages import signed_in
from tests.notices.test_touching import DUTY, known
from tests.notices.test_what_one_reads import words
from tests.notices.writing import published, second_person

__all__ = ["known"]
pytestmark = pytest.mark.django_db
OWN = "imported $1,240,000 of this from China"


def inbox_of(world: World, name: str, told: Delivery | None = None) -> str:
    page = signed_in(world.people[name]).get(f"/inbox/{told.pk}/" if told else "/inbox/")
    assert page.status_code == 200
    return words(page.content.decode())


def told(world: World, name: str, notice: Notice) -> Delivery:
    return Delivery.objects.get(person=world.people[name], message__key=f"notice:{notice.pk}")


def replaced(world: World, notice: Notice, how: str) -> Notice:
    new = notice.successor(how, "65313730", by=world.hq)
    new.submit(by=world.hq)
    new.publish(by=second_person())
    return new


def test_list_and_message_name_ones_own_dollars(known: World) -> None:
    notice = published(known, **DUTY)
    assert f"You {OWN}" in inbox_of(known, "robin")
    assert f"What it means for you You {OWN}" in inbox_of(known, "robin", told(known, "robin", notice))
    assert f"Quillard Electric {OWN}" in inbox_of(known, "jordan", told(known, "jordan", notice))
    broker = inbox_of(known, "billie", told(known, "billie", notice))
    assert "You filed entries with $1,240,000 of this" in broker
    assert "$310,000" not in broker
    for name in ("sam", "morgan", "expert"):
        assert "1,240,000" not in inbox_of(known, name)
    foreign = told(known, "robin", notice)
    assert signed_in(known.sam).get(f"/inbox/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize(("how", "said"), [("corrects", "was corrected on"), ("supersedes", "was superseded on")])
def test_whoever_waits_for_a_digest_reads_that_it_holds_no_more(known: World, how: str, said: str) -> None:
    HowTold.choose(known.robin, {"changes": "weekly"}, by=known.robin)
    old = published(known, **DUTY)
    Notice.objects.update(effective_date=timezone.localdate())
    old.refresh_from_db()
    new = replaced(known, old, how)
    page = inbox_of(known, "robin", told(known, "robin", old))
    assert f"This notice {said}" in page
    assert "What it means for you" not in page
    assert f"What it means for you You {OWN}" in inbox_of(known, "robin", told(known, "robin", new))
    assert inbox_of(known, "robin").count("and holds no more") == 1


def test_what_is_superseded_from_a_day_ahead_holds_until_then(known: World) -> None:
    old = published(known, **DUTY | {"effective_date": timezone.localdate()})
    new = old.successor("supersedes", "65313730", by=known.hq)
    Notice.objects.filter(pk=new.pk).update(effective_date=DUTY["effective_date"])
    new.refresh_from_db()
    new.submit(by=known.hq)
    new.publish(by=second_person())
    day = long_day(DUTY["effective_date"])
    page = inbox_of(known, "robin", told(known, "robin", old))
    assert f"Another notice takes the place of this one from {day} on." in page
    assert "holds no more" not in page
    said = inbox_of(known, "robin", told(known, "robin", new))
    assert "It supersedes CSMS message 65313729 from that day on." in said


def test_the_list_asks_no_more_often_with_more_notices(known: World) -> None:
    client = signed_in(known.robin)
    published(known, "65313740", **DUTY)
    client.get("/inbox/")
    with CaptureQueriesContext(connection) as few:
        client.get("/inbox/")
    for n in range(8):
        published(known, f"6531375{n}", **DUTY)
    with CaptureQueriesContext(connection) as many:
        client.get("/inbox/")
    assert len(many) == len(few)


def test_one_that_was_taken_back_says_so_to_those_too_who_had_no_mail(known: World, post: Post) -> None:
    notice = published(known, **DUTY)
    notice.retract(by=known.hq, why="It was about other goods.")
    sending.send_all()
    assert post.mails == [], "nobody had it, so nobody hears that it was taken back"
    page = inbox_of(known, "robin", told(known, "robin", notice))
    assert "This notice was taken back on" in page
    assert "nothing is asked of you" in page


def test_why_it_was_taken_back_is_read_by_whoever_had_it_and_the_form_says_so(known: World, post: Post) -> None:
    notice = published(known, **DUTY)
    sending.send_all()
    form = signed_in(known.hq).get(f"/admin/notices/notice/{notice.pk}/retract/").content.decode()
    assert "whoever was told of it reads this" in form
    notice.retract(by=known.hq, why="It was about other goods.")
    back = Delivery.objects.get(person=known.robin, message__topic="notice taken back")
    assert "It was about other goods." in inbox_of(known, "robin", back)
