"""What closes soon: the statement for lists says what the pure function says, and the page shows it to whom it may."""

import csv
import datetime
import io
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.breakdowns.uncounted import note
from examinations.closing import CORRECTION, PROTEST, closing, sides_of, with_windows
from examinations.entry_dates import dates_of
from examinations.models import CheckFinding, Discrepancy, Entry, LookedAt
from tests.named_people import World, closed, make_entry, make_examination, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
AS_OF = datetime.date(2026, 11, 24)
STATUSES = ["", "", "", "", "EXTENDED", "SUSPENDED", "Suspended by order", "extended until 2027"]


def random_entries(world: World, count: int) -> None:
    """Entries of all ages and standings, many with a window near its end."""
    chance = random.Random(20261124)
    entries = []
    identifier = world.quillard.identifiers.get()
    for n in range(count):
        around = chance.choice([300, 299, 314, 480, 180, 365, 30])
        entered = AS_OF - (around + chance.randint(-120, 40)) * DAY
        liquidated = None
        if chance.random() < 0.5:
            liquidated = entered + (chance.choice([200, 314, 317, 500]) + chance.randint(-60, 60)) * DAY
        entries.append(
            Entry(
                number=f"{chance.choice(['9XZ', 'M2P'])}{n:08}",
                identifier=identifier,
                account=chance.choice([world.quillard, world.quillard, world.stranger]),
                filer=chance.choice([world.lindale, None]),
                entry_type=chance.choice(["01", "01", "01", "03", "11", "34"]),
                port="2704",
                entry_date=entered,
                liquidation_date=liquidated,
                liquidation_status=chance.choice(["", "", "", "LIQUIDATED", "Liquidated", "Extended"]),
                extension_status=chance.choice(STATUSES),
                lines=1,
                value=100,
                duty=n,
                mpf=0,
                hmf=None,
                tax=0,
                other_fees=0,
                version_at=timezone.now(),
                load=world.load,
            )
        )
    Entry.objects.bulk_create(entries)


def make_kept() -> World:
    world = world_again()
    random_entries(world, 4000)
    return world


def test_statement_and_pure_function_agree_on_thousands_of_entries(kept: World) -> None:
    wrong, kinds = [], set()
    for one in with_windows(Entry.objects.all(), AS_OF):
        said = dates_of(one, AS_OF)
        kinds.add(said.standing)
        if (one.liquidation, one.correction_by, one.protest_by) != (
            said.liquidation,
            said.correction_by,
            said.protest_by,
        ):
            wrong.append((one.entry_date, one.liquidation_date, one.extension_status, one.entry_type, said))
    assert wrong == []
    assert len(kinds) == 6


def test_the_index_leaves_no_window_out(kept: World) -> None:
    said = {one.number: dates_of(one, AS_OF) for one in Entry.objects.filter(account=kept.quillard)}
    wrong = []
    for window in ("", CORRECTION, PROTEST):
        for first, last in ((0, 2), (0, 7), (0, 30), (0, 90), (20, 45)):
            start, end = AS_OF + first * DAY, AS_OF + last * DAY
            expected = set()
            for number, of_one in said.items():
                closes = {CORRECTION: [of_one.correction_by], PROTEST: [of_one.protest_by]}.get(
                    window, [of_one.correction_by, of_one.protest_by]
                )
                if any(day and start <= day <= end for day in closes):
                    expected.add(number)
            rows = closing(sides_of(kept.quillard), kept.robin, AS_OF, end, first=start, window=window)
            if set(rows.values_list("number", flat=True)) != expected or not expected:
                wrong.append((window, first, last, len(expected)))
    assert wrong == []


def test_an_index_finds_what_closes_however_many_entries_there_are(kept: World) -> None:
    rows = closing(sides_of(kept.lindale), kept.billie, AS_OF, AS_OF + 30 * DAY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE examinations_entry")
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, values = rows.query.sql_with_params()
        cursor.execute("EXPLAIN " + sql, values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "entry_of_filer" in plan
    assert "entry_liquidated_of_filer" in plan
    assert "Seq Scan on examinations_entry" not in plan


# ---- the page ----------------------------------------------------------------------------------------------


@pytest.fixture
def soon(world: World) -> World:
    """One entry to correct within ten days, one to protest within twenty, one too late, one of the stranger."""
    today = timezone.localdate()
    in_ten, in_twenty = today + 10 * DAY - 300 * DAY, today + 20 * DAY - 180 * DAY
    extended = {"entry_date": in_ten, "extension_status": "EXTENDED"}
    correct = make_entry(world.load, "9XZ20000001", world.quillard, world.lindale, **extended)
    old = {"entry_date": in_twenty - 320 * DAY, "liquidation_date": in_twenty, "liquidation_status": "LIQUIDATED"}
    make_entry(world.load, "M2P20000002", world.quillard, None, **old)
    make_entry(world.load, "M2P20000003", world.quillard, None, liquidation_status="LIQUIDATED", entry_date=in_ten)
    make_entry(world.load, "9XZ20000004", world.stranger, world.lindale, **extended)
    done = make_examination(correct, "EX-R", "RANDOM", type="ESR", line=1, **closed("DISCREPANCY_MTD", "random"))
    under_way = make_examination(correct, "EX-O", "RANDOM", type="ESR", line=1)
    for examination, ordinal, amount in ((done, 1, "1200"), (done, 2, "-310.40"), (under_way, 1, "99999")):
        Discrepancy.objects.create(
            examination=examination,
            account=world.quillard,
            ordinal=ordinal,
            type="CLASS",
            disposition="DISCREPANCY_MTD",
            revenue_difference=Decimal(amount),
        )
    recount(None)
    return world


def rows_of(world: World, name: str, address: str) -> list[dict[str, str]]:
    """The list as this person takes it away."""
    answer = signed_in(world, name).get(f"{address}{'&' if '?' in address else '?'}download=csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("name", "address", "numbers"),
    [
        ("robin", "/dates/closing/", ["9XZ-2000000-1", "M2P-2000000-2"]),
        ("robin", "/dates/closing/?days=7", []),
        ("robin", "/dates/closing/?days=90&window=protest", ["M2P-2000000-2"]),
        ("robin", "/dates/closing/?window=correction", ["9XZ-2000000-1"]),
        ("robin", "/dates/closing/?found=on", ["9XZ-2000000-1"]),
        ("robin", "/dates/closing/?sort=-closes", ["M2P-2000000-2", "9XZ-2000000-1"]),
        ("sam", "/dates/closing/", ["9XZ-2000000-4"]),
        ("billie", "/dates/closing/?sort=entry", ["9XZ-2000000-1", "9XZ-2000000-4"]),
        ("jordan", "/accounts/{quillard}/dates/closing/", ["9XZ-2000000-1", "M2P-2000000-2"]),
        ("hq", "/accounts/{quillard}/dates/closing/", ["9XZ-2000000-1", "M2P-2000000-2"]),
    ],
)
def test_each_sees_what_closes_of_its_own(soon: World, name: str, address: str, numbers: list[str]) -> None:
    found = rows_of(soon, name, address.format(quillard=soon.quillard.pk))
    assert [row["Entry Summary Number"] for row in found] == numbers


def test_the_money_in_question_is_what_closed_examinations_found_and_no_draw_is_given_away(soon: World) -> None:
    (row, _) = rows_of(soon, "robin", "/dates/closing/")
    assert (row["More Owed"], row["Overpaid"], row["Days Left"]) == ("1200.00", "310.40", "10")
    page = signed_in(soon, "robin").get("/dates/closing/").content.decode()
    assert "the last day comes for 2 entries" in page
    assert "$1,510 is in question" in page
    assert "99,999" not in page
    assert "files nothing" in page


def find(world: World, number: str, kind: str, money: int | None, line: int = 1) -> CheckFinding:
    entry = Entry.objects.get(number=number)
    return CheckFinding.objects.create(
        kind=kind, account=entry.account, filer=entry.filer, entry=entry, entry_number=number, line=line,
        entry_date=entry.entry_date, hts="8501104020", origin="CN", value=10_000, money=money,
        first_found=entry.entry_date,
    )  # fmt: skip


def test_what_the_checks_found_is_in_question_too_each_part_by_its_name(soon: World) -> None:
    find(soon, "M2P20000002", "chapter-99", 400)
    find(soon, "M2P20000002", "unit-value", 300)  # of the same line: the same money
    find(soon, "M2P20000002", "mpf-spi", 25, line=2)
    find(soon, "M2P20000002", "origin-mid", None, line=3)
    find(soon, "9XZ20000004", "chapter-99", 7000)  # the stranger's
    first, second = rows_of(soon, "robin", "/dates/closing/")
    assert (first["Found By Checks"], second["Found By Checks"]) == ("", "425.00")
    assert second["Which Checks"] == "A chapter 99 number is missing; Processing fee paid on a line that is free of it"
    page = signed_in(soon, "robin").get("/dates/closing/").content.decode()
    assert "$1,935 is in question" in page
    assert "<b>$1,200 more owed</b> and <b>$310 overpaid</b>" in page
    assert "ask about <b>$425</b>" in page
    assert '<a href="/checks/chapter-99/">A chapter 99 number is missing</a>' in page
    dates = signed_in(soon, "robin").get("/dates/").content.decode()
    assert "Checks of its lines ask about $425" in dates


def find_by_examination(world: World, number: str, amount: str, line: int | None = None) -> Discrepancy:
    entry = Entry.objects.get(number=number)
    key = f"EX-{Discrepancy.objects.count()}"
    kind = {"type": "ESR"} if line else {}
    one = make_examination(entry, key, "TARGETED", line=line, **kind, **closed("DISCREPANCY_MTD", "other"))
    amounts = {"disposition": "DISCREPANCY_MTD", "revenue_difference": Decimal(amount)}
    return Discrepancy.objects.create(examination=one, account=entry.account, ordinal=1, type="CLASS", **amounts)


PROTESTED = "M2P20000002"


@pytest.mark.parametrize(
    ("found", "asked", "counts"),
    [
        ([("400", 1)], [("chapter-99", 400, 1)], (400, 0, 0)),
        ([("150", 1)], [("chapter-99", 400, 1)], (150, 0, 250)),
        ([("-150", 1)], [("chapter-99", 400, 1)], (0, 150, 250)),
        ([("900", 1)], [("chapter-99", 400, 1)], (900, 0, 0)),
        # Another line is other money.
        ([("400", 2)], [("chapter-99", 400, 1)], (400, 0, 400)),
        # Two checks of one line ask about the same, and so does all that was found there.
        ([("100", 1), ("50", 1)], [("chapter-99", 400, 1), ("unit-value", 300, 1)], (150, 0, 250)),
        # What names no line may lie on any.
        ([("500", None)], [("chapter-99", 400, 1), ("mpf-spi", 25, 2)], (500, 0, 0)),
        ([("100", None)], [("chapter-99", 400, 1), ("mpf-spi", 25, 2)], (100, 0, 325)),
        ([("100", None), ("400", 1)], [("chapter-99", 400, 1), ("mpf-spi", 25, 2)], (500, 0, 0)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("counted", [True, False], ids=["sums", "rows"])
def test_what_an_examination_found_and_a_check_asks_about_on_one_line_counts_once(
    soon: World,
    found: list[tuple[str, int | None]],
    asked: list[tuple[str, int, int]],
    counts: tuple[int, int, int],
    counted: bool,
) -> None:
    for amount, line in found:
        find_by_examination(soon, PROTESTED, amount, line)
    for kind, money, line in asked:
        find(soon, PROTESTED, kind, money, line)
    if not counted:
        note([soon.quillard.pk])
    (row,) = rows_of(soon, "robin", "/dates/closing/?window=protest")
    assert tuple(Decimal(row[head] or 0) for head in ("More Owed", "Overpaid", "Found By Checks")) == counts
    page = signed_in(soon, "robin").get("/dates/closing/?window=protest").content.decode()
    assert f"${sum(counts)} is in question" in page


def test_the_parts_of_the_checks_add_up_to_what_is_left_beyond_an_examination(soon: World) -> None:
    find_by_examination(soon, PROTESTED, "410")
    find(soon, PROTESTED, "chapter-99", 400)
    find(soon, PROTESTED, "mpf-spi", 25, line=2)
    (row,) = rows_of(soon, "robin", "/dates/closing/?window=protest")
    assert (row["Found By Checks"], row["Which Checks"]) == ("15.00", "A chapter 99 number is missing")
    page = signed_in(soon, "robin").get("/dates/closing/?window=protest").content.decode()
    assert "A chapter 99 number is missing</a>, beyond what was found" in page


def test_an_open_examination_takes_nothing_away_from_what_a_member_reads_of_the_checks(soon: World) -> None:
    """Else the difference would tell that the line was drawn."""
    one = find_by_examination(soon, PROTESTED, "300", 1)
    type(one.examination).objects.filter(pk=one.examination_id).update(closed=None, disposition="PENDING")
    find(soon, PROTESTED, "chapter-99", 400)
    (row,) = rows_of(soon, "robin", "/dates/closing/?window=protest")
    assert (row["More Owed"], row["Found By Checks"]) == ("", "400.00")
    (row,) = rows_of(soon, "jordan", f"/accounts/{soon.quillard.pk}/dates/closing/?window=protest")
    assert (row["More Owed"], row["Found By Checks"]) == ("300.00", "100.00")


def test_a_line_looked_at_is_in_question_no_more(soon: World) -> None:
    one = find(soon, "M2P20000002", "chapter-99", 400)
    find(soon, "M2P20000002", "unit-value", 300)
    LookedAt.mark([one], soon.quillard, by=soon.robin, reason="Excluded by the notice.")
    assert rows_of(soon, "robin", "/dates/closing/")[1]["Found By Checks"] == "300.00"


def test_a_broker_is_asked_about_nothing_that_compares_lines_of_others(soon: World) -> None:
    find(soon, "9XZ20000001", "unit-value", 900, line=2)
    find(soon, "9XZ20000001", "chapter-99", 400, line=2)
    (row, _) = rows_of(soon, "billie", "/dates/closing/?sort=entry")
    assert row["Found By Checks"] == "400.00"
    (row, _) = rows_of(soon, "robin", "/dates/closing/?sort=entry")
    assert row["Found By Checks"] == "900.00"


def test_a_manager_sees_what_an_open_examination_found(soon: World) -> None:
    (row, _) = rows_of(soon, "jordan", f"/accounts/{soon.quillard.pk}/dates/closing/")
    assert row["More Owed"] == "101199.00"


def test_what_an_account_uploaded_itself_is_its_own_to_see(soon: World) -> None:
    Entry.objects.filter(number="9XZ20000001").update(source="own")
    assert "from you" in signed_in(soon, "robin").get("/dates/closing/").content.decode()
    found = rows_of(soon, "jordan", f"/accounts/{soon.quillard.pk}/dates/closing/")
    assert [row["Entry Summary Number"] for row in found] == ["M2P-2000000-2"]


@pytest.mark.parametrize(
    ("name", "account"), [("sam", "quillard"), ("morgan", "quillard"), ("billie", "quillard"), ("jordan", "stranger")]
)
def test_what_closes_for_another_account_does_not_exist(soon: World, name: str, account: str) -> None:
    client = signed_in(soon, name)
    answer = client.get(f"/accounts/{getattr(soon, account).pk}/dates/closing/")
    assert answer.status_code == 404
    assert answer.content == client.get("/nothing/").content


@pytest.mark.parametrize(
    "asked", ["days=8", "days=-1", "days=%00", "days=99999999999999999999", "window=x", "window=%00", "days=7&days=x"]
)
def test_nonsense_in_the_filters_is_said_and_shows_nothing(soon: World, asked: str) -> None:
    answer = signed_in(soon, "robin").get(f"/dates/closing/?{asked}")
    assert answer.status_code == 200
    assert "cannot be used as they are" in answer.content.decode()
    assert "9XZ-2000000-1" not in answer.content.decode()


@pytest.mark.parametrize(
    "asked", ["page=9999999999", "page=x", "page=-1", "sort=x", "sort=--closes", "sort=%00", "download=pdf"]
)
def test_a_page_or_an_order_that_does_not_exist_shows_the_list(soon: World, asked: str) -> None:
    answer = signed_in(soon, "robin").get(f"/dates/closing/?{asked}")
    assert answer.status_code == 200
    assert "9XZ-2000000-1" in answer.content.decode()


def test_names_of_importers_are_no_formulas_in_the_file(soon: World) -> None:
    soon.quillard.name = "=cmd|' /C calc'!A0"
    soon.quillard.save()
    assert {row["Importer"] for row in rows_of(soon, "robin", "/dates/closing/")} == {"'=cmd|' /C calc'!A0"}


def test_the_page_asks_as_often_for_many_as_for_few(soon: World) -> None:
    client, counted = signed_in(soon, "robin"), []
    for first in (0, 30):
        today = timezone.localdate()
        for n in range(first, first + 12):
            make_entry(soon.load, f"M2P3{n:07}", soon.quillard, None, entry_date=today - 295 * DAY)
        client.get("/dates/closing/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/dates/closing/").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]
