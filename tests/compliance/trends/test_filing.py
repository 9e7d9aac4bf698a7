"""Late summaries and corrections of brokers."""

import datetime

import numpy as np
import pytest
from django.utils import timezone

from compliance.trends.filing import Filed, late_filing
from compliance.trends.lateness import first_day
from compliance.trends.looking import find_trends
from compliance.trends.models import Trend
from examinations.models import EntryDay
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

TODAY = timezone.localdate()
BROKERS, CLIENTS, MONTHS = 12, 5, 24


def filed(random: np.random.Generator, *, bad: bool) -> Filed:
    """Brokers that differ, months that come in heaps; with `bad` one client of the first is late since six months."""
    broker, client, month = (
        one.ravel() for one in np.meshgrid(*(range(n) for n in (BROKERS, CLIENTS, MONTHS)), indexing="ij")
    )
    entries = random.poisson(60, len(broker)).astype(float)
    rate = 0.01 * random.gamma(3, 1 / 3, BROKERS)[broker] * random.gamma(2, 1 / 2, len(broker))
    if bad:
        rate = np.where((broker == 0) & (client == 2) & (month >= MONTHS - 6), rate + 0.10, rate)
    cases = random.binomial(entries.astype(int), rate).astype(float)
    return Filed(broker, broker * CLIENTS + client, month, entries, cases, BROKERS)


def test_heaps_of_late_summaries_alone_announce_hardly_anything() -> None:
    random = np.random.default_rng(4)
    runs = [
        late_filing(filed(random, bad=False), MONTHS - 1, np.ones(BROKERS * CLIENTS * MONTHS, bool)) for _ in range(60)
    ]
    assert sum(bool(found) for found in runs) <= 4


def test_a_client_filed_late_since_six_months_is_found_and_named() -> None:
    random = np.random.default_rng(4)
    hits = 0
    for _ in range(20):
        found = late_filing(filed(random, bad=True), MONTHS - 1, np.ones(BROKERS * CLIENTS * MONTHS, bool))
        mine = [one for one in found if (one.broker, one.client) == (0, 2)]
        hits += bool(mine) and abs(mine[0].beginning.day - (MONTHS - 6)) <= 2
    assert hits >= 17


@pytest.mark.django_db
def test_a_brokers_lateness_stands_on_its_page_with_its_client_and_ends_when_it_is_over(world: World) -> None:
    others = [make_account(f"Broker {at}", "broker", f"8Y{at}") for at in range(6)]

    def day(broker, client, back: int, late: int) -> EntryDay:
        month = first_day(TODAY.year * 12 + TODAY.month - back)
        return EntryDay(
            account=client, filer=broker, entry_date=month, undated=False, said_liquidated=False, entries=100,
            with_summary=100, late=late,
        )  # fmt: skip

    rows = [day(broker, world.stranger, back, back % 2) for broker in others for back in range(1, 20)]
    rows += [day(world.lindale, world.stranger, back, back % 2) for back in range(1, 20)]
    rows += [day(world.lindale, world.quillard, back, 15 if back <= 6 else back % 2) for back in range(1, 20)]
    EntryDay.objects.bulk_create(rows)
    find_trends(None, TODAY)
    trend = Trend.objects.get(measure="late")
    assert (trend.account, trend.other_side) == (world.lindale, world.quillard)
    assert trend.discrepancies >= 60
    page = signed_in(world, "billie").get(f"/accounts/{world.lindale.pk}/trends/{trend.pk}/").content.decode()
    assert "filed for Quillard Electric were filed after the tenth working day" in page
    assert signed_in(world, "robin").get(f"/accounts/{world.lindale.pk}/trends/{trend.pk}/").status_code == 404
    EntryDay.objects.filter(account=world.quillard).update(late=0)
    find_trends(None, TODAY + datetime.timedelta(days=1))
    trend.refresh_from_db()
    assert trend.state == "resolved"
