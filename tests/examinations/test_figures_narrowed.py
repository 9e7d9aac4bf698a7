"""Figures of one client of a broker, figures beside those of the period before, and the files of figures."""

import datetime
import io
from html import unescape
from typing import Any

import pytest
import python_calamine
from django.db import connection
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Account
from examinations import figures
from examinations.breakdowns.counting import recount
from examinations.duty.months import recount as recount_duty
from examinations.figures import MONTH, Period
from examinations.figures.before import Before, before_of, changes, in_words, period_before, real_changes, then
from examinations.figures.definitions import DEFINITIONS
from examinations.figures.table import Line, stay_of
from examinations.intervals import TOO_FEW, rate_of
from examinations.models import Cost, Dimension, Examination
from tests.named_people import World, closed, make_account, make_entry, make_examination, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PAGES = ("figures/", "figures/by/?by=port", "figures/by/?by=type", "figures/by/?by=month", "figures/change/")


def make_kept() -> World:
    """Lindale files for two importers; one imports through nobody else, the other also by itself."""
    world = world_again()
    today = timezone.localdate()
    for n in range(6):
        entry = make_entry(world.load, f"9XZ5{n:07}", world.quillard, world.lindale)
        one = make_examination(entry, f"EX-Q{n}", "TARGETED", **closed("DISCREPANCY_MTD", "other"))
        Examination.objects.filter(pk=one.pk).update(selected=today - DAY, released=today)
        Cost.objects.create(examination=one, account=world.quillard, by="file", amount=777)
    entry = make_entry(world.load, "9XZ60000001", world.stranger, world.lindale)
    make_examination(entry, "EX-S", "TARGETED")
    make_entry(world.load, "8AB70000001", world.quillard, None)
    recount(None)
    recount_duty(None)
    return world


@pytest.fixture
def filed(kept: World) -> World:
    return kept


def by_hand(sql: str, *given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def test_a_broker_narrows_to_one_client_and_reads_what_it_filed_for_it(filed: World) -> None:
    client = signed_in(filed, "billie")
    all_of_them = client.get("/examinations/figures/").context["all"]
    found = client.get(f"/examinations/figures/?party={filed.quillard.pk}")
    ((cargo,),) = by_hand(
        "SELECT count(*) FROM examinations_examination WHERE filer_id = %s AND account_id = %s AND type <> 'ESR'",
        filed.lindale.pk,
        filed.quillard.pk,
    )
    assert found.context["all"].cargo == cargo < all_of_them.cargo
    assert client.get(unescape(found.context["links"]["cargo"])).context["sums"]["count"] == cargo
    page = found.content.decode()
    assert "Only what you filed for <b>Quillard Electric</b>" in page
    assert found.context["group"] is None, "peers are of all that a broker filed"


@pytest.mark.parametrize("page", PAGES)
def test_its_clients_costs_are_on_no_page_of_a_broker(filed: World, page: str) -> None:
    asked = f"/examinations/{page}{'&' if '?' in page else '?'}party={filed.quillard.pk}"
    response = signed_in(filed, "billie").get(asked)
    assert response.status_code == 200
    words = strip_tags(response.content.decode())
    assert "Cost of being examined" not in words
    assert "777" not in words, "looked for in the words alone: a key in an address may hold any digits"
    assert "Cost of being examined" in signed_in(filed, "robin").get("/examinations/figures/").content.decode()


@pytest.mark.parametrize("page", [*PAGES, "/duty/"])
def test_who_is_no_client_is_a_message_and_opens_no_row(filed: World, page: str) -> None:
    alone = make_account("Nobody's Client", "importer", "96-1234567AB")
    client = signed_in(filed, "billie")
    base = page if page.startswith("/") else f"/examinations/{page}"
    for party in (alone.pk, "1", "'", "00000000-0000-0000-0000-000000000000"):
        response = client.get(f"{base}{'&' if '?' in base else '?'}party={party}")
        assert response.status_code == 200, party
        assert "Nothing here is of this client." in unescape(response.content.decode()), party
        assert response.context["client"] is None


def test_an_importer_has_no_clients_to_narrow_to(filed: World) -> None:
    client = signed_in(filed, "robin")
    whole = client.get("/examinations/figures/").context["all"]
    asked = client.get(f"/examinations/figures/?party={filed.stranger.pk}")
    assert asked.context["all"] == whole
    assert "Client</label>" not in asked.content.decode()


def test_each_amount_of_a_clients_duty_leads_to_its_rows_alone(filed: World) -> None:
    client = signed_in(filed, "billie")
    page = client.get(f"/duty/?party={filed.stranger.pk}")
    assert page.context["programs"]
    for _, amount, link in page.context["programs"]:
        listed = client.get(link)
        sums = listed.context["sums"]
        assert (sums["fee"] if listed.context["fee"] else sums["duties"]) == amount
        assert {row.account_id for row in listed.context["page"].rows} == {filed.stranger.pk}


def test_the_period_before_is_counted_as_a_query_by_hand_counts_it(filed: World) -> None:
    today = timezone.localdate()
    this_month = Period(today.replace(day=1), today)
    earlier = period_before(this_month, Dimension.PORT)
    for n in range(3):
        entry = make_entry(filed.load, f"9XZ8{n:07}", filed.quillard, filed.lindale)
        type(entry).objects.filter(pk=entry.pk).update(entry_date=earlier.end, port="4601")
        one = make_examination(entry, f"EX-B{n}", "TARGETED")
        Examination.objects.filter(pk=one.pk).update(port="4601", selected=earlier.end)
    recount(None)
    found = before_of(filed.quillard, this_month, Dimension.PORT, filed.robin)
    rows = by_hand(
        """SELECT e.port, count(DISTINCT e.id), count(DISTINCT x.entry_id),
             (SELECT count(*) FROM examinations_examination c WHERE c.account_id = e.account_id AND c.port = e.port
              AND c.type <> 'ESR' AND c.selected BETWEEN %s AND %s)
           FROM examinations_entry e LEFT JOIN examinations_examination x ON x.entry_id = e.id AND x.type <> 'ESR'
           WHERE e.account_id = %s AND e.source = 'cbp' AND e.entry_date BETWEEN %s AND %s
           GROUP BY e.port, e.account_id""",
        earlier.start,
        earlier.end,
        filed.quillard.pk,
        earlier.start,
        earlier.end,
    )
    assert {code: (one.entries, one.examined, one.cargo) for code, one in found.items() if code} == {
        code: tuple(counts) for code, *counts in rows
    }
    assert then(found, "") == Before(), "a value without a name is not all together"
    assert found[""].entries == sum(row[1] for row in rows) >= 3
    page = signed_in(filed, "robin").get(f"/examinations/figures/by/?by=port&start={this_month.start}&end={today}")
    assert page.context["before"] == found[""]


def test_months_stand_against_the_same_months_a_year_before(filed: World) -> None:
    today = timezone.localdate()
    entry = make_entry(filed.load, "9XZ90000001", filed.quillard, filed.lindale)
    day = today.replace(year=today.year - 1, day=1)
    type(entry).objects.filter(pk=entry.pk).update(entry_date=day)
    recount(None)
    found = before_of(filed.quillard, Period(today.replace(day=1), today), MONTH, filed.robin)
    assert found == {today.replace(day=1): Before(1, 0, 0), "": Before(1, 0, 0)}


def line(code: str, found: int, count: int) -> Line:
    nothing: dict[str, Any] = dict.fromkeys(("lines", "cargo", "held", "closed", "wrong", "major"), 0)
    nothing |= dict.fromkeys(("value", "duty", "owed", "overpaid"), 0)
    nothing |= dict.fromkeys(("random", "random_cargo", "other"))
    return Line(code=code, entries=count, examined=rate_of(found, count), stay=stay_of([], 0), **nothing)


def test_a_change_is_claimed_only_beyond_chance_and_of_enough_entries() -> None:
    lines = [line("up", 60, 400), line("same", 10, 400), line("few", 9, 10), line("new", 5, 50), line("gone", 0, 0)]
    before = {"up": Before(400, 10), "same": Before(400, 14), "few": Before(400, 2), "gone": Before(40, 2)}
    compared = changes(lines, before)
    assert set(compared) == {"up", "same"}, f"below {TOO_FEW} in either period nothing is compared"
    real = real_changes(compared)
    assert set(real) == {"up"}
    words = {one.code: in_words(one, then(before, one.code), compared, real) for one in lines}
    assert words == {
        "up": "more often now",
        "same": "no change beyond chance",
        "few": "too few to tell",
        "new": "no entries then",
        "gone": "no entries now",
    }


def test_one_borderline_value_among_many_is_no_change() -> None:
    """24 of 400 against 11 happens by chance in fewer than one of twenty; among twenty such tests it says nothing."""
    before = {str(n): Before(400, 11) for n in range(20)}
    alone = changes([line("0", 24, 400)], before)
    assert set(real_changes(alone)) == {"0"}
    many = changes([line("0", 24, 400), *(line(str(n), 11, 400) for n in range(1, 20))], before)
    assert not real_changes(many)


def about(content: bytes) -> dict[str, str]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {str(row[0]): str(row[1]) for row in book.get_sheet_by_name("About this list").to_python()}


@pytest.mark.parametrize("page", ["/examinations/figures/?", "/examinations/figures/by/?by=port&finding=CLASS&"])
def test_a_workbook_of_figures_carries_every_definition_and_what_was_asked(filed: World, page: str) -> None:
    response = signed_in(filed, "billie").get(f"{page}download=xlsx&party={filed.quillard.pk}")
    said = about(response.content)
    for one in DEFINITIONS.values():
        assert one.leaves_out in said[f"Definition: {one.title}"]
    assert said["Filter: Client"] == "Quillard Electric"
    assert said["Of"] == "Lindale Customs Brokers"
    assert ("Filter: Discrepancy" in said) == ("finding" in page)


def test_the_figures_as_a_file_are_those_of_the_page(filed: World) -> None:
    client = signed_in(filed, "robin")
    found = client.get("/examinations/figures/").context["all"]
    rows = client.get("/examinations/figures/?download=csv").content.decode("utf-8-sig").splitlines()
    cells = {row.split(",")[0]: row.split(",") for row in rows}
    examined = found.examined
    assert cells["Entries examined"][1:3] == [str(examined.found), str(examined.count)]
    assert float(cells["Entries examined"][4]) == pytest.approx(examined.low, abs=1e-6)
    assert cells["Cargo examinations"][6] == str(found.cargo)
    assert "777" not in signed_in(filed, "billie").get("/examinations/figures/?download=csv").content.decode()


def test_members_read_no_figures_of_random_in_the_file_where_the_setting_hides_them(
    filed: World, settings: Any
) -> None:
    settings.DISCLOSE_REASON = False
    content = signed_in(filed, "robin").get("/examinations/figures/?download=csv").content.decode()
    assert "andom" not in content
    assert "Others with" not in content
    assert "Random reviews" in (
        signed_in(filed, "jordan")
        .get(f"/accounts/{filed.quillard.pk}/examinations/figures/?download=csv")
        .content.decode()
    )


def test_figures_of_one_client_add_up_to_what_the_broker_filed(filed: World) -> None:
    today = timezone.localdate()
    period = figures.twelve_months(today)
    whole = figures.figures(filed.lindale, period, filed.billie).all.entries
    clients = Account.objects.filter(filed_by__broker=filed.lindale)
    assert whole == sum(figures.figures(filed.lindale, period, filed.billie, one).all.entries for one in clients) > 2
