"""Who may read of a trend, and who moves it on."""

import datetime
import re

import pytest
from django.utils import timezone

from accounts.models import Delegation
from accounts.scope import acting_for
from compliance.trends.models import AccountTest, PeerFit, Trend, TrendStep
from compliance.trends.telling import tell_of_trends
from notifications.models import Message
from tests.api.calls import Caller
from tests.compliance.trends.examined_world import make_trend
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


def test_the_worklist_has_ones_accounts_in_the_order_of_what_is_at_stake_and_certain(told: World) -> None:
    make_trend(told.quillard, port="0004", revenue_at_stake=200_000, q_value=0.001)
    make_trend(told.quillard, port="0005", revenue_at_stake=210_000, q_value=0.10)
    page = signed_in(told, "jordan").get("/trends/all/")
    assert [one.trend.port for one in page.context["rows"]] == ["0004", "0005", "0001"]
    assert "Stranger Goods" not in page.content.decode()
    assert len(signed_in(told, "hq").get("/trends/all/?show=all").context["rows"]) == 5
    assert signed_in(told, "jordan").get("/trends/all/?show=nonsense&page=x").status_code == 200


def test_the_first_pages_of_member_and_manager_show_the_heaviest(told: World) -> None:
    for name in ("robin", "jordan"):
        page = signed_in(told, name).get("/").content.decode()
        assert "heading 8501" in page
    assert "heading 8501" not in signed_in(told, "expert").get("/").content.decode()
    make_trend(told.quillard, heading="9403", revenue_at_stake=210_000, q_value=0.10)
    make_trend(told.quillard, heading="7318", revenue_at_stake=200_000, q_value=0.001)
    page = signed_in(told, "jordan").get("/").content.decode()
    places = [page.index(f"heading {heading}") for heading in ("7318", "9403", "8501")]
    assert places == sorted(places)  # by what is at stake times how sure


def test_the_lists_are_files_too_and_no_cell_is_a_formula(told: World) -> None:
    Trend.objects.filter(account=told.quillard).update(manufacturer_id="=1+1")
    for path, name in (("/trends/", "robin"), ("/trends/all/", "jordan")):
        rows = signed_in(told, name).get(f"{path}?download=csv").content.decode("utf-8-sig").splitlines()
        assert rows[0].startswith("Account,State,Port")
        assert len(rows) == 2
        assert ",=1+1" not in rows[1]
        assert signed_in(told, name).get(f"{path}?download=xlsx").status_code == 200


def test_the_api_gives_what_was_settled_with_null_where_a_dimension_plays_no_part(told: World) -> None:
    (row,) = Caller(told.robin).rows("trends/")
    assert (row["account_name"], row["hts4"], row["origin"]) == ("Quillard Electric", "8501", "CN")
    assert (row["manufacturer_id"], row["other_account"]) == (None, None)
    assert (row["status"], row["examinations"], row["discrepancies"]) == ("new", 61, 14)
    assert row["rate"] == pytest.approx(14 / 61)
    assert row["expected_rate"] == pytest.approx(3.1 / 61)
    assert (row["q_value"], row["revenue_at_stake"]) == (0.0004, "90000.00")
    assert not {"rests_on", "p_value", "random_examinations"} & set(row)
    assert Caller(told.robin).ask("trends/?hts4=85").status_code == 400
    assert Caller(told.sam).ask(f"trends/{row['id']}/").status_code == 404


def test_members_and_manager_are_told_once_and_nothing_of_what_was_found(told: World) -> None:
    assert tell_of_trends() == 3
    assert tell_of_trends() == 0
    message = Message.objects.get(subject__contains="Quillard", topic="trend")
    assert set(message.deliveries.values_list("person__name", flat=True)) == {
        "Robin Castell", "Lee Farrow", "Jordan Ellery",
    }  # fmt: skip
    assert "8501" not in re.sub(r"https?://\S+", "", message.text + message.subject)
    Trend.objects.update(state="seen")
    TrendStep.objects.create(trend=Trend.objects.first(), account=told.quillard, state="new", on=TODAY)
    assert tell_of_trends() == 0
