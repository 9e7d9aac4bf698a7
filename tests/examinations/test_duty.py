"""Duty by program: which program a row belongs to, sums by month, who sees them."""

import datetime
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.db import connection

from accounts.scope import acting_for
from examinations.duty.months import recount
from examinations.duty.programs import Program, program_of, program_sql, rows_of
from examinations.duty.summing import duty_of
from examinations.figures import Period
from examinations.models import DutyMonth, Entry, EntryLine, EntryMonth
from examinations.models.entry import NO_DUTY_TYPES
from tests.api.calls import Caller
from tests.examinations.loading.files import entry_number, entry_row, load
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

MAY = datetime.date(2026, 5, 12)
ROWS = [
    ("8501104020", MAY, "", Program.REGULAR),
    ("8501104020", MAY, "A570001000", Program.ADCVD),
    ("99038803", MAY, "", Program.SECTION_301),
    ("99038803", MAY, "A570001000", Program.SECTION_301),
    ("99038803", datetime.date(2018, 7, 5), "", Program.OTHER_99),
    ("99038803", datetime.date(2018, 7, 6), "", Program.SECTION_301),
    ("99039105", MAY, "", Program.SECTION_301),
    *((f"9903{part}01", MAY, "", Program.SECTION_232) for part in ("80", "81", "85", "94")),
    ("99030124", datetime.date(2025, 2, 3), "", Program.OTHER_99),
    ("99030124", datetime.date(2025, 2, 4), "", Program.EMERGENCY),
    ("99030269", MAY, "", Program.EMERGENCY),
    ("99031811", MAY, "", Program.OTHER_99),
]


@pytest.mark.parametrize(("hts", "day", "case", "expected"), ROWS)
def test_a_tariff_row_belongs_to_one_program_in_python_and_in_sql(hts, day, case, expected) -> None:
    assert program_of(hts, day, case) == expected
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {program_sql()} FROM (VALUES (%s, %s::date, %s)) AS row (hts, entry_date, adcvd_case)",
            [hts, day, case],
        )
        assert cursor.fetchone() == (expected.value,)


def add_row(world: World, line: int, hts: str, value: int, duty: int, **fields) -> None:
    entry = Entry.objects.get(number="9XZ12345671", source="cbp")
    given = {"stands_for_line": not hts.startswith("99"), "origin": "CN", "load": world.load} | fields
    EntryLine.objects.create(
        entry=entry,
        line=line,
        ordinal=1,
        account=entry.account,
        filer=entry.filer,
        entry_date=entry.entry_date,
        port=entry.port,
        hts=hts,
        value=value,
        duty=duty,
        **given,
    )


def period_of(world: World) -> Period:
    day = Entry.objects.get(number="9XZ12345671").entry_date
    return Period(day, day)


def test_duty_is_summed_by_program_and_the_claim_measured_against_the_accounts_own_rows(world: World) -> None:
    EntryLine.objects.filter(account=world.quillard).delete()
    add_row(world, 1, "8501104020", 1000, 40)
    add_row(world, 2, "8501104020", 3000, 60, mpf=7, tax=2)  # 100 on 4,000: 2.5 %
    add_row(world, 3, "99038803", 0, 250)
    add_row(world, 4, "8501104020", 2000, 0, spi="S")  # would have paid 50
    add_row(world, 5, "8504409550", 500, 0, spi="KR")  # nothing to compare with
    add_row(world, 6, "8504409550", 900, 0, spi="V", counts_value=False)  # a part of a set claims nothing
    recount([world.quillard.pk])
    found = duty_of(world.quillard, period_of(world), world.robin)
    assert dict(found.programs) == {
        Program.REGULAR: Decimal(100),
        Program.SECTION_301: Decimal(250),
        Program.MPF: Decimal(7),
        Program.TAX: Decimal(2),
    }
    said = found.all
    assert (said.saved, said.claimed_value, said.unknown_value) == (Decimal(50), Decimal(2500), Decimal(500))


def test_what_a_claim_saved_tells_a_broker_nothing_of_rows_that_another_filed(world: World) -> None:
    EntryLine.objects.filter(entry=world.entries["broker"]).update(hts="8501104020", spi="S", duty=0, value=1000)
    EntryLine.objects.filter(entry=world.entries["other"]).update(hts="8501104020", spi="", duty=77, value=1000)
    recount([world.quillard.pk])
    with acting_for(world.billie):
        said = duty_of(world.quillard, period_of(world), world.billie).all
    assert (said.saved, said.claimed_value, said.unknown_value) == (0, 1000, 1000)


@pytest.mark.parametrize(("hts", "day", "case", "expected"), ROWS)
def test_the_rows_of_a_program_are_those_that_it_is_told_by(world: World, hts, day, case, expected) -> None:
    add_row(world, 9, hts, 100, 5, adcvd_case=case, mpf=3, tax=1)
    row = EntryLine.objects.filter(line=9)
    row.update(entry_date=day)
    found = {program for program in Program if row.filter(rows_of(program)).exists()}
    assert found == {expected, Program.MPF, Program.TAX}


#: A line with two rows of chapter 99, and a second line.
FIRST = [
    entry_row(501, **{"Line Tariff Duty Amount": "100", "Line MPF Amount": "30", "Line HMF Amount": "0"}),
    entry_row(501, 2, **{"HTS Number - Full": "99038803", "Line Tariff Duty Amount": "2500", "Tariff Ordinal Number": "1"}),
    entry_row(501, 2, **{"HTS Number - Full": "99038101", "Line Tariff Duty Amount": "700", "Tariff Ordinal Number": "2"}),
    entry_row(501, 2, **{"Tariff Ordinal Number": "3", "Line Tariff Duty Amount": "40"}),
]  # fmt: skip


def revised(*rows: int, **changes: str) -> list[dict[str, str]]:
    """Rows of FIRST, of the second line numbered anew as a correction does, the first of all changed."""
    kept = [dict(FIRST[n]) for n in rows]
    for place, row in enumerate((row for row in kept if row["Tariff Ordinal Number"]), start=1):
        row["Tariff Ordinal Number"] = str(place)
    return [kept[0] | changes, *kept[1:]]


def taken_off(world: World) -> dict[str, tuple[Decimal, Decimal]]:
    recount([world.quillard.pk])
    rows = DutyMonth.objects.filter(account=world.quillard)
    return {
        program: (removed, added)
        for program, removed, added in rows.values_list("program", "removed", "added")
        if removed or added
    }


def test_what_a_later_version_takes_off_or_adds_is_told_by_program_and_renumbering_is_neither(
    world: World, tmp_path: Path
) -> None:
    load("entries", tmp_path, FIRST)
    assert taken_off(world) == {}
    # Section 301 goes, the row of section 232 moves up into its number, regular duty rises.
    load("entries", tmp_path, revised(0, 2, 3, **{"Line Tariff Duty Amount": "160"}))
    assert taken_off(world) == {"s301": (2500, 0), "regular": (0, 60)}
    # A third version is compared with the first, not with the second.
    load("entries", tmp_path, revised(0, 1, 2, 3, **{"Line Tariff Duty Amount": "90"}))
    assert taken_off(world) == {"regular": (10, 0)}
    # The same file again, and one that says all as it was first.
    load("entries", tmp_path, revised(0, 1, 2, 3, **{"Line Tariff Duty Amount": "90"}))
    assert taken_off(world) == {"regular": (10, 0)}
    load("entries", tmp_path, FIRST)
    assert taken_off(world) == {}


def test_what_came_off_stands_on_the_page_with_the_entries_behind_it(world: World, tmp_path: Path) -> None:
    load("entries", tmp_path, FIRST)
    load("entries", tmp_path, revised(0, 2, 3))
    entry = Entry.objects.get(number=entry_number(501))
    Entry.objects.filter(pk=entry.pk).update(liquidated_duty=entry.duty - 120)
    EntryMonth.objects.filter(account=world.quillard, month=entry.entry_date.replace(day=1)).update(refunded=120)
    recount(None)
    month = f"start={entry.entry_date.replace(day=1)}&end={entry.entry_date}"
    client = signed_in(world, "robin")
    page = client.get(f"/duty/?{month}").content.decode()
    assert "took <b>$2,500</b> off, all of it Section 301;" in page
    assert "At liquidation CBP set <b>$120</b> less than was deposited" in page
    for marked in ("revised", "refunded"):
        address = re.search(rf'href="(/entries/\?marked={marked}[^"]*)"', page)
        assert address, marked
        listed = client.get(unescape(address[1])).context["page"].object_list
        assert [one.number for one in listed] == [entry_number(501)], marked
    assert "Removed or refunded" in page
    empty = signed_in(world, "sam").get(f"/duty/?{month}").content.decode()
    assert "No later version of an entry changed the duty of these months" in empty


def test_each_amount_leads_to_the_rows_that_it_is_the_sum_of(world: World) -> None:
    add_row(world, 11, "8501104020", 3000, 60, mpf=7, tax=2)
    add_row(world, 13, "99038803", 0, 250, adcvd_case="A570001000")
    add_row(world, 14, "8501104020", 2000, 15, adcvd_case="A570001000")
    add_row(world, 15, "8501104020", 2000, 0, spi="S")
    recount(None)
    client = signed_in(world, "robin")
    response = client.get("/duty/")
    links = [(amount, link) for line in response.context["table"] for _, amount, link in line["amounts"] if link]
    links += [(amount, link) for _, amount, link in response.context["programs"]]
    assert len(links) >= 10
    for amount, link in links:
        sums = client.get(link).context
        assert (sums["sums"]["fee"] if sums["fee"] else sums["sums"]["duties"]) == amount, link
    claimed = client.get(response.context["claimed_link"]).context["sums"]
    assert claimed["goods"] == response.context["all"].claimed_value == 2000
    # A broker reads the sums of what it filed, and its rows alone.
    client = signed_in(world, "billie")
    for _, amount, link in client.get("/duty/").context["programs"]:
        sums = client.get(link).context
        assert (sums["sums"]["fee"] if sums["fee"] else sums["sums"]["duties"]) == amount, link


@pytest.mark.parametrize(
    "query",
    [
        "program=nonsense", "program=s301&program=' OR 1=1", "heading=85", "heading=abcd", "chapter=9999", "counted=2",
        "manufacturer=%27", "entry_type=1", "claimed=x", "party=00000000-0000-0000-0000-000000000000", "party=1",
    ],
)  # fmt: skip
def test_nonsense_in_the_filters_of_rows_is_a_message(world: World, query: str) -> None:
    page = signed_in(world, "billie").get(f"/entry-lines/?{query}")
    assert page.status_code == 200
    assert not page.context["usable"]
    assert "The filters cannot be used as they are" in page.content.decode()


def test_a_row_that_is_gone_is_in_no_sum_after_the_next_count(world: World) -> None:
    add_row(world, 7, "99038803", 0, 250)
    recount(None)
    assert DutyMonth.objects.filter(program=Program.SECTION_301).count() == 1
    before = DutyMonth.objects.filter(account=world.stranger).count()
    EntryLine.objects.filter(account=world.quillard).delete()
    recount([world.quillard.pk])
    assert not DutyMonth.objects.filter(account=world.quillard).exists()
    assert DutyMonth.objects.filter(account=world.stranger).count() == before > 0


def test_row_security_and_visible_to_show_the_same_sums_and_own_ones_to_members_alone(world: World) -> None:
    recount(None)
    add = DutyMonth.objects.filter(account=world.quillard).values_list("month", flat=True)[0]
    DutyMonth.objects.create(account=world.quillard, source="own", month=add, program=Program.TAX, amount=9)
    own, filed = {world.quillard.pk}, {world.quillard.pk, world.stranger.pk}
    expected = {"robin": own, "sam": {world.stranger.pk}, "jordan": own, "billie": filed, "hq": filed, "expert": set()}
    for name, accounts in expected.items():
        with acting_for(world.people[name]):
            alone = set(DutyMonth.objects.values_list("pk", "account", "source"))
        assert {account for _, account, _ in alone} == accounts, name
        assert ("own" in {source for _, _, source in alone}) == (name == "robin"), name
        asked = DutyMonth.objects.visible_to(world.people[name])
        assert set(asked.values_list("pk", "account", "source")) == alone, name
    through = set(Entry.objects.filter(filer=world.lindale).values_list("filer", flat=True))
    with acting_for(world.billie):
        assert set(DutyMonth.objects.values_list("filer", flat=True)) == through


@pytest.mark.parametrize(
    "query", ["start=nonsense&end=x", "start=2026-05-01&end=2026-01-01", "end=9999-12-31", "download=exe"]
)
def test_nonsense_in_the_period_is_a_message_and_no_error(world: World, query: str) -> None:
    recount(None)
    assert signed_in(world, "robin").get(f"/duty/?{query}").status_code == 200


def test_the_page_says_the_sum_first_and_gives_it_as_a_file(world: World) -> None:
    recount(None)
    client = signed_in(world, "robin")
    page = client.get("/duty/").content.decode()
    assert "You deposited <b>$" in page
    assert "Regular duty" in page
    head, *rows = client.get("/duty/?download=csv").content.decode("utf-8-sig").splitlines()
    assert head.startswith("Month,Regular duty,Section 301")
    assert len(rows) == 12
    refused = client.get("/duty/?download=csv&start=2026-05-01&end=2026-01-01")
    assert refused["Content-Type"].startswith("text/html")
    assert "ends before it starts" in refused.content.decode()


def test_duty_that_is_not_deposited_is_in_no_sum_as_in_the_months_that_bonds_read(world: World) -> None:
    entry = Entry.objects.get(number="9XZ12345671", source="cbp")
    recount([world.quillard.pk])
    whole = duty_of(world.quillard, period_of(world), world.robin).total
    own_part = entry.duty + entry.mpf + entry.hmf
    for kind in NO_DUTY_TYPES:
        Entry.objects.filter(pk=entry.pk).update(entry_type=kind)
        recount([world.quillard.pk])
        assert duty_of(world.quillard, period_of(world), world.robin).total == whole - own_part, kind


def test_a_program_reads_the_rows_of_a_program_through_the_api(world: World) -> None:
    add_row(world, 11, "99038803", 0, 250)
    rows = Caller(world.robin).rows("entry-lines/", program="s301")
    assert [(row["hts"], Decimal(row["duty"])) for row in rows] == [("99038803", 250)]
    assert Caller(world.sam).rows("entry-lines/", program="s301") == []
