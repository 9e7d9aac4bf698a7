"""What is kept of the months before: counted once, taken away with the sums that it was counted from, seen by few."""

import datetime

import pytest
from django.db import connection

from accounts.models import Account
from accounts.scope import acting_for
from compliance.measurement.models import AccountYear
from compliance.measurement.own_rates import years
from examinations.models import EntryBreakdown, EntryMonth, ExaminationMonth
from tests.compliance.measurement.test_own_rates_kept import reviewed, trade
from tests.named_people import World

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 25)
OCTOBER, FEBRUARY = datetime.date(2026, 10, 1), datetime.date(2026, 2, 1)


@pytest.fixture
def counted(world: World) -> World:
    """The importer's October and February, and eleven months before; filed by the broker."""
    for month, value in ((OCTOBER, 700), (FEBRUARY, 300), (datetime.date(2025, 10, 1), 9_000)):
        trade(world.quillard, month, world.lindale, value=value, duty=value / 10)
    reviewed(world.quillard, datetime.date(2024, 11, 1), 7, 2, world.lindale)
    reviewed(world.quillard, datetime.date(2024, 10, 1), 50, 50, world.lindale)
    years.count_missing(None, TODAY)
    return world


def kept(account: Account) -> AccountYear:
    return AccountYear.objects.get(account=account, month=datetime.date(2026, 11, 1))


def test_twelve_months_of_trade_and_twenty_four_of_examinations(counted: World) -> None:
    for account in (counted.quillard, counted.lindale):
        row = kept(account)
        assert (row.value12, row.duty12, row.lines12) == (1000, 100, 200)
        assert (row.value_last_half, row.value_half_before) == (700, 300)
        assert (row.reviews, row.reviews_wrong, row.other) == (7, 2, 4)
        assert (row.chapters, row.of_chapters, row.origins) == ("85", "200", "CN")
    assert kept(counted.stranger).value12 == 0
    assert AccountYear.objects.count() == Account.objects.count()


def test_counted_once_and_again_only_where_it_is_missing(counted: World) -> None:
    assert years.count_missing(None, TODAY) == 0
    assert years.count_missing([counted.quillard.pk], TODAY) == 0
    assert years.recount([counted.quillard.pk], TODAY) == 1
    assert years.count_missing(None, TODAY + datetime.timedelta(days=10)) == Account.objects.count()
    assert AccountYear.objects.count() == 2 * Account.objects.count()


def gone(world: World) -> set[str]:
    names = {world.quillard.name, world.lindale.name, world.stranger.name}
    return names - set(AccountYear.objects.values_list("account__name", flat=True))


def test_sums_that_change_take_it_away_for_importer_and_broker(counted: World) -> None:
    both = {counted.quillard.name, counted.lindale.name}
    month = EntryMonth.objects.filter(account=counted.quillard)
    for change in (
        lambda: month.filter(month=OCTOBER).update(value=1),
        lambda: month.filter(month=OCTOBER).delete(),
        lambda: trade(counted.quillard, OCTOBER, counted.lindale, value=5),
        lambda: ExaminationMonth.objects.filter(account=counted.quillard).update(owed=3),
        lambda: reviewed(counted.quillard, OCTOBER, 1, 0, counted.lindale),
    ):
        years.count_missing(None, TODAY)
        EntryBreakdown.objects.all().delete()  # else `trade` could not write it once more
        assert gone(counted) == set()
        change()
        assert gone(counted) == both
    years.count_missing(None, TODAY)
    assert kept(counted.quillard).reviews == 8


def test_a_row_that_moves_takes_it_away_on_both_sides(counted: World) -> None:
    EntryMonth.objects.filter(account=counted.quillard, month=OCTOBER).update(account=counted.stranger, filer=None)
    assert gone(counted) == {counted.quillard.name, counted.lindale.name, counted.stranger.name}


def test_the_web_may_take_it_away_by_moving_sums_and_not_by_itself(counted: World) -> None:
    with acting_for(counted.hq), connection.cursor() as cursor:
        EntryMonth.objects.filter(account=counted.quillard, month=OCTOBER).update(value=2)
        cursor.execute("SELECT has_table_privilege(current_user, 'measurement_accountyear', 'DELETE')")
        assert cursor.fetchone() == (False,)
    assert counted.quillard.name in gone(counted)


@pytest.mark.parametrize(
    ("name", "sees"), [("robin", 0), ("lee", 0), ("sam", 0), ("billie", 0), ("jordan", 1), ("expert", 0), ("nobody", 0)]
)
def test_its_manager_sees_it_and_no_member_does(counted: World, name: str, sees: int) -> None:
    person = counted.people.get(name)
    assert AccountYear.objects.visible_to(person).filter(account=counted.quillard).count() == sees
    with acting_for(person):
        assert AccountYear.objects.filter(account=counted.quillard).count() == sees
    with acting_for(counted.hq):
        assert AccountYear.objects.count() == Account.objects.count()
