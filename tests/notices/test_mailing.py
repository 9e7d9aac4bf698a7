"""The mail of a notice says to each reader what it touches of the trade that they answer for."""

import datetime
import time
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, PathErrors
from compliance.bonds.paths import errors_of
from compliance.bonds.reviewing import review
from compliance.bonds.tasks import look_ahead_of_all
from examinations.figures.period import months_earlier
from examinations.models import EntryMonth
from look import formats
from notices import mailing, reminding
from notices.models import Touched
from notifications import digests, queue, sending
from notifications.models import Delivery, HowTold, WentOut
from tests.compliance.bonds.test_reviewing import deposit, make_bond
from tests.mail_servers import Post, text_of
from tests.named_people import World
from tests.notices.test_touching import DUTY, known
from tests.notices.writing import published
from tests.notifications.messages import AN_HOUR, make_message

__all__ = ["known"]
pytestmark = pytest.mark.django_db
OWN = "imported $1,240,000 of this from China through Los Angeles and Long Beach in the last 12 months; at the new rate"


def flat(post: Post, address: str, kind: str = "plain") -> str:
    (mail,) = post.of(address)
    return " ".join(text_of(mail, kind).split())


def test_each_mail_says_what_it_means_for_its_reader(known: World, post: Post) -> None:
    Membership.objects.create(account=known.lindale, person=known.lee)
    published(known, **DUTY)
    sending.send_all()
    own = f"What it means for you You {OWN} about $310,000 more a year."
    assert own in flat(post, known.robin.email)
    assert f"You {OWN} about $310,000 more a year." in flat(post, known.robin.email, "html")
    assert f"Quillard Electric {OWN}" in flat(post, known.jordan.email)
    assert "You filed entries with $1,240,000 of this" in flat(post, known.billie.email)
    both = flat(post, known.lee.email)
    assert "Lindale Customs Brokers filed entries" in both
    assert "Quillard Electric imported $1,240,000" in both
    assert "Stranger" not in "".join(flat(post, one) for one in post.to)


def test_of_several_accounts_each_sentence_names_its_own(known: World, post: Post) -> None:
    Membership.objects.create(account=known.lindale, person=known.lee)
    published(known, **DUTY)
    Touched.objects.filter(account=known.lindale).update(imported=5_000)
    sending.send_all()
    both = flat(post, known.lee.email)
    assert "Lindale Customs Brokers also filed $1,240,000 of it for others." in both
    assert " it also" not in both


@pytest.mark.parametrize(("named", "left"), [(1, "And 1 account more: the portal shows it."), (2, "")])
def test_what_a_mail_does_not_name_is_counted(
    known: World, post: Post, monkeypatch: pytest.MonkeyPatch, named: int, left: str
) -> None:
    monkeypatch.setattr(mailing, "MOST_NAMED", named)
    Membership.objects.create(account=known.lindale, person=known.lee)
    published(known, **DUTY)
    sending.send_all()
    text = flat(post, known.lee.email)
    assert (left or "Quillard Electric imported") in text
    assert ("account more" in text) == bool(left)


def test_a_notice_that_asks_nothing_of_trade_says_the_same_to_all(known: World, post: Post) -> None:
    published(known)
    sending.send_all()
    assert len(post.mails) == 6
    assert "What it means for you" not in flat(post, known.robin.email)


def test_whoever_is_told_nothing_of_their_own_takes_nobody_elses_words_away(known: World, post: Post) -> None:
    """Mails that read alike are made many at once, with the first of them."""
    notice = published(known, **DUTY)
    Touched.objects.filter(account=known.lindale).delete()
    Delivery.objects.filter(message__about_id=notice.pk, person=known.billie).update(due_at=timezone.now() - AN_HOUR)
    sending.send_all()
    assert "What it means for you" not in flat(post, known.billie.email)
    assert f"You {OWN}" in flat(post, known.robin.email)
    assert f"Quillard Electric {OWN}" in flat(post, known.jordan.email)


def test_two_notices_in_one_batch_keep_their_own_dollars(known: World, post: Post) -> None:
    published(known, "65313701", **DUTY)
    published(known, "65313702", **DUTY | {"rate_change": 10})
    sending.send_all()
    texts = [" ".join(text_of(mail).split()) for mail in post.of(known.robin.email)]
    assert sorted("$310,000 more" in text for text in texts) == [False, True]
    assert sorted("$124,000 more" in text for text in texts) == [False, True]


def test_a_digest_names_the_dollars_of_its_reader_and_of_nobody_else(known: World, post: Post) -> None:
    Membership.objects.create(account=known.lindale, person=known.lee)
    for person in (known.robin, known.lee, known.jordan, known.sam):
        HowTold.choose(person, {"changes": "daily"}, by=person)
    published(known, "65313701", **DUTY)
    published(known, "65313702", **DUTY | {"rate_change": 10})
    published(known, "65313703")
    Delivery.objects.filter(channel="daily").update(due_at=timezone.now() - datetime.timedelta(days=8))
    assert digests.gather() == 4
    sending.send_all()
    own = flat(post, known.robin.email)
    assert own.count(f"You {OWN}") == 2
    assert f"Change 65313701, from {formats.long_day(DUTY['effective_date'])}." in own
    assert own.index("about $310,000 more") < own.index("Change 65313702") < own.index("about $124,000 more")
    assert own.index("about $124,000 more") < own.index("Change 65313703")
    assert f"You {OWN} about $310,000 more a year." in flat(post, known.robin.email, "html")
    both = flat(post, known.lee.email)
    assert both.count("Lindale Customs Brokers filed entries with $1,240,000 of this") == 2
    assert both.count(f"Quillard Electric {OWN}") == 2
    assert flat(post, known.jordan.email).count(f"Quillard Electric {OWN}") == 2
    assert "of this" not in flat(post, known.sam.email)


def test_a_digest_asks_as_much_for_many_notices_as_for_one(known: World, post: Post) -> None:
    HowTold.choose(known.robin, {"changes": "daily"}, by=known.robin)
    asked = []
    for count in (1, 4):
        for at in range(count):
            published(known, f"653130{count}{at}", **DUTY)
        mine = Delivery.objects.filter(person=known.robin, channel="daily", state="queued")
        mine.update(due_at=timezone.now() - datetime.timedelta(days=8))
        digests.gather()
        digest = Delivery.objects.get(message__topic="digest", state="queued")
        with CaptureQueriesContext(connection) as queries:
            assert len(digests.carried_by(digest)) == count
        asked.append(len(queries))
        sending.send_all()
    assert asked[0] == asked[1]


def learned() -> None:
    """What the rule learns of two hundred even bonds; and a first review of those that there are."""
    today = timezone.localdate()
    rng = np.random.default_rng(1)
    years = np.full((200, 24), 50_000.0) * rng.uniform(0.97, 1.03, (200, 24))
    PathErrors.objects.create(
        month=today.replace(day=1),
        data=errors_of(years[:, :12], years[:, 12:]).as_data(),  # type: ignore[union-attr]
    )
    review(None, today)


@pytest.fixture
def bonds(known: World) -> World:
    """Bonds of $70,000 of Quillard and Stranger, and of its broker, reviewed before anything was announced; Quillard paid
    $50,000 a month, evenly, and so did all others from whom the rule learned."""
    today = timezone.localdate()
    for number, account in (("991234567", known.quillard), ("991234568", known.stranger)):
        make_bond(known, number, account, 70_000)
        (identifier,) = account.identifiers.filter(kind="importer")
        EntryMonth.objects.filter(identifier=identifier).delete()
        for back in range(1, 25):
            deposit(identifier, months_earlier(today, back), 50_000)
    learned()
    return known


def a_minute_later(monkeypatch: pytest.MonkeyPatch) -> None:
    Delivery.objects.filter(state="queued").update(due_at=timezone.now() - AN_HOUR)
    monkeypatch.setattr(mailing, "KNOWN_SECONDS", -1.0)


def test_a_mail_waits_for_the_year_ahead_for_a_while_and_goes_without_it(
    bonds: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was reckoned without this change says nothing of it."""
    look_ahead(None, timezone.localdate())
    published(bonds, **DUTY)
    monkeypatch.setattr(mailing, "PATIENCE", datetime.timedelta(0))
    sending.send_all()
    assert "about $310,000 more a year." in flat(post, bonds.robin.email)
    assert "bond" not in flat(post, bonds.robin.email)


def test_nothing_is_reckoned_and_no_lock_is_waited_for_while_mails_go_out(bonds: World, post: Post) -> None:
    """The nightly review holds its lock for minutes: a claim would run out meanwhile."""
    published(bonds, **DUTY)
    with CaptureQueriesContext(connection) as queries:
        sending.send_all()
    asked = [one["sql"] for one in queries]
    assert any("bonds_bondreview" in sql for sql in asked)
    assert not any("advisory" in sql or "UPDATE bonds_" in sql for sql in asked)


def test_an_amount_that_is_raised_meanwhile_is_told_as_it_is(
    bonds: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words are kept in hand for many mails, and not for as long as a worker draws no other notice."""
    published(bonds, **DUTY)
    look_ahead(None, timezone.localdate())
    sending.send_all()
    assert "Your bond of $70,000" in flat(post, bonds.robin.email)
    Bond.objects.filter(number="991234567").update(amount=90_000)
    Delivery.objects.filter(person=bonds.robin).update(state="queued", sent_at=None)
    WentOut.objects.all().delete()
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 60)
    post.mails.clear()
    sending.send_all()
    assert "Your bond of $90,000" in flat(post, bonds.robin.email)


def test_the_mail_of_a_duty_says_from_when_the_bond_is_short(
    bonds: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails overtake the task that looks ahead behind the publication: whoever has a bond waits for it, and nobody else."""
    Membership.objects.create(account=bonds.lindale, person=bonds.lee)
    look_ahead(None, timezone.localdate())
    published(bonds, **DUTY | {"effective_date": timezone.localdate() + datetime.timedelta(days=5)})
    sending.send_all()
    assert bonds.billie.email in post.to
    assert not {bonds.robin.email, bonds.jordan.email, bonds.lee.email} & set(post.to)
    waiting = Delivery.objects.filter(state="queued", channel="mail")
    assert set(waiting.values_list("attempts", "last_error")) == {(0, "waits for the year ahead of a bond")}
    assert waiting.filter(due_at__gt=timezone.now()).count() == waiting.count()
    look_ahead(None, timezone.localdate())
    a_minute_later(monkeypatch)
    sending.send_all()
    assert not waiting.exists()
    found = BondReview.objects.get(bond__number="991234567")
    assert found.short_half
    said = (
        f"about $310,000 more a year. Your bond of $70,000 would be short by about {found.short_half:%B %Y}, with this and all"
        f" else that is announced; by CBP’s published formula {formats.money(found.ask_for)} is needed."
    )
    assert said in flat(post, bonds.robin.email)
    assert said in flat(post, bonds.robin.email, "html")
    for reader in (bonds.lee, bonds.jordan):
        assert "Quillard Electric’s bond of $70,000 would be short" in flat(post, reader.email)
    assert "bond" not in flat(post, bonds.billie.email), "whoever filed it for others has no duty of its own"


def test_what_waits_goes_as_soon_as_the_year_ahead_is_reckoned(
    bonds: World, post: Post, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Not at the next minute, and not by what a sender keeps in hand of the notice."""
    look_ahead(None, timezone.localdate())
    published(bonds, **DUTY)
    elsewhere = make_message([bonds.robin], "elsewhere")
    Delivery.objects.filter(message=elsewhere).update(
        state="queued", last_error="busy", due_at=timezone.now() + AN_HOUR
    )
    sending.send_all()
    assert bonds.robin.email not in post.to
    monkeypatch.setattr(queue.send_due, "delay", sending.send_all)
    with django_capture_on_commit_callbacks(execute=True):
        look_ahead_of_all()
    (mail,) = post.of(bonds.robin.email)
    assert "Your bond of $70,000" in " ".join(text_of(mail, "plain").split())
    assert Delivery.objects.get(message=elsewhere).due_at > timezone.now(), "what waits for anything else waits on"


def test_a_bond_is_spoken_of_where_a_duty_changes_alone(bonds: World, post: Post) -> None:
    look_ahead(None, timezone.localdate())
    published(bonds, hts_prefixes=["8501"], countries=["CN"])
    sending.send_all()
    assert "You imported $1,240,000" in flat(post, bonds.robin.email)
    assert "bond" not in flat(post, bonds.robin.email)


def test_a_reminder_names_the_dollars_of_its_reader(known: World, post: Post) -> None:
    notice = published(known, **DUTY)
    sending.send_all()
    post.mails.clear()
    assert notice.effective_date
    assert reminding.remind_all(notice.effective_date - datetime.timedelta(days=7)) == 4
    sending.send_all()
    assert f"From {formats.long_day(notice.effective_date)}: " in post.of(known.robin.email)[0]["Subject"]
    assert f"What it means for you You {OWN} about $310,000 more a year." in flat(post, known.robin.email)
    assert f"You {OWN} about $310,000 more a year." in flat(post, known.robin.email, "html")
    assert f"Quillard Electric {OWN}" in flat(post, known.jordan.email)
    assert "You filed entries with $1,240,000 of this" in flat(post, known.billie.email)
    assert "$310,000" not in flat(post, known.billie.email)


def test_a_reminder_months_later_says_of_which_months_it_speaks(known: World, post: Post) -> None:
    notice = published(known, **DUTY)
    first, last = datetime.date(2025, 3, 1), datetime.date(2026, 2, 1)
    Touched.objects.update(first_month=first, last_month=last)
    Touched.objects.filter(account=known.lindale).update(filed=0)
    assert notice.effective_date
    reminding.remind_all(notice.effective_date - datetime.timedelta(days=7))
    Delivery.objects.exclude(message__topic=reminding.TOPIC).update(state="sent")
    sending.send_all()
    own = flat(post, known.robin.email)
    assert "of this from China through Los Angeles and Long Beach from Mar 2025 to Feb 2026; at the new rate" in own
    assert "this month" not in flat(post, known.billie.email), "it began in the month of publication, which is over"


def test_a_reminder_of_what_asks_nothing_of_trade_says_the_same_to_all(known: World, post: Post) -> None:
    notice = published(known, effective_date=DUTY["effective_date"])
    assert notice.effective_date
    assert reminding.remind_all(notice.effective_date - datetime.timedelta(days=7))
    sending.send_all()
    reminder = next(mail for mail in post.of(known.robin.email) if mail["Subject"].startswith("From "))
    assert "What it means for you" not in text_of(reminder)


def test_of_several_bonds_the_mail_speaks_of_the_worst(
    bonds: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = make_bond(bonds, "991234569", bonds.quillard, 900_000, effective=timezone.localdate())
    published(bonds, **DUTY)
    review(None, timezone.localdate())
    look_ahead(None, timezone.localdate())
    sending.send_all()
    assert "Your bond of $70,000 would be short" in flat(post, bonds.robin.email)
    BondReview.objects.filter(bond=newer).update(state="immediate")
    Delivery.objects.filter(person=bonds.robin).update(state="queued", sent_at=None)
    WentOut.objects.all().delete()
    monkeypatch.setattr(mailing, "KNOWN_SECONDS", -1.0)
    post.mails.clear()
    sending.send_all()
    assert "Your bond of $900,000 is insufficient: no new entry may use it" in flat(post, bonds.robin.email)
