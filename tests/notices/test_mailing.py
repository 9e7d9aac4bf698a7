"""The mail of a notice says to each reader what it touches of the trade that they answer for."""

import pytest

from accounts.models import Membership
from notifications import sending
from tests.mail_servers import Post, text_of
from tests.named_people import World
from tests.notices.test_touching import DUTY, known
from tests.notices.writing import published

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
    assert f"Quillard Electric: it {OWN}" in flat(post, known.jordan.email)
    assert "You filed entries with $1,240,000 of this" in flat(post, known.billie.email)
    both = flat(post, known.lee.email)
    assert "Lindale Customs Brokers: it filed entries" in both
    assert "Quillard Electric: it imported $1,240,000" in both
    assert "Stranger" not in "".join(flat(post, one) for one in post.to)


def test_a_notice_that_asks_nothing_of_trade_says_the_same_to_all(known: World, post: Post) -> None:
    published(known)
    sending.send_all()
    assert len(post.mails) == 6
    assert "What it means for you" not in flat(post, known.robin.email)


def test_two_notices_in_one_batch_keep_their_own_dollars(known: World, post: Post) -> None:
    published(known, "65313701", **DUTY)
    published(known, "65313702", **DUTY | {"rate_change": 10})
    sending.send_all()
    texts = [" ".join(text_of(mail).split()) for mail in post.of(known.robin.email)]
    assert sorted("$310,000 more" in text for text in texts) == [False, True]
    assert sorted("$124,000 more" in text for text in texts) == [False, True]
