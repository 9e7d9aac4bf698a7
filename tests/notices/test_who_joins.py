"""Whoever joins an account, or begins to manage it, is told of changes that are ahead still; once, and nobody else."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account, Assignment, Membership, Person
from notices import audience, joining, reminding, telling
from notices.models import Notice
from notifications import sending
from notifications.models import Delivery, Message
from tests.mail_servers import Post
from tests.named_people import World, make_account, make_person
from tests.notices.test_pages import signed_in
from tests.notices.test_touching import DUTY, known
from tests.notices.writing import published

__all__ = ["known"]
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def told(person: Person) -> dict[str, str]:
    """Titles of the notices that a person was told of, and how."""
    rows = Delivery.objects.filter(person=person, message__topic__in=telling.TOPICS)
    return dict(rows.values_list("message__subject", "channel"))


def new_member(account: Account, name: str = "Nadia Newcomer") -> Person:
    person = make_person(name)
    Membership.objects.create(account=account, person=person)
    return person


def test_a_new_member_finds_what_is_ahead_and_is_reminded_of_it(known: World) -> None:
    ahead = published(known, "65313731", title="Motors", **DUTY)
    published(known, "65313732", title="Over", effective_date=TODAY)
    published(known, "65313733", title="Back", effective_date=DUTY["effective_date"]).retract(by=known.hq)
    nadia = new_member(known.quillard)
    assert joining.tell_who_joined(TODAY, recently=True) == 1
    assert told(nadia) == {"Motors": "portal"}
    page = signed_in(nadia).get("/notices/").content.decode()
    assert "You imported $1,240,000 of this from China" in page
    assert signed_in(nadia).get(f"/notices/{ahead.pk}/").status_code == 200
    assert [joining.tell_who_joined(TODAY, recently=one) for one in (True, False)] == [0, 0]
    assert ahead.effective_date
    reminding.remind_all(ahead.effective_date - datetime.timedelta(days=7))
    assert Delivery.objects.filter(person=nadia, message__topic=reminding.TOPIC).count() == 1


def test_what_asks_for_action_is_mailed_to_who_joins(known: World) -> None:
    published(known, "65313731", title="Motors", to_do="Look at your bond.", **DUTY)
    nadia = new_member(known.quillard)
    joining.tell_who_joined(TODAY, recently=True)
    assert told(nadia) == {"Motors": "mail"}


def test_a_new_manager_is_told_and_one_of_before_or_to_come_is_not(known: World) -> None:
    published(known, "65313731", title="Motors", **DUTY)
    nia, later = (make_person(name, Person.Role.MANAGER) for name in ("Nia Next", "Lara Later"))
    Assignment.objects.filter(account=known.quillard).update(ends=TODAY)
    Assignment.objects.create(
        account=known.quillard, manager=nia, starts=TODAY, ends=TODAY + datetime.timedelta(days=9)
    )
    Assignment.objects.create(account=known.quillard, manager=later, starts=TODAY + datetime.timedelta(days=9))
    joining.tell_who_joined(TODAY, recently=True)
    assert told(nia) == {"Motors": "portal"}
    assert told(later) == {}


def test_nobody_of_an_account_that_it_does_not_touch_is_told(known: World) -> None:
    published(known, "65313731", title="Motors", **DUTY)
    stranger = new_member(known.stranger)
    left = new_member(known.quillard, "Lasse Left")
    Membership.objects.filter(person=left).update(ended_at=timezone.now())
    assert joining.tell_who_joined(TODAY, recently=False) == 0
    assert told(stranger) == told(left) == {}


def test_an_account_that_became_active_hears_at_night_of_what_is_for_all_of_its_kind(known: World) -> None:
    everybody = published(known, "65313731", title="All importers", effective_date=DUTY["effective_date"])
    late = make_account("Late Imports", Account.Kind.IMPORTER, "96-555555500", state=Account.State.PROSPECTIVE)
    person = new_member(late)
    Membership.objects.filter(person=person).update(created_at=timezone.now() - datetime.timedelta(days=30))
    assert joining.tell_who_joined(TODAY, recently=False) == 0
    Account.objects.filter(pk=late.pk).update(state=Account.State.ACTIVE)
    assert joining.tell_who_joined(TODAY, recently=True) == 0
    assert joining.tell_who_joined(TODAY, recently=False) == 1
    assert told(person) == {everybody.title: "portal"}
    assert Notice.objects.get().state == "published"


def test_who_joins_when_its_mail_is_stale_reads_it_in_the_portal_and_is_reminded(known: World, post: Post) -> None:
    notice = published(known, "65313731", title="Motors", to_do="Look at your bond.", **DUTY)
    Message.objects.update(stop_after=timezone.now() - datetime.timedelta(hours=1))
    nadia = new_member(known.quillard)
    joining.tell_who_joined(TODAY, recently=True)
    sending.send_all()
    assert told(nadia) == {"Motors": "portal"}
    assert notice.effective_date
    reminding.remind_all(notice.effective_date - datetime.timedelta(days=7))
    Message.objects.update(stop_after=None)
    sending.send_all()
    (mail,) = post.of(nadia.email)
    assert mail["Subject"].startswith("From ")


def test_who_was_told_for_one_account_and_joins_another_is_told_for_both(known: World) -> None:
    published(known, "65313731", title="Motors", **DUTY)
    Membership.objects.create(account=known.lindale, person=known.robin)
    assert joining.tell_who_joined(TODAY, recently=True) == 0
    mine = Delivery.objects.get(person=known.robin)
    assert set(mine.told_for) == {known.quillard.pk, known.lindale.pk}
    page = signed_in(known.robin).get(f"/inbox/{mine.pk}/").content.decode()
    assert "Quillard Electric imported $1,240,000" in page
    assert "Lindale Customs Brokers filed entries with $1,240,000" in page


def test_nobody_is_told_of_what_is_taken_back_meanwhile(known: World, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = published(known, "65313731", title="Motors", **DUTY)
    nadia = new_member(known.quillard)
    looked = audience.people_of

    def taken_back_now(asked: Notice) -> Any:
        Notice.objects.filter(pk=notice.pk).update(state="retracted")
        return looked(asked)

    monkeypatch.setattr(audience, "people_of", taken_back_now)
    assert joining.tell_who_joined(TODAY, recently=False) == 0
    assert told(nadia) == {}
