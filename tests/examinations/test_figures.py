"""The figures of a period against counting the raw rows one by one."""

import datetime
import statistics
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Person
from examinations import figures
from examinations.breakdowns.counting import recount
from examinations.calendar import working_days_between
from examinations.figures import Period
from examinations.intervals import rate_of
from examinations.models import Entry, EntryBreakdown, Examination
from examinations.models.entry import COUNTED_TYPES
from tests.compliance.risk.small_world import entries_of_the_world, examinations_of_the_world
from tests.examinations.loading.files import load
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(tmp_path: Path) -> None:
    entries = list(entries_of_the_world())
    load("entries", tmp_path, entries)
    load("examinations", tmp_path, list(examinations_of_the_world(entries)))
    recount(None)


def all_of(account: Account, period: Period) -> figures.Figures:
    """As headquarters reads them."""
    hq, _ = Person.objects.get_or_create(email="all@people.example", defaults={"name": "All", "role": "headquarters"})
    return figures.figures(account, period, hq)


def whole_year() -> Period:
    this = timezone.localdate().replace(day=1)
    return Period(this.replace(year=this.year - 1), this - datetime.timedelta(days=1))


def of(account: Account, period: Period) -> list[Examination]:
    rows = Examination.objects.filter(selected__range=(period.start, period.end)).select_related("selection")
    return [row for row in rows if account.pk in (row.account_id, row.filer_id)]


def accounts() -> list[Account]:
    return list(Account.objects.order_by("name"))


def test_every_figure_is_what_counting_row_by_row_gives(loaded: None) -> None:
    period = whole_year()
    assert len(accounts()) == 6
    for account in accounts():
        found = all_of(account, period)
        rows = of(account, period)
        closed = [row for row in rows if row.closed]
        wrong = [row for row in closed if row.disposition != "NO_DISCREPANCY"]
        reviews = [row for row in closed if row.type == "ESR" and row.selection.reason == "RANDOM"]
        other = [row for row in closed if row.selection.reason in ("TARGETED", "AGENCY", "FOLLOWUP")]
        cargo = [row for row in rows if row.type != "ESR"]
        assert found.all.random == rate_of(len(set(reviews) & set(wrong)), len(reviews))
        assert found.all.other == rate_of(len(set(other) & set(wrong)), len(other))
        assert found.all.cargo == len(cargo)
        ended = [(row.released - row.selected).days for row in cargo if row.released]
        assert found.all.stay.count == len(ended)
        assert found.all.stay.median == (statistics.median(ended) if ended else None)
        assert found.all.stay.long_stays == sum(
            working_days_between(row.selected, row.released) > 5 for row in cargo if row.released
        )
        owed = [d.revenue_difference for row in closed for d in row.discrepancies.all()]
        assert found.all.owed == sum(amount for amount in owed if amount > 0)
        assert found.all.overpaid == -sum(amount for amount in owed if amount < 0)
        assert sum(port.cargo for port in found.ports) == len(cargo)
        assert sum(month.cargo for month in found.months) == len(cargo)
        assert len(found.months) == 12


def test_random_and_targeted_never_mix_and_unknown_enters_no_rate(loaded: None) -> None:
    period = whole_year()
    for account in accounts():
        before = all_of(account, period).all
        counted = (before.random.count if before.random else 0) + (before.other.count if before.other else 0)
        unknown = [row for row in of(account, period) if row.closed and row.selection.reason == "UNKNOWN"]
        random_cargo = [
            row for row in of(account, period) if row.closed and row.selection.reason == "RANDOM" and row.type != "ESR"
        ]
        assert counted == sum(row.closed is not None for row in of(account, period)) - len(unknown) - len(random_cargo)


def test_what_an_account_uploaded_itself_enters_no_figure(loaded: None) -> None:
    account = Account.objects.filter(kind="importer").first()
    assert account is not None
    before = all_of(account, whole_year())
    for dimension, code in (("all", ""), ("port", "2704")):
        EntryBreakdown.objects.create(
            account=account, source="own", month=whole_year().start, dimension=dimension, code=code, entries=9, value=9
        )
    assert all_of(account, whole_year()) == before


def test_an_entry_examined_twice_counts_once_in_the_share_of_entries(loaded: None) -> None:
    examination = Examination.objects.exclude(entry=None).exclude(type="ESR").filter(entry__entry_type="01")[0]
    period = Period(examination.entry.entry_date, examination.entry.entry_date)
    before = figures.entries_examined(examination.account, period)
    assert before[0] is not None
    twin = Examination.objects.get(pk=examination.pk)
    twin.pk, twin.key = None, "TWIN"
    twin.save()
    recount(None)
    assert figures.entries_examined(examination.account, period) == before


def test_a_period_that_ends_within_a_month_counts_examined_entries_of_the_whole_month_as_it_counts_entries(
    loaded: None,
) -> None:
    one = Examination.objects.exclude(entry=None).exclude(type="ESR").filter(entry__entry_type="01")[0]
    first = one.entry.entry_date.replace(day=1)
    ends = [Period(first, first.replace(day=day)) for day in (1, 27, 28)]
    (found,) = set(figures.entries_examined(one.account, *ends))
    assert found is not None
    assert found.found


def test_the_share_of_entries_examined_is_that_of_the_rows_for_each_of_several_periods(loaded: None) -> None:
    year, month = whole_year(), Period(whole_year().start, whole_year().start)
    for account in accounts():
        for period, found in zip((year, month), figures.entries_examined(account, year, month), strict=True):
            entries = Entry.objects.filter(
                figures.of_account(account),
                entry_type__in=COUNTED_TYPES,
                entry_date__range=(period.whole.start, period.whole.end),
            )
            examined = {one.entry_id for one in Examination.objects.filter(entry__in=entries).exclude(type="ESR")}
            assert found == rate_of(len(examined), entries.count())


def test_an_account_without_rows_has_no_rates_and_no_zeros_that_lie(world: object) -> None:
    account = Account.objects.create(name="New Importer", kind="importer")
    recount(None)
    found = all_of(account, whole_year()).all
    assert (found.random, found.other, found.examined) == (None, None, None)
    assert (found.stay.count, found.stay.median) == (0, None)
    assert figures.newest_data(account, timezone.localdate()) is None


def test_the_newest_day_is_that_of_an_entry_or_of_an_examination_whichever_is_later(world: World) -> None:
    today = timezone.localdate()

    def said() -> list[datetime.date | None]:
        return [figures.newest_data(account, today) for account in (world.quillard, world.lindale)]

    Examination.objects.update(selected=today - datetime.timedelta(days=60))
    Entry.objects.update(entry_date=today - datetime.timedelta(days=50))
    assert said() == [today - datetime.timedelta(days=50)] * 2
    Examination.objects.filter(number="EX-HELD").update(selected=today - datetime.timedelta(days=40))
    Examination.objects.filter(number="EX-FOUND").update(selected=today + datetime.timedelta(days=1))
    assert said() == [today - datetime.timedelta(days=40)] * 2
    Entry.objects.filter(account=world.quillard).update(source="own")
    assert said() == [today - datetime.timedelta(days=40)] * 2, (
        "CBP's examinations of an account whose entries are its own"
    )


def test_a_period_touches_its_months_and_no_others() -> None:
    one = Period(datetime.date(2025, 12, 31), datetime.date(2026, 2, 1))
    assert [month.isoformat() for month in figures.months_between(one)] == ["2025-12-01", "2026-01-01", "2026-02-01"]


def test_five_statements_do_for_any_account_and_period(loaded: None) -> None:
    account = Account.objects.filter(kind="broker").first()
    hq = Person.objects.create_user("hq@people.example", None, name="HQ", role="headquarters")
    assert account is not None
    for period in (whole_year(), Period(timezone.localdate(), timezone.localdate())):
        with CaptureQueriesContext(connection) as captured:
            figures.figures(account, period, hq)
        assert len(captured) == 5
