"""The tables of figures tell nobody what is not theirs, take nonsense for nonsense, and are files too."""

import csv
import datetime
import io
import re
from html import unescape

import pytest
from django.conf import LazySettings

from examinations import figures
from examinations.breakdowns.counting import recount
from examinations.figures import MONTH
from examinations.figures.definitions import DEFINITIONS
from examinations.models import Dimension, Entry, EntryLine, Examination
from tests.examinations.behind import listed
from tests.examinations.test_pages_figures import AS_OF, PERIOD
from tests.named_people import World, closed, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

ASKED = f"start={PERIOD.start}&end={AS_OF}"
BY = [*(one.value for one in Dimension if one not in (Dimension.ALL, Dimension.REASON, Dimension.UNPLACED)), MONTH]


def test_by_reason_is_the_managers_and_a_member_who_asks_gets_ports(world: World) -> None:
    recount(None)
    page = signed_in(world, "robin").get("/examinations/figures/by/?by=reason")
    assert page.context["by"] == "port"
    assert "Targeted" not in page.content.decode()
    page = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}/examinations/figures/by/?by=reason")
    assert page.context["by"] == "reason"
    assert {row.name for row in page.context["rows"]} == {"Targeted", "Random", "Unknown"}


ADDRESSES = ["/examinations/figures/", "/examinations/figures/by/?by=port", "/examinations/figures/by/?by=month"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_members_read_no_rates_of_random_and_other_where_the_setting_hides_them(
    world: World, settings: LazySettings, address: str
) -> None:
    recount(None)
    shown = signed_in(world, "robin").get(address).content.decode()
    settings.DISCLOSE_REASON = False
    page = signed_in(world, "robin").get(address)
    hidden = page.content.decode()
    for words in ("at random", "other reasons", "hit rate"):
        assert words in shown.lower(), words
        assert words not in hidden.lower().replace("without knowing what was picked at random", ""), words
    staff = signed_in(world, "jordan").get(f"/accounts/{world.quillard.pk}{address}").content.decode()
    assert "at random" in staff.lower()


def test_the_setting_hides_the_reason_in_the_list_in_its_file_and_on_the_examinations_page(
    world: World, settings: LazySettings
) -> None:
    client = signed_in(world, "robin")
    one = world.examinations["found"].pk
    shown = client.get("/examinations/?reason=other")
    assert listed(client, "/examinations/?reason=other") == 1
    assert 'name="reason"' in shown.content.decode()
    settings.DISCLOSE_REASON = False
    hidden = client.get("/examinations/?reason=other")
    assert 'name="reason"' not in hidden.content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get("/examinations/?download=csv").content.decode("utf-8-sig"))))
    assert {row["Why It Was Picked"] for row in rows} == {""}
    assert "Other</dd>" not in client.get(f"/examinations/{one}/").content.decode()


def test_an_unknown_reason_is_told_as_nothing_and_is_in_no_list_of_others(world: World) -> None:
    entry = world.entries["broker"]
    make_examination(entry, "EX-UNKNOWN", "UNKNOWN", **closed("NO_DISCREPANCY", ""))
    recount(None)
    page = signed_in(world, "robin").get("/examinations/figures/")
    assert listed(signed_in(world, "robin"), page.context["links"]["other"]) == page.context["all"].other.count == 1


@pytest.mark.parametrize(
    "query",
    [
        *(
            "by=nonsense",
            "by=all",
            "by=reason&sort=-nonsense",
            "finding=NOTHING",
            "page=9999999999",
            "page=x",
            "sort=-",
        ),
        *("start=x&end=y", "start=2026-05-01&end=2026-01-01", "download=exe", "by=port&by=origin", "by=%00"),
        "end=9999-12-31",
    ],
)
def test_nonsense_in_the_address_is_no_error(world: World, query: str) -> None:
    recount(None)
    assert signed_in(world, "robin").get(f"/examinations/figures/by/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["heading=%27%20OR%201", "origin=%00", "manufacturer=" + "X" * 99, "money=all"])
def test_nonsense_in_the_filters_of_a_line_is_no_error(world: World, query: str) -> None:
    assert signed_in(world, "robin").get(f"/examinations/?{query}").status_code == 200


def test_the_table_is_a_file_too_and_a_supplier_is_no_formula(world: World) -> None:
    EntryLine.objects.filter(account=world.quillard).update(manufacturer_id="=1+2")
    recount(None)
    client = signed_in(world, "robin")
    rows = list(
        csv.reader(
            io.StringIO(
                client.get("/examinations/figures/by/?by=manufacturer&download=csv").content.decode("utf-8-sig")
            )
        )
    )
    assert rows[0][:4] == ["Supplier", "Name", "Entries", "Entries Examined"]
    assert rows[1][0] == "'=1+2"
    xlsx = client.get("/examinations/figures/by/?by=port&download=xlsx")
    assert xlsx["Content-Type"].startswith("application/vnd.openxml")


def test_every_definition_stands_on_its_page_and_those_on_the_figures_are_among_them(world: World) -> None:
    recount(None)
    client = signed_in(world, "robin")
    page = unescape(client.get("/examinations/figures/definitions/").content.decode())
    for one in DEFINITIONS.values():
        assert one.title in page
        assert one.leaves_out in page
    shown = unescape(client.get("/examinations/figures/").content.decode())
    texts = [one.text for one in DEFINITIONS.values() if one.text in shown]
    assert len(texts) >= 8


def test_few_are_too_few_to_tell_and_are_sorted_behind(world: World) -> None:
    recount(None)
    page = signed_in(world, "robin").get("/examinations/figures/by/?by=port&sort=-rate").content.decode()
    assert "too few to tell" in page
    assert not re.search(r"50\.0\s%", page)


def test_a_broker_reads_what_it_filed_and_nothing_else(world: World) -> None:
    recount(None)
    page = signed_in(world, "billie").get("/examinations/figures/by/?by=port")
    line = page.context["rows"][0].line
    through = Examination.objects.filter(filer=world.lindale).exclude(type="ESR")
    assert line.cargo == through.count()
    assert figures.total(world.lindale, figures.twelve_months(AS_OF), world.billie).entries == 2


def test_one_month_is_named_once(world: World) -> None:
    recount(None)
    page = signed_in(world, "robin").get("/examinations/figures/change/?start=2026-05-01&end=2026-05-31")
    heading = page.content.decode().split("Examined more or less, ")[1]
    assert heading.startswith("May 2026")
    assert "May 2026 to" not in heading


def test_the_quarter_so_far_ends_with_the_newest_data(world: World) -> None:
    recount(None)
    newest = datetime.date(2026, 5, 20)
    Entry.objects.all().update(entry_date=newest)
    Examination.objects.all().update(selected=newest)
    context = signed_in(world, "robin").get("/examinations/figures/change/").context
    assert (context["period"].start, context["period"].end) == (datetime.date(2026, 4, 1), datetime.date(2026, 5, 31))
    assert (context["before"].start, context["before"].end) == (datetime.date(2026, 2, 1), datetime.date(2026, 3, 31))


@pytest.mark.parametrize(
    "query", ["", "start=x", "start=2026-05-01&end=2026-01-01", "start=1990-01-01", "end=9999-12-31"]
)
def test_nonsense_in_the_period_of_a_change_is_no_error(world: World, query: str) -> None:
    recount(None)
    for name, base in (("robin", ""), ("jordan", f"/accounts/{world.quillard.pk}")):
        assert signed_in(world, name).get(f"{base}/examinations/figures/change/?{query}").status_code == 200
