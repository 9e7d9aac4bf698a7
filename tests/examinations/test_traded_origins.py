"""Sums of trade without the article: what the lines say, whatever became of them, and to whoever reads the lines."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.breakdowns.tasks import recount_filed_breakdowns
from examinations.figures.period import after, months_earlier
from examinations.loading.undo import undo
from examinations.models import EntryLine, Load, TradedOrigin
from tests.examinations.loading.files import days_ago, entry_row, load
from tests.examinations.loading.test_own_files import upload
from tests.named_people import World, make_account

pytestmark = pytest.mark.django_db
KEY = ("account", "filer", "origin", "port", "entry__entry_type", "spi")


def by_lines() -> Counter[Any]:
    """The same sums, line by line; of a year and the running month."""
    today = timezone.localdate()
    found: Counter[Any] = Counter()
    lines = EntryLine.objects.filter(source="cbp", entry_date__gte=months_earlier(today, 12))
    for *key, counts, day, value in lines.filter(entry_date__lt=after(today.replace(day=1))).values_list(
        *KEY, "counts_value", "entry_date", "value"
    ):
        found[tuple(key)] += value if counts and day < today.replace(day=1) else Decimal(0)
    return found


def kept() -> dict[Any, Decimal]:
    rows = TradedOrigin.objects.values_list("account", "filer", "origin", "port", "entry_type", "spi", "value")
    found = {tuple(key): value for *key, value in rows}
    assert len(found) == TradedOrigin.objects.count(), "a row stands twice"
    return found


def agrees() -> dict[Any, Decimal]:
    """The sums, which are those of the lines."""
    found = kept()
    assert found == by_lines()
    return found


def row(serial: int, line: int = 1, **changes: Any) -> dict[str, Any]:
    return entry_row(serial, line, **{"Entry Date": days_ago(70)} | changes)


def test_the_sums_are_those_of_the_lines_after_all_that_becomes_of_them(world: World, tmp_path: Path) -> None:
    vietnam = {"Country of Origin Code": "VN", "Line Tariff Goods Value Amount": "$700.00"}
    load("entries", tmp_path, [row(80), row(80, 2, **vietnam), row(81, **{"Entry Date": days_ago(0)}), row(82)])
    recount(None)
    first = agrees()
    assert {key[2] for key in first} >= {"CN", "VN"}
    corrected = [row(80, 2, **vietnam | {"Line Tariff Goods Value Amount": "$900.00", "Line SPI Code": "S"})]
    load("entries", tmp_path, corrected)  # line 1 is withdrawn with it
    recount([world.quillard.pk])
    second = agrees()
    assert sum(first.values()) - sum(second.values()) == 10_000 - 200
    upload(world.quillard, tmp_path, row(83, **vietnam))
    recount([world.quillard.pk])
    assert agrees() == second, "an own file is in no sum of trade"
    undo(Load.objects.filter(account=None, state="done").latest("created_at"), by=world.hq)
    recount([world.quillard.pk])
    assert agrees() == first


def test_what_an_account_traded_goes_with_its_number(world: World) -> None:
    recount(None)
    assert TradedOrigin.objects.filter(account=world.quillard).exists()
    owner = make_account("New Owner", "importer", "96-222222200")
    with acting_for(world.hq):
        owner.take_identifier(world.quillard.identifiers.get(), by=world.hq)
        assert not TradedOrigin.objects.filter(account=world.quillard).exists()
    recount_filed_breakdowns([str(owner.pk), str(world.quillard.pk)])
    assert {key[0] for key in agrees()} >= {owner.pk}
    broker = make_account("Other Brokers", "broker", "M2P")
    with acting_for(world.hq):
        broker.take_identifier(world.lindale.identifiers.get(), by=world.hq)
        assert not TradedOrigin.objects.filter(filer=world.lindale).exists()
    recount_filed_breakdowns([str(broker.pk), str(world.lindale.pk)])
    assert broker.pk in {key[1] for key in agrees()}


def test_whoever_reads_the_lines_reads_their_sums(world: World) -> None:
    recount(None)
    expected = {
        "robin": {world.quillard.pk},
        "sam": {world.stranger.pk},
        "jordan": {world.quillard.pk},
        "expert": set(),
    }
    expected["hq"] = {world.quillard.pk, world.stranger.pk}
    for name, accounts in expected.items():
        with acting_for(world.people[name]):
            beneath = set(TradedOrigin.objects.values_list("account", flat=True))
        assert beneath == accounts, name
        assert accounts == set(TradedOrigin.objects.visible_to(world.people[name]).values_list("account", flat=True))
    with acting_for(world.billie):
        assert set(TradedOrigin.objects.values_list("filer", flat=True)) == {world.lindale.pk}
