"""What closes from sums by day equals what closes entry by entry, for every person who may read either."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Sum

from accounts.models import Account
from accounts.scope import acting_for
from examinations import closing
from examinations.breakdowns.counting import recount
from examinations.breakdowns.uncounted import note
from examinations.closing.listing import SORTS, Asked
from examinations.models import CheckFinding, Discrepancy, Entry, EntryDay, LookedAt
from examinations.views.closing import _listed, _sums
from portal.dates import entries
from portal.dates.asked import Asked as DatesAsked
from tests.examinations.closing.test_closing import AS_OF, DAY, random_entries
from tests.named_people import World, closed, make_examination, world_again

pytestmark = pytest.mark.django_db
LAST = AS_OF + 60 * DAY


def make_kept() -> World:
    """Entries of all ages, some with finds of examinations, some with finds of checks, one looked at."""
    world = world_again()
    random_entries(world, 900)
    near = list(closing.closing(closing.sides_of(world.quillard), world.hq, AS_OF, LAST).order_by("pk")[:40])
    assert len(near) == 40
    for n, entry in enumerate(near):
        if n % 3 == 0:
            one = make_examination(
                entry, f"EX-C{n}", "TARGETED", **(closed("DISCREPANCY_MTD", "other") if n % 2 else {})
            )
            for ordinal, difference in enumerate((40 * n, -7, 0), 1):
                Discrepancy.objects.create(
                    examination=one, account=entry.account, ordinal=ordinal, type="VALUE", revenue_difference=difference
                )
        if n % 4 == 0:
            for kind, money in (("origin-mid", 50 + n), ("two-headings", 20)):
                CheckFinding.objects.create(
                    kind=kind, account=entry.account, filer=entry.filer, entry=entry, entry_number=entry.number,
                    line=1, entry_date=entry.entry_date, hts="8501104020", origin="CN", value=10_000, money=money,
                    first_found=AS_OF,
                )  # fmt: skip
        if n == 8:
            LookedAt.objects.create(
                account=entry.account, kind="origin-mid", entry_number=entry.number, line=1, reason="known",
                by=world.robin,
            )  # fmt: skip
    recount(None)
    return world


@pytest.fixture
def many(kept: World) -> World:
    return kept


def asked_by(world: World, name: str, account: Account, **more: Any) -> Asked:
    given: dict[str, Any] = {"window": "", "found": False, "sort": "-question"} | more
    return Asked(account, world.people[name], AS_OF, LAST, **given)


READERS = [("robin", "quillard"), ("jordan", "quillard"), ("hq", "quillard"), ("billie", "lindale"), ("hq", "lindale")]


def test_the_sums_are_of_all_entries(many: World) -> None:
    entries = Entry.objects.aggregate(n=Count("pk"), paid=Sum("duty"))
    assert EntryDay.objects.aggregate(n=Sum("entries"), paid=Sum("duty")) == entries


@pytest.mark.parametrize(("name", "of"), READERS)
@pytest.mark.parametrize("window", ["", closing.CORRECTION, closing.PROTEST])
def test_days_say_what_entries_say(many: World, name: str, of: str, window: str) -> None:
    account, person = getattr(many, of), many.people[name]
    with acting_for(person):
        asked = (closing.sides_of(account), person, AS_OF, LAST)
        keys = ("closes", "correction_by", "protest_by", "account", "filer")
        rows = closing.closing(*asked, window=window).order_by().values_list(*keys).annotate(Count("pk"), Sum("duty"))
        days = closing.closing_days(*asked, window=window).values_list(*keys).annotate(Sum("entries"), Sum("duty"))
        assert sorted(rows, key=str) == sorted(days, key=str)
        assert rows


@pytest.mark.parametrize(("name", "of"), READERS)
def test_the_list_by_money_in_question_is_the_same_from_few_as_from_all(many: World, name: str, of: str) -> None:
    account, person = getattr(many, of), many.people[name]
    shown = ("pk", "owed", "overpaid", "checked", "question", "closes")
    with acting_for(person):
        assert closing.hold_all([account])
        for found in (False, True):
            for sort in ("-question", "question"):
                asked = asked_by(many, name, account, found=found, sort=sort)
                listed, sums = _listed(asked)
                assert isinstance(listed, closing.Ranked)
                expected = list(asked.rows)
                few = [one for one in expected if one.question]
                assert few
                got = listed[0 : len(expected) + 5]
                assert [one.pk for one in got] == [one.pk for one in expected]
                for start, stop in ((0, 25), (25, 50), (len(few) - 2, len(few) + 3), (len(few) + 30, len(few) + 55)):
                    assert listed[start:stop] == expected[start:stop]
                for one, other in zip(few, [one for one in got if one.question], strict=True):
                    assert [getattr(one, key) or None for key in shown] == [
                        getattr(other, key) or None for key in shown
                    ]
                old = _sums(asked.rows)
                assert {key: value or None for key, value in old.items()} == {
                    key: value or None for key, value in sums.items()
                }


@pytest.mark.parametrize("days", [1, 2, 40])
def test_the_first_by_duty_are_found_on_few_days_and_on_many(world: World, days: int) -> None:
    """Of entries with the same days, as a large importer has them, one row of sums holds more than a page shows."""
    random_entries(world, 300)
    closes = AS_OF - 290 * DAY
    for n, entry in enumerate(Entry.objects.order_by("pk")):
        entry.entry_date, entry.liquidation_date = closes + n % days * DAY, None
        entry.account, entry.filer, entry.duty = world.quillard, None, (n * 7) % 100
        entry.entry_type, entry.liquidation_status, entry.extension_status = "01", "", ""
        entry.save()
    recount(None)
    with acting_for(world.robin):
        asked = asked_by(world, "robin", world.quillard)
        listed, sums = _listed(asked)
        expected = list(asked.rows)
        assert sums["count"] == len(expected) >= 300
        for start in (0, 25, 100, 275, len(expected) - 3):
            assert listed[start : start + 25] == expected[start : start + 25]


@pytest.mark.parametrize(("name", "of"), READERS)
def test_the_calendar_says_the_same_from_sums_and_from_rows(many: World, name: str, of: str) -> None:
    account, person = getattr(many, of), many.people[name]

    def said(groups: Any) -> list[tuple[Any, ...]]:
        keys = ("closes", "window", "named", "n", "paid", "more", "less", "asked", "at_stake")
        rows = [tuple(row.get(key) or None for key in keys) for row in groups]
        # Of entries that are counted a day, only their number, duty and nothing in question is said.
        return sorted((row if row[2] else (*row[:5], None) for row in rows), key=str)

    with acting_for(person):
        given = DatesAsked(account, person, AS_OF, LAST, AS_OF)
        assert said(entries._closing_from_sums(given)) == said(entries._closing_from_rows(given))


@pytest.mark.parametrize(("name", "of"), [("jordan", ["quillard"]), ("hq", ["quillard", "stranger", "lindale"])])
def test_a_portfolio_is_the_same_from_sums_and_from_rows(many: World, name: str, of: list[str]) -> None:
    accounts, person = [getattr(many, one) for one in of], many.people[name]
    with acting_for(person):
        found = closing.closing_of_all(accounts, person, AS_OF, LAST)
        assert closing.hold_all(accounts)
        if person == many.hq:
            note([accounts[0].pk])
            assert not closing.hold_all(accounts)
            assert closing.closing_of_all(accounts, person, AS_OF, LAST) == found
        assert found[0].entries > 20
        assert found[0].question > Decimal(0)


def test_entries_that_no_count_has_seen_are_read_one_by_one(many: World) -> None:
    EntryDay.objects.filter(account=many.quillard).delete()
    assert not closing.hold_all([many.quillard])
    assert not closing.hold_all([many.stranger, many.quillard])
    assert closing.hold_all([many.stranger])
    note([many.stranger.pk])
    assert not closing.hold_all([many.lindale])


def test_other_orders_are_of_all_rows(many: World) -> None:
    with acting_for(many.robin):
        for sort in set(SORTS) - {"question"}:
            listed, _ = _listed(asked_by(many, "robin", many.quillard, sort=sort))
            assert list(listed)
