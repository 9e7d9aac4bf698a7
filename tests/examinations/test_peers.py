"""Peers: who is compared, what is told, and that nobody can work out another account's figure."""

import datetime
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account, Membership, Person
from accounts.scope import acting_for
from examinations.models import (
    EntryBreakdown,
    ExaminationBreakdown,
    PeerFigure,
    PeerGroup,
    PeerMeasure,
    PeerMember,
    PeerStanding,
)
from examinations.peers.grouping import acceptable, median, partition, standing
from examinations.peers.measuring import measure_peers
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

AS_OF = datetime.date(2026, 11, 25)
MONTH = datetime.date(2026, 10, 1)
VALUES = st.lists(st.floats(0, 1), min_size=10, max_size=60)
MODELS = (PeerGroup, PeerMember, PeerFigure, PeerStanding)


def test_a_group_needs_ten_and_none_above_a_quarter() -> None:
    assert acceptable([1] * 10)
    assert not acceptable([1] * 9)
    assert acceptable([3, *[1] * 9])
    assert not acceptable([3.01, *[1] * 9])
    assert not acceptable([0] * 10)


@given(st.dictionaries(st.integers(), st.floats(1, 1e6), max_size=80))
def test_every_part_is_acceptable_and_all_are_in_one_part_or_none_is(sizes: dict[int, float]) -> None:
    parts = partition(sizes)
    members = [one for part in parts.values() for one in part]
    assert all(acceptable(sizes[one] for one in part) for part in parts.values())
    assert sorted(members) == (sorted(sizes) if parts else [])


def test_thirty_of_like_size_are_cut_in_three_by_size_and_fifteen_stay_together() -> None:
    parts = partition({n: 100 + n for n in range(30)})
    assert parts == {
        "smaller": list(range(10)),
        "middle": list(range(10, 20)),
        "larger": list(range(20, 30)),
    }
    assert list(partition({n: 100 + n for n in range(15)})) == [""]


def test_the_median_of_few_or_of_one_that_dominates_is_not_told() -> None:
    assert median([0.1] * 9, [1] * 9, 0.001) is None
    assert median([0.1] * 10, [9, *[1] * 9], 0.001) is None
    assert median([0.1] * 10, [1] * 10, 0.001) == 0.1


@given(VALUES, st.floats(1.01, 1e6))
def test_what_lies_above_all_others_may_be_anything_and_nothing_told_to_others_changes(
    values: list[float], extreme: float
) -> None:
    weights = [1.0] * len(values)
    top = max(range(len(values)), key=lambda at: values[at])
    raised = [extreme if at == top else value for at, value in enumerate(values)]
    assert median(raised, weights, 0.001) == median(values, weights, 0.001)
    for at, value in enumerate(values):
        if at != top and value < values[top]:
            others = [other for n, other in enumerate(values) if n != at]
            assert standing(value, [extreme if other == values[top] else other for other in others]) == standing(
                value, others
            )


def test_a_median_of_an_odd_number_is_nobodys_own_value() -> None:
    values = [0.01, 0.02, 0.03, 0.04, 0.05, 0.061, 0.07, 0.08, 0.09, 0.1, 0.2]
    told = median(values, [1.0] * 11, 0.001)
    assert told is not None
    assert told not in values


@given(VALUES)
def test_places_are_told_in_steps_and_hold_the_exact_one(values: list[float]) -> None:
    step = 10 if len(values) >= 30 else 20
    low, high = standing(values[0], values[1:])
    below = 100 * sum(value < values[0] for value in values[1:]) / (len(values) - 1)
    assert (high - low, low % step) == (step, 0)
    assert low <= below <= high or values.count(values[0]) > 1


def put(account: Account, entries: int, examined: int, days: list[int], port: str = "2704") -> None:
    """One month of sums of an account."""
    own = {"account": account, "month": MONTH}
    EntryBreakdown.objects.create(**own, dimension="all", entries=entries, examined=examined)
    for dimension, code in (("all", ""), ("port", port)):
        ExaminationBreakdown.objects.create(**own, dimension=dimension, code=code, cargo=len(days), days=days)


@pytest.fixture
def peers(world: World) -> list[Account]:
    """Quillard and eleven more of its Center, and nothing but these."""
    made = [make_account(f"Peer {n:02}", "importer", f"96-5000{n:02}100", center_id="010") for n in range(11)]
    for n, account in enumerate([world.quillard, *made]):
        put(account, 100, n, [n + 1] * 5)
    return made


@pytest.mark.django_db
def test_a_group_tells_its_median_and_each_its_own_place(world: World, peers: list[Account]) -> None:
    measure_peers(AS_OF)
    group = PeerGroup.objects.get(kind="importers")
    assert (group.accounts, group.center_id) == (12, "010")
    told = dict(PeerFigure.objects.filter(group=group).values_list("measure", "median"))
    # Rates 0 to 11 %, days 1 to 12: the middle six are averaged; long stays are nobody's here.
    assert told == {"examined": 0.055, "days": 6.5, "long": 0.0}
    places = PeerStanding.objects.filter(group=group, measure="examined")
    assert (places.get(account=world.quillard).low, places.get(account=peers[-1]).low) == (0, 80)
    port = PeerFigure.objects.get(group__kind="port")
    assert (port.group.port, port.median) == ("2704", 6.5)


@pytest.mark.django_db
def test_at_a_port_too_an_account_counts_from_five_releases_on(world: World, peers: list[Account]) -> None:
    """Of twelve two had four releases, of forty days each: the median is that of the ten others, and of nine there is none."""

    def short(accounts: list[Account]) -> None:
        rows = ExaminationBreakdown.objects.filter(account__in=accounts, dimension="port")
        rows.update(days=[40] * 4)

    short(peers[-2:])
    measure_peers(AS_OF)
    port = PeerFigure.objects.get(group__kind="port")
    assert port.median == 5.5  # of 1 to 10
    assert PeerStanding.objects.filter(group=port.group).count() == 10
    short(peers[-3:])
    measure_peers(AS_OF)
    assert not PeerFigure.objects.filter(group__kind="port").exists()
    assert PeerFigure.objects.filter(group__kind="importers", measure="days").exists()


@pytest.mark.django_db
def test_nobody_enters_or_leaves_a_group_within_a_year_and_counting_again_changes_nothing(
    world: World, peers: list[Account]
) -> None:
    measure_peers(AS_OF)
    before = set(PeerMember.objects.values_list("group", "account"))
    told = list(PeerFigure.objects.order_by("pk").values_list("group", "measure", "month", "median"))
    newcomer = make_account("Newcomer", "importer", "96-500099100", center_id="010")
    put(newcomer, 100, 99, [50] * 5)
    Account.objects.filter(pk=peers[3].pk).update(state="withdrawn")
    measure_peers(AS_OF)
    assert set(PeerMember.objects.values_list("group", "account")) == before
    assert list(PeerFigure.objects.order_by("pk").values_list("group", "measure", "month", "median")) == told
    measure_peers(AS_OF.replace(year=2027))
    assert newcomer.pk in dict(PeerMember.objects.filter(group__year=2027).values_list("account", "pk"))
    assert not PeerMember.objects.filter(group__year=2027, account=peers[3]).exists()


@pytest.mark.django_db
def test_nine_are_no_group_and_one_that_dominates_spoils_it(world: World) -> None:
    made = [make_account(f"Peer {n:02}", "importer", f"96-5000{n:02}100", center_id="010") for n in range(9)]
    for account in made:
        put(account, 100, 5, [])
    measure_peers(AS_OF)
    assert not PeerGroup.objects.exists()
    put(world.quillard, 5000, 5, [])
    measure_peers(AS_OF)
    assert not PeerGroup.objects.exists()


@pytest.mark.django_db
def test_what_an_account_uploaded_itself_enters_no_median(world: World, peers: list[Account]) -> None:
    EntryBreakdown.objects.create(
        account=peers[0], month=MONTH, dimension="all", source="own", entries=10**6, examined=10**6
    )
    measure_peers(AS_OF)
    assert PeerFigure.objects.get(measure="examined").median == 0.055


@pytest.mark.django_db
def test_one_reads_medians_of_ones_own_groups_and_ones_own_place_and_nothing_else(
    world: World, peers: list[Account]
) -> None:
    measure_peers(AS_OF)
    stranger = Person.objects.create_user("peer@people.example", None, name="Peer")
    Membership.objects.create(account=peers[0], person=stranger)
    people = world.people | {"peer": stranger}
    own = {"robin": world.quillard, "lee": world.quillard, "jordan": world.quillard, "peer": peers[0]}
    for name, person in people.items():
        for model in MODELS:
            with acting_for(person):
                alone = set(model.objects.values_list("pk", flat=True))
            assert set(model.objects.visible_to(person).values_list("pk", flat=True)) == alone, (name, model)
            everything = set(model.objects.values_list("pk", flat=True))
            if name == "hq":
                assert alone == everything
            elif name not in own:
                assert not alone, (name, model)
            elif model in (PeerMember, PeerStanding):
                assert set(model.objects.filter(pk__in=alone).values_list("account", flat=True)) == {own[name].pk}
            else:
                assert alone == everything, "both groups hold all twelve"


@pytest.mark.django_db
def test_the_pages_say_the_median_and_the_place_and_name_nobody(world: World, peers: list[Account]) -> None:
    measure_peers(AS_OF)
    page = signed_in(world, "robin").get("/examinations/figures/").content.decode()
    assert "12 importers of the" in page
    assert "5.5\u00a0%" in page
    assert "0 to 20 of 100" in page
    assert "Peer 0" not in page
    assert "Against peers" not in signed_in(world, "sam").get("/examinations/figures/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([4] * 5, "others wait longer"),
        ([7] * 5, "others wait as long"),
        ([30] * 5, "others wait less"),
    ],
)
def test_which_port_holds_longest_says_whether_others_wait_as_long(
    world: World, peers: list[Account], days: list[int], said: str
) -> None:
    # Elsewhere goods wait a day: all together wait less than at this port.
    ExaminationBreakdown.objects.filter(account=world.quillard, dimension="port").update(days=days)
    ExaminationBreakdown.objects.filter(account=world.quillard, dimension="all").update(days=[*days, *[1] * 9])
    measure_peers(AS_OF)
    page = signed_in(world, "robin").get("/examinations/figures/by/?by=port&start=2025-12-01&end=2026-11-24")
    assert said in page.content.decode(), page.context["said"]
    assert page.context["peers"].keys() == {"2704"}


@pytest.mark.django_db
def test_error_rates_are_compared_only_where_what_was_random_is_told(
    world: World, peers: list[Account], settings: Any
) -> None:
    for account in [world.quillard, *peers]:
        ExaminationBreakdown.objects.filter(account=account, dimension="all").update(
            reviews=20, reviews_wrong=random.Random(account.name).randint(0, 3)
        )
    measure_peers(AS_OF)
    assert PeerFigure.objects.filter(measure=PeerMeasure.WRONG).exists()
    client = signed_in(world, "robin")
    assert "Error rate, at random" in client.get("/examinations/figures/").content.decode()
    settings.DISCLOSE_REASON = False
    assert "Error rate, at random" not in client.get("/examinations/figures/").content.decode()
