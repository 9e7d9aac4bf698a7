"""The figures of a loaded world agree with a slow recount over its rows."""

import datetime
import statistics
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import connection
from django.db.models import Count

from accounts.models import Account, Person
from demonstration.world import write_files
from examinations import figures
from examinations.breakdowns.counting import recount
from examinations.calendar import working_days_between
from examinations.loading.load import load_path
from examinations.models import Entry, Examination
from examinations.models.entry import COUNTED_TYPES

AS_OF = datetime.date(2026, 11, 24)
PERIOD = figures.Period(datetime.date(2025, 12, 1), AS_OF)


def load_world() -> None:
    with TemporaryDirectory() as folder:
        write_files(Path(folder), lines=12_000, seed=1, as_of=AS_OF)
        for kind in ("accounts", "entries", "examinations"):
            assert load_path(kind, Path(folder, f"{kind}.csv"), as_of=AS_OF).rejected == 0
            with connection.cursor() as cursor:
                cursor.execute("DISCARD TEMP")


def within(day: datetime.date) -> bool:
    return PERIOD.start <= day <= PERIOD.end


def entries_of(account: Account) -> list[Entry]:
    found = Entry.objects.filter(figures.of_account(account))
    return [one for one in found if within(one.entry_date) and one.source == "cbp"]


def examinations_of(account: Account) -> list[Examination]:
    found = Examination.objects.filter(figures.of_account(account)).select_related("entry", "selection")
    return [one for one in found.prefetch_related("discrepancies") if within(one.selected)]


def rate(found: int, count: int) -> tuple[int, int] | None:
    return (found, count) if count else None


def counted(rate: figures.Rate | None) -> tuple[int, int] | None:
    return (rate.found, rate.count) if rate else None


def check_rates(found: figures.Figures, entries: list[Entry], examined: list[Examination]) -> None:
    closed = [one for one in examined if one.closed]
    random = [one for one in closed if one.type == "ESR" and one.selection.reason == "RANDOM"]
    other = [one for one in closed if one.selection.reason in ("TARGETED", "AGENCY", "FOLLOWUP")]
    wrong = [one for one in closed if one.disposition != "NO_DISCREPANCY"]
    assert counted(found.all.random) == rate(sum(one in wrong for one in random), len(random))
    assert counted(found.all.other) == rate(sum(one in wrong for one in other), len(other))
    counting = [one for one in entries if one.entry_type in COUNTED_TYPES]
    looked_at = set(Examination.objects.exclude(type="ESR").values_list("entry", flat=True))
    assert counted(found.all.examined) == rate(sum(one.pk in looked_at for one in counting), len(counting))
    differences = [part.revenue_difference or 0 for one in closed for part in one.discrepancies.all()]
    assert found.all.owed == sum(amount for amount in differences if amount > 0)
    assert found.all.overpaid == -sum(amount for amount in differences if amount < 0)


def check_months(found: figures.Figures, entries: list[Entry], examined: list[Examination]) -> None:
    cargo = Counter(one.selected.replace(day=1) for one in examined if one.type != "ESR")
    for month in found.months:
        of_month = [one for one in entries if one.entry_date.replace(day=1) == month.code]
        assert month.entries == sum(one.entry_type in COUNTED_TYPES for one in of_month)
        assert month.value == sum(one.value for one in of_month)
        assert month.duty == sum(one.duty for one in of_month)
        assert month.cargo == cargo[month.code]
    assert found.all.cargo == cargo.total()


def check_stay_and_ports(found: figures.Figures, examined: list[Examination]) -> None:
    cargo = [one for one in examined if one.type != "ESR"]
    stays = sorted((one.released - one.selected).days for one in cargo if one.released)
    assert found.all.stay.count == len(stays)
    if stays:
        assert found.all.stay.median == statistics.median(stays)
        assert found.all.stay.long_stays == sum(
            working_days_between(one.selected, one.released) > 5 for one in cargo if one.released
        )
    for row in found.ports:
        here = [one for one in cargo if one.port == row.code]
        assert row.cargo == len(here)
        told = [one for one in examined if one.port == row.code and one.closed]
        assert row.wrong == sum(one.disposition != "NO_DISCREPANCY" for one in told)
        assert row.held == sum(one.holds_goods for one in here)
    assert sum(row.cargo for row in found.ports) == len(cargo)


@pytest.mark.django_db
def test_figures_of_importers_and_brokers_agree_with_a_recount_row_by_row() -> None:
    load_world()
    recount(None)
    hq = Person.objects.create_user("hq@people.example", None, name="HQ", role="headquarters")
    busiest = Account.objects.annotate(n=Count("examinations")).order_by("-n", "name")[:5]
    brokers = Account.objects.filter(kind="broker").annotate(n=Count("filed_entries")).order_by("-n", "name")[:2]
    checked = [*busiest, *brokers]
    assert any(figures.figures(account, PERIOD, hq).all.random for account in checked)
    for account in checked:
        found = figures.figures(account, PERIOD, hq)
        entries, examined = entries_of(account), examinations_of(account)
        assert entries
        check_rates(found, entries, examined)
        check_months(found, entries, examined)
        check_stay_and_ports(found, examined)
