"""The page of the own rate: who opens it, what it says of few and many reviews, and what it keeps to itself."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Account, Delegation
from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates.words import finding_of, weight_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def rate(account: Account, reviews: int, discrepancies: int, **more: Any) -> OwnRate:
    fit = RateFit.objects.create(as_of=timezone.localdate(), accounts=240, reviews=900, discrepancies=41, data={})
    fields: dict[str, Any] = {"rate": 0.052, "low": 0.024, "high": 0.098, "alpha": 6.0, "beta": 109.0}
    fields |= {"prior_mean": 0.047, "group": "010", "level": "center", "differs": True}
    fields |= {"group_accounts": 240, "group_reviews": 900, "group_discrepancies": 41, "group_mean": 41 / 900}
    return OwnRate.objects.create(
        account=account, fit=fit, as_of=fit.as_of, reviews=reviews, discrepancies=discrepancies, **fields | more
    )


@pytest.fixture
def rated(world: World) -> World:
    rate(world.quillard, 118, 6)
    rate(world.stranger, 0, 0, rate=0.04, level="all", differs=False)
    rate(world.lindale, 1, 1, level="brokers")
    return world


def text(world: World, name: str, address: str = "/own-rate/") -> str:
    response = signed_in(world, name).get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_first_line_says_what_was_found_the_rate_and_between_what_it_lies(rated: World) -> None:
    page = text(rated, "robin")
    assert "Of <b>118 lines reviewed at random, 6 had an error</b>" in page
    assert "the rate is about <b>5.2 %</b>" in page
    assert "between <b>2.4 % and 9.8 %</b>" in page
    assert "41 of 900 lines reviewed at random had an error, at 240 importers of the same Center" in page
    assert "cannot be told from that of the group" in page
    assert "by more than chance" in page


def test_without_reviews_it_says_so_and_what_is_usual(rated: World) -> None:
    page = text(rated, "sam")
    assert "<b>No line was reviewed at random</b> in two years" in page
    assert "<b>hardly anything of it</b>" in page
    assert "No difference between accounts was detected" in page
    assert "fewer than 100 reviewed accounts or 20 errors" in page


def test_of_one_review_it_speaks_in_the_singular(rated: World) -> None:
    page = text(rated, "billie")
    assert "<b>The one line reviewed at random had an error</b>" in page
    assert "1 review alone says little" in page
    assert "by the lines that they filed" in page


def test_before_the_first_night_there_is_a_sentence_and_no_figure(world: World) -> None:
    page = text(world, "robin")
    assert "No rate has been computed yet." in page
    assert "<svg" not in page.split("<main")[1]


def test_a_small_group_is_not_told(world: World) -> None:
    rate(world.quillard, 3, 0, group_accounts=9)
    page = text(world, "robin")
    assert "at 9 importers" not in page
    assert "All of the group" not in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("jordan", 200), ("hq", 200), ("morgan", 404), ("billie", 404), ("sam", 404), ("expert", 404)],
)
def test_below_the_account_its_manager_and_headquarters_open_it_and_nobody_else(
    rated: World, name: str, status: int
) -> None:
    address = f"/accounts/{rated.quillard.pk}/own-rate/"
    assert signed_in(rated, name).get(address).status_code == status
    if status == 200:
        assert "The account’s own rate of errors" in text(rated, name, address)


def test_a_delegate_of_trends_opens_it_and_one_of_examinations_finds_neither_page_nor_link(rated: World) -> None:
    today = timezone.localdate()
    given = Delegation.objects.create(
        importer=rated.quillard,
        broker=rated.lindale,
        kinds=["examinations"],
        power_of_attorney=today,
        expires=today.replace(year=today.year + 1, day=1),
    )
    base = f"/accounts/{rated.quillard.pk}"
    assert signed_in(rated, "billie").get(f"{base}/own-rate/").status_code == 404
    assert "/own-rate/" not in text(rated, "billie", f"{base}/examinations/figures/")
    Delegation.objects.filter(pk=given.pk).update(kinds=["trends"])
    assert "118 lines reviewed at random" in text(rated, "billie", f"{base}/own-rate/")


def test_where_reasons_are_not_disclosed_a_member_reads_the_rate_without_the_counts(
    rated: World, settings: LazySettings
) -> None:
    settings.DISCLOSE_REASON = False
    page = text(rated, "robin")
    assert "about <b>5.2 %</b>" in page
    assert "118" not in strip_tags(page)
    assert "118 lines" in text(rated, "jordan", f"/accounts/{rated.quillard.pk}/own-rate/")


def test_the_page_writes_nothing(rated: World) -> None:
    assert signed_in(rated, "robin").post("/own-rate/").status_code == 405


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.06, 0.2, "higher"), (0.0, 0.04, "lower"), (0.01, 0.1, "cannot be told")]
)
def test_the_chart_says_how_the_rate_lies_to_its_group(low: float, high: float, said: str) -> None:
    assert said in finding_of(low, high, 0.05)


@pytest.mark.parametrize(
    ("reviews", "strength", "said"),
    [(0, 20, "hardly anything"), (1, 21, "a small part"), (10, 20, "about half"), (600, 620, "nearly all")],
)
def test_how_much_of_it_is_own_is_said_in_words(reviews: int, strength: float, said: str) -> None:
    assert weight_of(reviews, strength * 0.05, strength * 0.95) == said
