"""The account's own rate as rows: what is read, that all and some give the same, and who may see it."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account, Delegation
from accounts.scope import acting_for
from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates.reading import known_of
from compliance.measurement.own_rates.recomputing import recompute
from examinations.models import EntryBreakdown, EntryMonth, ExaminationMonth
from tests.named_people import World, make_account, world_again

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 25)
QUILLARD, STRANGER, LINDALE = "Quillard Electric", "Stranger Goods", "Lindale Customs Brokers"


def trade(account: Account, month: datetime.date, filer: Account | None = None, **more: Any) -> None:
    fields = {"lines": 100, "value": 500_000} | more
    EntryMonth.objects.create(
        identifier=account.identifiers.get(), account=account, filer=filer, month=month, entries=50, **fields
    )
    for dimension, code in (("chapter", "85"), ("origin", "CN")):
        EntryBreakdown.objects.create(
            account=account, filer=filer, month=month, dimension=dimension, code=code, lines=fields["lines"]
        )


def reviewed(account: Account, month: datetime.date, reviews: int, wrong: int, filer: Account | None = None) -> None:
    ExaminationMonth.objects.create(
        account=account, filer=filer, month=month, reviews=reviews, reviews_wrong=wrong, other=4, other_wrong=1
    )


def make_kept() -> World:
    """Two importers with reviews, one of them filed by the broker; and thirty more, so that there is a fit."""
    world = world_again()
    month = datetime.date(2026, 10, 1)
    trade(world.quillard, month, world.lindale)
    trade(world.stranger, month)
    reviewed(world.quillard, month, 12, 3, world.lindale)
    reviewed(world.quillard, datetime.date(2024, 10, 1), 50, 50)  # before the window
    reviewed(world.stranger, datetime.date(2026, 11, 1), 5, 0)
    for number in range(30):
        other = make_account(f"Importer {number}", "importer", f"96-70000{number:02}00", center_id="008")
        trade(other, month, value=10_000 * (number + 1))
        reviewed(other, month, number % 5, int(number % 7 == 2))
    return world


@pytest.fixture
def small(kept: World) -> World:
    return kept


def test_reviews_of_24_whole_months_and_this_one_count_and_a_broker_has_those_it_filed(small: World) -> None:
    recompute(None, TODAY)
    rows = {row.account.name: row for row in OwnRate.objects.select_related("account")}
    assert len(rows) == 33
    assert (rows[QUILLARD].reviews, rows[QUILLARD].discrepancies) == (12, 3)
    assert (rows[STRANGER].reviews, rows[STRANGER].discrepancies) == (5, 0)
    assert (rows[LINDALE].reviews, rows[LINDALE].discrepancies) == (12, 3)
    assert rows[STRANGER].rate < rows[QUILLARD].rate < 0.25
    assert {row.level for row in rows.values()} == {"all"}
    assert rows[QUILLARD].group_accounts == RateFit.objects.get().accounts


def test_own_uploads_enter_nothing(small: World) -> None:
    before = known_of([small.quillard.pk], TODAY)
    trade(small.quillard, datetime.date(2026, 9, 1), source="own")
    EntryBreakdown.objects.filter(month=datetime.date(2026, 9, 1)).update(source="own", code="01")
    after = known_of([small.quillard.pk], TODAY)
    assert after.lines.tolist() == before.lines.tolist() == [100.0]
    assert after.chapters.code.tolist() == ["85"]


def test_some_are_rated_to_the_last_digit_as_all_are(small: World) -> None:
    recompute(None, TODAY)
    whole = {row["account_id"]: row for row in OwnRate.objects.values()}
    OwnRate.objects.all().delete()
    for account in (small.stranger, small.quillard):
        assert recompute([account.pk], TODAY) == 1
    assert recompute([small.lindale.pk, *Account.objects.values_list("pk", flat=True)], TODAY) == 33
    assert {row["account_id"]: row for row in OwnRate.objects.values()} == whole
    assert RateFit.objects.count() == 1


def test_what_a_load_brought_moves_the_touched_account_alone(small: World) -> None:
    recompute(None, TODAY)
    before = {row.account_id: row.rate for row in OwnRate.objects.all()}
    reviewed(small.stranger, datetime.date(2026, 9, 1), 2, 2)
    recompute([small.stranger.pk], TODAY)
    after = {row.account_id: row.rate for row in OwnRate.objects.all()}
    assert after.pop(small.stranger.pk) > before.pop(small.stranger.pk)
    assert after == before


def test_an_account_that_was_withdrawn_has_a_rate_and_one_that_was_emptied_has_none_from_the_next_night_on(
    small: World,
) -> None:
    recompute(None, TODAY)
    small.stranger.withdraw(by=small.hq)
    recompute(None, TODAY)
    assert OwnRate.objects.filter(account=small.stranger).exists()
    for number in small.stranger.identifiers.all():
        small.quillard.take_identifier(number, by=small.hq)
    recompute(None, TODAY)
    assert not OwnRate.objects.filter(account=small.stranger).exists()
    assert OwnRate.objects.count() == 32


def test_a_list_without_any_fit_fits_all_first_and_nobody_is_no_work(small: World) -> None:
    assert recompute([small.quillard.pk], TODAY) == 33
    assert recompute([], TODAY) == 0


def test_a_fit_that_was_kept_in_another_form_is_made_anew(small: World) -> None:
    recompute(None, TODAY)
    RateFit.objects.update(data={"form": 1})
    assert recompute([small.quillard.pk], TODAY) == 33
    assert RateFit.objects.count() == 2


def test_a_fit_holds_for_its_month_and_until_reviews_have_grown(small: World) -> None:
    recompute(None, TODAY)
    before = list(OwnRate.objects.order_by("pk").values())
    first = RateFit.objects.get()
    recompute(None, TODAY + datetime.timedelta(days=1))
    assert RateFit.objects.get() == first
    assert list(OwnRate.objects.order_by("pk").values()) == before
    reviewed(small.stranger, datetime.date(2026, 11, 1), 1, 1, small.lindale)
    recompute(None, TODAY + datetime.timedelta(days=1))
    assert RateFit.objects.get() == first
    moved = OwnRate.objects.exclude(as_of=TODAY)
    assert set(moved.values_list("account", flat=True)) == {small.stranger.pk, small.lindale.pk}
    reviewed(small.stranger, datetime.date(2026, 9, 1), 9, 0)
    recompute(None, TODAY + datetime.timedelta(days=2))
    assert RateFit.objects.count() == 2
    recompute(None, datetime.date(2026, 12, 1))
    assert RateFit.objects.count() == 3


def test_no_account_at_all_gives_no_rate(db: None) -> None:
    assert recompute(None, TODAY) == 0
    assert RateFit.objects.get().accounts == 0


SEEN = {
    "robin": {QUILLARD},
    "lee": {QUILLARD},
    "sam": {STRANGER},
    "billie": {LINDALE},
    "jordan": {QUILLARD},
    "morgan": {STRANGER},
    "expert": set(),
}


@pytest.mark.parametrize("name", [*SEEN, "hq", "nobody"])
def test_the_account_its_manager_and_headquarters_see_it_and_the_filing_broker_does_not(
    small: World, name: str
) -> None:
    recompute(None, TODAY)
    person = small.people.get(name)
    expected = set(Account.objects.values_list("name", flat=True)) if name == "hq" else SEEN.get(name, set())
    assert {row.account.name for row in OwnRate.objects.visible_to(person).select_related("account")} == expected
    with acting_for(person):
        assert set(OwnRate.objects.values_list("account__name", flat=True)) == expected
        assert RateFit.objects.exists() == (name == "hq")


def test_a_delegate_of_trends_sees_it_and_of_other_kinds_does_not(small: World) -> None:
    recompute(None, TODAY)
    today = timezone.localdate()
    for kinds, sees in ((["entries", "examinations", "cost", "bonds"], False), (["trends"], True)):
        Delegation.objects.all().delete()
        Delegation.objects.create(
            importer=small.quillard,
            broker=small.lindale,
            kinds=kinds,
            power_of_attorney=today,
            expires=today + datetime.timedelta(days=30),
        )
        with acting_for(small.billie):
            assert OwnRate.objects.filter(account=small.quillard).exists() == sees
        assert OwnRate.objects.visible_to(small.billie).filter(account=small.quillard).exists() == sees
