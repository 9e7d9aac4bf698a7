"""Who may read of a trend, and who moves it on."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Delegation
from accounts.scope import acting_for
from compliance.trends.models import AccountTest, PeerFit, Trend, TrendStep
from tests.named_people import World
from tests.portal.test_every_address import signed_in

TODAY = timezone.localdate()
pytestmark = pytest.mark.django_db
OPEN = {
    "robin": {"q"},
    "lee": {"q"},
    "sam": {"s"},
    "jordan": {"q"},
    "morgan": {"s"},
    "billie": {"b"},
    "hq": {"q", "s", "b"},
}


def make_trend(account, **fields) -> Trend:
    given = {
        "measure": "discrepancy", "rests_on": "targeted", "found_on": TODAY, "as_of": TODAY,
        "since": TODAY - datetime.timedelta(days=200), "since_low": TODAY - datetime.timedelta(days=230),
        "since_high": TODAY - datetime.timedelta(days=190), "examinations": 61, "discrepancies": 14, "expected": 3.1,
        "revenue_found": 18_400, "revenue_at_stake": 90_000, "p_value": 1e-6, "q_value": 0.0004, "heading": "8501",
        "origin": "CN", "discrepancy_type": "CLASS", "months": [["2026-04-01", 10, 1, 0.5], ["2026-07-01", 20, 7, 1.0]],
    }  # fmt: skip
    trend = Trend.objects.create(account=account, **(given | fields))
    TrendStep.objects.create(trend=trend, account=account, state=trend.state, on=TODAY)
    return trend


@pytest.fixture
def told(world: World) -> World:
    make_trend(world.quillard, port="0001")
    make_trend(world.stranger, port="0002")
    make_trend(world.lindale, port="0003", other_side=world.quillard)
    PeerFit.objects.create(as_of=TODAY, side="importer", measure="discrepancy", examinations=1, data=b"")
    AccountTest.objects.create(account=world.quillard, measure="discrepancy", p_value=0.5, as_of=TODAY)
    return world


LETTERS = {"0001": "q", "0002": "s", "0003": "b"}


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", "hq"])
def test_row_security_and_visible_to_open_an_accounts_own_trends(told: World, name: str) -> None:
    person = told.people[name]
    expected = OPEN.get(name, set())
    with acting_for(person):
        assert {LETTERS[port] for port in Trend.objects.values_list("port", flat=True)} == expected
        assert TrendStep.objects.count() == len(expected)
        assert PeerFit.objects.exists() == (name == "hq")
        assert AccountTest.objects.exists() == (name == "hq")
    assert {LETTERS[port] for port in Trend.objects.visible_to(person).values_list("port", flat=True)} == expected
    assert PeerFit.objects.visible_to(person).exists() == (name == "hq")


def test_a_delegation_of_trends_opens_them_and_lets_nobody_move_them(told: World) -> None:
    Delegation.objects.create(
        importer=told.quillard, broker=told.lindale, kinds=["trends"], power_of_attorney=TODAY,
        expires=TODAY + datetime.timedelta(days=30),
    )  # fmt: skip
    client = signed_in(told, "billie")
    trend = Trend.objects.get(account=told.quillard)
    assert client.get(f"/accounts/{told.quillard.pk}/trends/{trend.pk}/").status_code == 200
    trend.refresh_from_db()
    assert trend.state == "new"
    with acting_for(told.billie):
        assert not trend.resolve(by=told.billie, on=TODAY, because="I say so")


@pytest.mark.parametrize(
    ("name", "status"),
    [("robin", 200), ("jordan", 200), ("hq", 200), ("sam", 404), ("billie", 404), ("morgan", 404), ("expert", 404)],
)
def test_a_trend_is_opened_by_those_of_its_account_alone(told: World, name: str, status: int) -> None:
    trend = Trend.objects.get(account=told.quillard)
    assert signed_in(told, name).get(f"/accounts/{told.quillard.pk}/trends/{trend.pk}/").status_code == status
    elsewhere = Trend.objects.get(account=told.stranger)
    assert signed_in(told, name).get(f"/accounts/{told.quillard.pk}/trends/{elsewhere.pk}/").status_code == 404


@pytest.mark.parametrize(("name", "state"), [("robin", "seen"), ("jordan", "seen"), ("hq", "new")])
def test_it_is_seen_when_one_of_its_own_opens_it(told: World, name: str, state: str) -> None:
    trend = Trend.objects.get(account=told.quillard)
    signed_in(told, name).get(f"/accounts/{told.quillard.pk}/trends/{trend.pk}/")
    trend.refresh_from_db()
    assert trend.state == state


def test_members_read_other_where_staff_read_of_targeting(told: World, settings) -> None:
    trend = Trend.objects.get(account=told.quillard)
    page = f"/accounts/{told.quillard.pk}/trends/{trend.pk}/"
    member = signed_in(told, "robin").get(page).content.decode()
    manager = signed_in(told, "jordan").get(page).content.decode()
    assert "other than random" in member
    assert "for a reason" not in member
    assert "target" not in member.lower()
    assert "for a reason" in manager
    settings.DISCLOSE_REASON = False
    assert "What it rests on" not in signed_in(told, "robin").get(page).content.decode()


def test_the_first_line_says_the_numbers_in_plain_words(told: World) -> None:
    page = signed_in(told, "robin").get("/trends/").content.decode()
    assert "14 of 61 closed examinations of goods of heading 8501 from China" in page
    assert "about three would be usual" in page
    assert "$18,400" in page


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?page=99999", "?show=nonsense", "?show=all&page=2"])
def test_nonsense_in_the_address_shows_a_page(told: World, query: str) -> None:
    trend = Trend.objects.get(account=told.quillard)
    assert signed_in(told, "robin").get(f"/trends/{trend.pk}/{query}").status_code == 200
