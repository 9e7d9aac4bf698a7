"""Changes of duty as data: who announces them, and what they would have added to the trade of the last months."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.scope import acting_for
from examinations.announced import added, shortest
from examinations.breakdowns.counting import recount
from examinations.models import DutyChange, Entry, EntryLine, TradedGoods
from tests.named_people import World

pytestmark = pytest.mark.django_db
FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)


def change(**fields: Any) -> DutyChange:
    given = {"name": "Motors", "prefixes": ["8501"], "origins": ["CN"], "points": Decimal(25), "first": FIRST} | fields
    return DutyChange(**given)


def sums(*changes: DutyChange, accounts: Any = None) -> dict[tuple[int, str], Decimal]:
    """Dollars by change and account."""
    from accounts.models import Account  # noqa: PLC0415

    names = dict(Account.objects.values_list("pk", "name"))
    found: dict[tuple[int, str], Decimal] = {}
    for one in added(changes, FIRST, LAST, accounts=accounts):
        assert one.added is not None
        at = (one.change, names[one.account])
        found[at] = found.get(at, Decimal(0)) + one.added
    return found


@pytest.fixture
def counted(world: World) -> World:
    recount(None)
    return world


def by_lines(prefix: str, points: int) -> dict[str, Decimal]:
    """The same question asked of the lines, one by one."""
    found: dict[str, Decimal] = {}
    for row in EntryLine.objects.filter(hts__startswith=prefix).select_related("account"):
        found[row.account.name] = found.get(row.account.name, Decimal(0)) + row.value * points / 100
    return found


def test_what_a_change_adds_is_what_the_lines_say(counted: World) -> None:
    assert {name: amount for (_, name), amount in sums(change()).items()} == by_lines("8501", 25)
    of_quillard = counted.quillard.name
    assert set(sums(change(), accounts=[counted.quillard.pk])) == {(0, of_quillard)}


def test_rows_count_once_where_prefixes_overlap_and_not_where_they_are_left_out(counted: World) -> None:
    once = sums(change())
    assert sums(change(prefixes=["85", "8501", "850110"])) == once
    assert sums(change(prefixes=[])) == once
    assert not sums(change(prefixes=["85"], excluded_prefixes=["850110"]))
    assert not sums(change(origins=["VN"]))
    assert not sums(change(prefixes=["8502"]))
    EntryLine.objects.update(spi="S")
    recount(None)
    assert not sums(change(exempt_preferences=["S"]))
    assert sums(change(exempt_preferences=["A"])) == once


def test_goods_from_canada_are_found_under_the_province_that_their_entry_names(counted: World) -> None:
    of_china = sums(change())
    EntryLine.objects.update(origin="XO")
    recount(None)
    assert sums(change(origins=["CA"])) == of_china
    assert sums(change(origins=["XO"])) == of_china
    assert not sums(change(origins=["XQ", "US"]))


def test_decreases_and_replaced_rates_take_away(counted: World) -> None:
    lines = EntryLine.objects.filter(account=counted.quillard)
    value, duty = (sum(getattr(one, name) for one in lines) for name in ("value", "duty"))
    found = sums(
        change(points=Decimal(-2)),
        change(points=Decimal(0), kind="replaces"),
        change(points=Decimal(10), kind="replaces"),
    )
    name = counted.quillard.name
    assert [found[n, name] for n in range(3)] == [-value * 2 / 100, -duty, value / 10 - duty]


def test_warehouse_entries_pay_no_duty_and_own_uploads_never_count(counted: World) -> None:
    Entry.objects.update(entry_type="21")
    recount(None)
    assert not sums(change())
    Entry.objects.update(entry_type="01")
    EntryLine.objects.update(source="own")
    recount(None)
    assert not sums(change())


def test_a_change_by_quantity_tells_value_and_no_dollars(counted: World) -> None:
    rows = added([change(points=None)], FIRST, LAST)
    assert rows
    assert all(row.added is None and row.value > 0 for row in rows)


def test_each_adds_up_what_it_may_read(counted: World) -> None:
    both = {counted.quillard.pk, counted.stranger.pk}
    expected = {"robin": {counted.quillard.pk}, "sam": {counted.stranger.pk}, "hq": both, "expert": set()}
    expected["jordan"] = {counted.quillard.pk}
    for name, accounts in expected.items():
        person = counted.people[name]
        with acting_for(person):
            assert {one.account for one in added([change()], FIRST, LAST)} == accounts, name
            beneath = set(TradedGoods.objects.values_list("pk", flat=True))
            assert beneath == set(TradedGoods.objects.visible_to(person).values_list("pk", flat=True)), name
    filed = set(EntryLine.objects.filter(filer=counted.lindale).values_list("account", flat=True))
    with acting_for(counted.billie):
        assert {one.account for one in added([change()], FIRST, LAST)} == filed


def test_headquarters_announces_and_withdraws_and_everybody_reads(world: World) -> None:
    fields = {"name": "Motors", "prefixes": ["8501"], "origins": ["CN"], "points": Decimal(25)}
    day = datetime.date(2027, 1, 15)
    with acting_for(world.hq):
        made = DutyChange.objects.announce(by=world.hq, about=world.quillard, first=day, **fields)
    for name in world.people:
        with acting_for(world.people[name]):
            assert list(DutyChange.objects.visible_to(world.people[name]).announced(day)) == [made], name
    assert list(DutyChange.objects.coming_from(world.quillard)) == [made]
    with acting_for(None):
        assert not DutyChange.objects.exists()
    with acting_for(world.hq):
        made.withdraw(by=world.hq)
    assert not DutyChange.objects.announced(day)
    with pytest.raises(ValidationError):
        made.withdraw(by=world.hq)


def test_what_is_over_is_not_announced_any_more(world: World) -> None:
    made = DutyChange.objects.announce(
        by=world.hq, name="Short", prefixes=["85"], points=Decimal(1), first=FIRST, last=datetime.date(2026, 5, 31)
    )
    assert list(DutyChange.objects.announced(datetime.date(2026, 5, 31))) == [made]
    assert not DutyChange.objects.announced(datetime.date(2026, 6, 1))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"prefixes": ["motors"]}, "prefixes"),
        ({"prefixes": ["8"]}, "prefixes"),
        ({"prefixes": [], "origins": []}, "prefixes"),
        ({"origins": ["China"]}, "origins"),
        ({"excluded_prefixes": ["85-01"]}, "excluded_prefixes"),
        ({"exempt_preferences": ["<b>"]}, "exempt_preferences"),
        ({"points": Decimal("NaN")}, "points"),
        ({"points": Decimal(10) ** 20}, "points"),
        ({"points": Decimal(-1), "kind": "replaces"}, "points"),
        ({"first": datetime.date(2027, 1, 2), "last": datetime.date(2027, 1, 1)}, "last"),
        ({"kind": "doubles"}, "kind"),
        ({"name": ""}, "name"),
    ],
)
def test_a_change_that_cannot_be_is_refused(world: World, fields: dict[str, Any], wrong: str) -> None:
    given = {"name": "Motors", "prefixes": ["8501"], "origins": ["CN"], "points": Decimal(25), "first": FIRST} | fields
    with pytest.raises(ValidationError) as error:
        DutyChange.objects.announce(by=world.hq, **given)
    assert wrong in error.value.message_dict


def test_only_the_shortest_of_prefixes_that_begin_alike_stay() -> None:
    assert shortest(["8501", "85", "9405", "940510", "9405"]) == ["85", "9405"]
    assert shortest([]) == []
