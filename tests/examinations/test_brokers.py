"""An importer's brokers side by side, and a broker's clients one by one."""

import csv
import datetime
import io
import re

import pytest
from django.utils import timezone

from accounts.models import FilingRelation
from examinations.breakdowns.counting import recount
from examinations.entries.brokers import side_by_side
from examinations.figures import Period, twelve_months
from examinations.models import CustomsRequest, Entry, EntryDay, ExaminationMonth
from tests.named_people import World, make_account, make_entry
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def traded(world: World) -> World:
    """Four entries through Lindale, two late and one corrected; one through another broker; one filed by oneself."""
    today = timezone.localdate()
    entered = today - datetime.timedelta(days=40)
    other = make_account("Verwimund Brokers", "broker", "ZQU")
    FilingRelation.objects.create(importer=world.quillard, broker=other, first_filed=entered, last_filed=entered)
    for n in range(3):
        make_entry(
            world.load, f"9XZ700000{n}1", world.quillard, world.lindale, entry_date=entered,
            summary_date=today if n < 2 else entered,
        )  # fmt: skip
    Entry.objects.filter(number="9XZ70000021").update(corrected=True)
    make_entry(world.load, "ZQU70000014", world.quillard, other, entry_date=entered, summary_date=entered)
    make_entry(world.load, "ZQU70000022", world.quillard, world.quillard, entry_date=entered, source="own")
    for filer, reviews, wrong in ((world.lindale, 60, 6), (other, 20, 0)):
        ExaminationMonth.objects.create(
            account=world.quillard, filer=filer, month=today.replace(day=1), cargo=3, reviews=reviews,
            reviews_wrong=wrong, other=4, other_wrong=2,
        )  # fmt: skip
    return world


def test_each_broker_has_its_entries_its_late_summaries_and_its_corrections(traded: World) -> None:
    today = timezone.localdate()
    rows = {row.name: row for row in side_by_side(traded.quillard, twelve_months(today), traded.robin)}
    lindale, other = rows["Lindale Customs Brokers"], rows["Verwimund Brokers"]
    assert (lindale.entries, lindale.summaries, lindale.late, lindale.corrected) == (4, 3, 2, 1)
    assert (other.entries, other.late, other.corrected, other.cargo) == (1, 0, 0, 3)
    assert lindale.random is not None
    assert (lindale.random.found, lindale.random.count) == (6, 60)
    assert set(rows) == {"Lindale Customs Brokers", "Verwimund Brokers", "A filer that has no account"}


def test_brokers_from_sums_by_day_are_those_from_entries(traded: World) -> None:
    today = timezone.localdate()
    periods = [twelve_months(today), Period(today - datetime.timedelta(days=40), today), Period(today, today)]
    for reader in (traded.robin, traded.jordan, traded.hq):
        from_entries = [side_by_side(traded.quillard, period, reader) for period in periods]
        recount(None)
        EntryDay.objects.get(filer=traded.lindale, late=2)
        assert [side_by_side(traded.quillard, period, reader) for period in periods] == from_entries
        EntryDay.objects.all().delete()


def test_requests_are_counted_by_who_filed_the_entry(traded: World) -> None:
    today = timezone.localdate()
    CustomsRequest.objects.all().delete()
    for n, outcome in enumerate(("OPEN", "CHANGE", "NO_CHANGE")):
        entry = traded.entries["broker"]
        CustomsRequest.objects.create(
            number=f"R{n}", form="CF28", account=traded.quillard, filer=traded.lindale, entry=entry,
            entry_number=entry.number, issued=today, outcome=outcome, version_at=timezone.now(),
        )  # fmt: skip
    rows = {row.name: row for row in side_by_side(traded.quillard, twelve_months(today), traded.robin)}
    assert (rows["Lindale Customs Brokers"].requests, rows["Lindale Customs Brokers"].changed) == (3, 1)
    assert rows["Verwimund Brokers"].requests == 0
    page = signed_in(traded, "billie").get(f"/entries/{traded.entries['broker'].number}/").content.decode()
    assert "What CBP asked about it" in page
    assert "R1" in page


def test_what_was_filed_outside_the_period_is_not_counted(traded: World) -> None:
    day = timezone.localdate() - datetime.timedelta(days=40)
    rows = side_by_side(traded.quillard, Period(day, day), traded.robin)
    assert {row.name: row.entries for row in rows} == {"Lindale Customs Brokers": 3, "Verwimund Brokers": 1}


@pytest.mark.parametrize(
    ("name", "status"), [("robin", 200), ("jordan", 200), ("hq", 200), ("sam", 404), ("billie", 404)]
)
def test_the_page_is_the_importers_its_managers_and_headquarters(traded: World, name: str, status: int) -> None:
    response = signed_in(traded, name).get(f"/accounts/{traded.quillard.pk}/brokers/")
    assert response.status_code == status
    if status == 200:
        assert "Lindale Customs Brokers" in response.content.decode()


def test_a_broker_has_no_such_page_and_no_link_to_it(traded: World) -> None:
    client = signed_in(traded, "billie")
    assert client.get("/brokers/").status_code == 404
    assert "/brokers/" not in client.get("/examinations/").content.decode()
    assert "/brokers/" in signed_in(traded, "robin").get("/examinations/").content.decode()


def test_each_figure_leads_to_its_rows(traded: World) -> None:
    client = signed_in(traded, "robin")
    body = client.get("/brokers/").content.decode()
    late = next(link for link in re.findall(r'href="([^"]*marked=late)"', body))
    found = client.get(late.replace("&amp;", "&")).content.decode()
    assert set(re.findall(r'/entries/([A-Z0-9]{11})/"', found)) == {"9XZ70000001", "9XZ70000011"}


def test_the_file_says_the_same(traded: World) -> None:
    response = signed_in(traded, "robin").get("/brokers/?download=csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0]["Broker"] == "Lindale Customs Brokers"
    assert (rows[0]["Entries"], rows[0]["Summaries Filed Late"], rows[0]["Random Lines Reviewed"]) == ("4", "2", "60")


@pytest.mark.parametrize("query", ["start=x", "start=2026-02-01&end=2026-01-01", "start=0001-01-01", "download=exe"])
def test_nonsense_is_answered_with_a_page(traded: World, query: str) -> None:
    assert signed_in(traded, "robin").get(f"/brokers/?{query}").status_code == 200


def test_the_list_of_examinations_narrows_to_one_client(traded: World) -> None:
    client = signed_in(traded, "billie")
    body = client.get(f"/examinations/?start=2000-01-01&party={traded.stranger.pk}").content.decode()
    assert re.findall(r"EX-[A-Z]+", body.split("<tbody")[1]) == ["EX-STRANGER"]
    foreign = client.get(
        f"/examinations/?start=2000-01-01&party={make_account('No Client', 'importer', '96-990000000').pk}"
    )
    assert "Nothing here is of this client." in foreign.content.decode()
