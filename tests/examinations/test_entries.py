"""The list of entries and one of them, as each person gets them, with every filter and much nonsense."""

import csv
import datetime
import io
import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import FilingRelation
from examinations.models import Entry, EntryLine
from tests.named_people import World, make_account, make_entry
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

EVER = "start=2000-01-01"
BROKER, OTHER, STRANGER = "9XZ12345671", "M2P12345679", "9XZ12345689"


def pages_of(world: World, name: str) -> str:
    """Where this person's pages begin: below the account that one reads Quillard's entries under, or one's own."""
    accounts = {"billie": world.lindale, "sam": world.stranger, "morgan": world.stranger}
    return f"/accounts/{accounts.get(name, world.quillard).pk}"


def listed(world: World, name: str, query: str = EVER) -> list[str]:
    body = signed_in(world, name).get(f"{pages_of(world, name)}/entries/?{query}").content.decode()
    return re.findall(r'/entries/([A-Z0-9]{11})/"', body)


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("robin", {BROKER, OTHER}),
        ("lee", {BROKER, OTHER}),
        ("jordan", {BROKER, OTHER}),
        ("hq", {BROKER, OTHER}),
        ("sam", {STRANGER}),
        ("morgan", {STRANGER}),
        ("billie", {BROKER, STRANGER}),
        ("expert", set()),
    ],
)
def test_everyone_sees_the_entries_of_their_own_and_no_others(world: World, name: str, expected: set[str]) -> None:
    assert set(listed(world, name)) == expected
    client = signed_in(world, name)
    for number in (BROKER, OTHER, STRANGER):
        status = client.get(f"{pages_of(world, name)}/entries/{number}/").status_code
        assert (status == 200) == (number in expected), number


def test_the_list_begins_with_the_last_ninety_days(world: World) -> None:
    today = timezone.localdate()
    for days, number in ((90, "9XZ30000901"), (91, "9XZ30000919")):
        make_entry(world.load, number, world.quillard, None, entry_date=today - datetime.timedelta(days=days))
    assert set(listed(world, "robin", "")) == {BROKER, OTHER, "9XZ30000901"}
    assert "9XZ30000919" in listed(world, "robin", "find=9XZ-3000091-9")


def test_a_broker_narrows_to_one_client_and_a_client_to_one_broker(world: World) -> None:
    assert set(listed(world, "billie", f"{EVER}&party={world.stranger.pk}")) == {STRANGER}
    assert set(listed(world, "robin", f"{EVER}&party={world.lindale.pk}")) == {BROKER}
    for foreign in (world.stranger.pk, uuid.uuid4(), "x"):
        body = signed_in(world, "robin").get(f"/entries/?{EVER}&party={foreign}").content.decode()
        assert "Nothing here is of this broker." in body
        assert not re.search("/entries/[A-Z0-9]{11}/", body)


def test_a_client_that_dismissed_its_broker_stays_in_the_brokers_list(world: World) -> None:
    FilingRelation.objects.filter(importer=world.stranger).update(last_filed=timezone.localdate().replace(year=2020))
    assert STRANGER in listed(world, "billie")


@pytest.mark.parametrize(
    ("fields", "query", "found"),
    [
        ({"port": "2304"}, "port=2304", True),
        ({"port": "2304"}, "port=2704", False),
        ({"port": "9999"}, "port=9999", True),
        ({"entry_type": "03"}, "type=03", True),
        ({"entry_type": "03"}, "type=01", False),
        ({"entry_type": "03"}, "liquidation=extended", True),
        ({"extension_status": "Suspended"}, "liquidation=extended", True),
        ({}, "liquidation=extended", False),
        ({}, "liquidation=open", True),
        ({}, "liquidation=liquidated", False),
        ({"liquidation_status": "LIQUIDATED"}, "liquidation=liquidated", True),
        ({"liquidation_status": "LIQUIDATED", "entry_type": "03"}, "liquidation=extended", False),
        ({"corrected": True}, "marked=corrected", True),
        ({}, "marked=corrected", False),
        ({}, "examined=no", True),
        ({}, "examined=yes", False),
        ({"source": "own"}, "marked=own", True),
        ({}, "marked=own", False),
    ],
)
def test_each_filter_shows_its_entries_and_no_others(
    world: World, fields: dict[str, object], query: str, found: bool
) -> None:
    entry = make_entry(world.load, "9XZ40000018", world.quillard, None)
    Entry.objects.filter(pk=entry.pk).update(**fields)
    assert (entry.number in listed(world, "robin", f"{EVER}&{query}")) == found


def test_the_filters_of_liquidation_leave_no_entry_out_and_none_twice(world: World) -> None:
    today = timezone.localdate()
    ahead, past = today + datetime.timedelta(days=9), today
    for n, (date, status) in enumerate((d, s) for d in (None, ahead, past) for s in ("", "Liquidated", "extended")):
        entry = make_entry(world.load, f"9XZ5000{n:03}1", world.quillard, None)
        Entry.objects.filter(pk=entry.pk).update(liquidation_date=date, liquidation_status=status)
    every = listed(world, "robin")
    still, done = (listed(world, "robin", f"{EVER}&liquidation={state}") for state in ("open", "liquidated"))
    assert sorted(still + done) == sorted(every)
    assert set(listed(world, "robin", f"{EVER}&liquidation=extended")) <= set(still)


@pytest.mark.parametrize(
    ("entered", "summary", "late"),
    [
        # Ten working days after Monday, November 9: Veterans Day and the weekends do not count.
        (datetime.date(2026, 11, 9), datetime.date(2026, 11, 24), False),
        (datetime.date(2026, 11, 9), datetime.date(2026, 11, 25), True),
        (datetime.date(2026, 11, 9), None, False),
        (datetime.date(1999, 12, 31), datetime.date(2000, 3, 1), False),
    ],
)
def test_a_summary_is_late_after_ten_working_days(
    world: World, entered: datetime.date, summary: datetime.date | None, late: bool
) -> None:
    make_entry(world.load, "9XZ60000014", world.quillard, None, entry_date=entered, summary_date=summary)
    query = f"start=1999-01-01&end={timezone.localdate()}&marked=late"
    assert ("9XZ60000014" in listed(world, "robin", query)) == late


def test_the_sums_below_the_table_are_those_of_its_rows(world: World) -> None:
    body = signed_in(world, "robin").get(f"/entries/?{EVER}").content.decode()
    assert re.search(r"<tfoot>.*All 2.*20,000.*500.*94", body, re.DOTALL)
    assert "<b>2 entries</b>" in body
    # Two of its examinations are of one entry, and an open review of papers is not counted by a member.
    assert "CBP examined <b>2</b> of them" in body


def test_an_open_review_of_papers_is_no_examination_to_the_importer(world: World) -> None:
    world.examinations["review_open"].type = "ESR"
    entry = make_entry(world.load, "9XZ70000011", world.quillard, None)
    for one in (world.examinations["review_open"],):
        type(one).objects.filter(pk=one.pk).update(entry=entry)
    assert entry.number not in listed(world, "robin", f"{EVER}&examined=yes")
    assert entry.number in listed(world, "jordan", f"{EVER}&examined=yes")
    page = f"/accounts/{world.quillard.pk}/entries/{entry.number}/"
    assert "EX-REVIEW-OPEN" not in signed_in(world, "robin").get(page).content.decode()
    assert "EX-REVIEW-OPEN" in signed_in(world, "jordan").get(page).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "start=yesterday",
        "start=2026-02-01&end=2026-01-01",
        "port=99999",
        "port=%00",
        "type=zz",
        "liquidation=x",
        "examined=maybe",
        "marked=everything",
        "party=%27%3B--",
        "sort=-password",
        "sort=%00",
        "page=9999999999",
        "page=-1",
        "page=x",
        "find=%00",
        "find=" + "9" * 400,
        "start=0001-01-01&end=9999-12-31&marked=late",
        "download=exe",
    ],
)
@pytest.mark.parametrize("name", ["robin", "billie", "hq"])
def test_nonsense_is_answered_with_a_page(world: World, query: str, name: str) -> None:
    assert signed_in(world, name).get(f"{pages_of(world, name)}/entries/?{query}").status_code == 200


def test_what_an_account_uploads_itself_is_marked_and_nobody_elses(world: World) -> None:
    entry = make_entry(world.load, "9XZ80000018", world.quillard, world.quillard, source="own")
    EntryLine.objects.filter(entry=entry).update(source="own")
    assert entry.number in listed(world, "robin")
    assert "from you" in signed_in(world, "robin").get(f"/entries/{entry.number}/").content.decode()
    for name in ("jordan", "hq", "billie", "sam"):
        assert entry.number not in listed(world, name)
        page = f"{pages_of(world, name)}/entries/{entry.number}/"
        assert signed_in(world, name).get(page).status_code == 404


def test_a_file_of_entries_keeps_its_numbers_as_text_and_runs_no_formula(world: World) -> None:
    Entry.objects.filter(number=OTHER).update(filer_name="=HYPERLINK(1)")
    rows = rows_of(signed_in(world, "robin"), f"/entries/?{EVER}&download=csv")
    assert {row["Entry Summary Number"] for row in rows} == {"9XZ-1234567-1", "M2P-1234567-9"}
    assert {row["Filed By"] for row in rows} == {"Lindale Customs Brokers", "'=HYPERLINK(1)"}
    assert {row["Port of Entry Code"] for row in rows} == {"2704"}
    assert {row["Examinations"] for row in rows} == {"1", "3"}


# ---- one entry ---------------------------------------------------------------------------------------------


def add_row(entry: Entry, line: int, ordinal: int, hts: str, **fields: object) -> EntryLine:
    given = {"stands_for_line": True, "value": 0, "duty": 0, "mpf": 0, "hmf": 0, "origin": "CN"} | fields
    return EntryLine.objects.create(
        entry=entry,
        line=line,
        ordinal=ordinal,
        hts=hts,
        account=entry.account,
        filer=entry.filer,
        source=entry.source,
        entry_date=entry.entry_date,
        port=entry.port,
        load=entry.load,
        **given,
    )


def test_an_additional_duty_stands_below_its_product_whatever_its_ordinal(world: World) -> None:
    entry = world.entries["broker"]
    add_row(entry, 2, 1, "99038803", stands_for_line=False, duty=Decimal(2500))
    add_row(entry, 2, 2, "8504409550", value=Decimal(10000), spi="X")
    add_row(entry, 3, 1, "8504409551", value=Decimal(4000), spi="V", counts_value=False)
    Entry.objects.filter(pk=entry.pk).update(lines=3)
    body = signed_in(world, "robin").get(f"/entries/{entry.number}/").content.decode()
    assert body.index("8504.40.95.50") < body.index("9903.88.03") < body.index("8504.40.95.51")
    assert "Section 301" in body
    assert "A set: the value of the whole set" in body
    assert "(4,000.00)" in body


def test_an_entry_of_hundreds_of_lines_comes_in_pages_with_every_line_once(world: World) -> None:
    entry = world.entries["broker"]
    for line in range(2, 121):
        add_row(entry, line * 2, 1, "8504409550")
        add_row(entry, line * 2, 2, "99038803", stands_for_line=False)
    Entry.objects.filter(pk=entry.pk).update(lines=120)
    client = signed_in(world, "robin")
    seen: list[str] = []
    for page in (1, 2, 3):
        body = client.get(f"/entries/{entry.number}/?page={page}").content.decode()
        found = re.findall(r'<th scope="row">\s*<span class="nowrap">(\d+)</span>', body)
        seen += found
        assert body.count("9903.88.03") == len([line for line in found if line != "1"])
    assert seen == ["1", *(str(line * 2) for line in range(2, 121))]
    assert len(rows_of(client, f"/entries/{entry.number}/?download=csv")) == 239


def test_a_hyphenated_number_leads_to_the_same_page_and_nonsense_to_none(world: World) -> None:
    client = signed_in(world, "robin")
    for number in ("9XZ-1234567-1", "9xz12345671"):
        assert client.get(f"/entries/{number}/").status_code == 200
    for number in ("9XZ12345670", "x", "'", "9" * 300):
        assert client.get(f"/entries/{number}/").status_code == 404


def test_a_broker_never_reads_its_clients_bond_from_an_entry(world: World) -> None:
    Entry.objects.filter(number=BROKER).update(bond_number="994471140")
    pages = {name: f"{pages_of(world, name)}/entries/{BROKER}/" for name in ("robin", "jordan", "billie")}
    shown = {name: "994471140" in signed_in(world, name).get(page).content.decode() for name, page in pages.items()}
    assert shown == {"robin": True, "jordan": True, "billie": False}


@pytest.mark.parametrize("name", ["robin", "billie", "jordan"])
def test_a_search_for_an_entry_number_leads_to_its_page(world: World, name: str) -> None:
    response = signed_in(world, name).get("/find/?q=9xz-1234567-1", follow=True)
    assert response.redirect_chain[0][0].endswith(f"/entries/{BROKER}/")
    assert response.status_code == 200


def test_an_importer_that_files_its_own_entries_is_no_broker_of_its_list(world: World) -> None:
    importer = make_account("Selfmade", "importer", "96-666666600")
    make_entry(world.load, "9XZ90000015", importer, importer)
    body = signed_in(world, "hq").get(f"/accounts/{importer.pk}/entries/?{EVER}").content.decode()
    assert "9XZ90000015" in body
