"""The list of examinations, one of them, and the figures, as each person gets them."""

import csv
import datetime
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from examinations.models import Discrepancy
from tests.named_people import World, closed, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

EVER = "start=2000-01-01"


def page_of(world: World, name: str) -> str:
    """Where this person reads Quillard's list, or its own."""
    accounts = {"robin": world.quillard, "billie": world.lindale, "sam": world.stranger}
    account = accounts.get(name, world.quillard)
    return f"/accounts/{account.pk}/examinations/"


def listed(world: World, name: str, query: str = EVER) -> list[str]:
    """The numbers of the examinations that a page shows, in its order."""
    body = signed_in(world, name).get(f"{page_of(world, name)}?{query}").content.decode()
    return re.findall(r'<a href="[^"]*/examinations/\d+/">([^<]+)</a>', body)


def rows_of(world: World, name: str, query: str = EVER) -> list[dict[str, str]]:
    response = signed_in(world, name).get(f"{page_of(world, name)}?{query}&download=csv")
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def year(world: World) -> World:
    """Twenty more closed examinations of Quillard, one a day, at two ports, of two types, with three results."""
    today = timezone.localdate()
    results = ["NO_DISCREPANCY", "DISCREPANCY_LOL", "REDELIVERY"]
    for n in range(20):
        fields: dict[str, Any] = closed(results[n % 3], "random" if n % 4 == 0 else "other")
        made = make_examination(
            world.entries["broker"],
            f"EX-{n:03}",
            "RANDOM" if n % 4 == 0 else "TARGETED",
            type="INT" if n % 2 else "TAIL",
            **fields
            | {"selected": today - datetime.timedelta(days=100 + n), "released": today - datetime.timedelta(days=99)},
        )
        type(made).objects.filter(pk=made.pk).update(port="2304" if n % 5 == 0 else "2704")
    return world


# ---- filters, sorts, pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("port=2304", {n for n in range(20) if n % 5 == 0}),
        ("type=INT", {n for n in range(20) if n % 2}),
        ("result=NO_DISCREPANCY", {n for n in range(20) if n % 3 == 0}),
        ("result=NO_DISCREPANCY&result=DISCREPANCY_LOL", {n for n in range(20) if n % 3 < 2}),
        ("result=other", {n for n in range(20) if n % 3 == 2}),
        ("reason=random", {n for n in range(20) if n % 4 == 0}),
        ("reason=other", {n for n in range(20) if n % 4}),
        ("port=2304&type=TAIL&reason=random", {0}),
    ],
)
def test_each_filter_shows_its_rows_and_no_others(year: World, query: str, expected: set[int]) -> None:
    found = {row["Examination Number"] for row in rows_of(year, "robin", f"{EVER}&{query}")}
    assert {number for number in found if re.fullmatch(r"EX-\d{3}", number)} == {f"EX-{n:03}" for n in expected}


def test_the_period_takes_both_of_its_days(year: World) -> None:
    today = timezone.localdate()
    first, last = today - datetime.timedelta(days=103), today - datetime.timedelta(days=101)
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        query = f"start={first:{form}}&end={last:{form}}"
        assert listed(year, "robin", query) == ["EX-001", "EX-002", "EX-003"]


def test_still_held_shows_what_waits_and_no_review(year: World) -> None:
    assert set(listed(year, "robin", f"{EVER}&result=held")) == {"EX-HELD", "EX-OTHER", "EX-WAITING"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("EX-FOUND", {"EX-FOUND"}), ("ex-found", {"EX-FOUND"}), ("zzxu 430817-5", {"EX-WAITING"}), ("EX-FOUN", set())],
)
def test_a_number_is_found_whole_however_it_is_written(year: World, text: str, expected: set[str]) -> None:
    assert set(listed(year, "robin", f"find={text}")) == expected


@pytest.mark.parametrize(
    ("sort", "column"), [("selected", "Selected Date"), ("port", "Port Code"), ("days", "Days Held")]
)
def test_a_sort_orders_the_rows_and_its_minus_turns_them(year: World, sort: str, column: str) -> None:
    def key(row: dict[str, str]) -> Any:
        return int(row[column]) if column == "Days Held" else row[column]

    up = [key(row) for row in rows_of(year, "robin", f"{EVER}&sort={sort}")]
    down = [key(row) for row in rows_of(year, "robin", f"{EVER}&sort=-{sort}")]
    assert len(set(up)) > 1
    assert up == sorted(up)
    assert down == sorted(up, reverse=True)


@pytest.mark.parametrize("sort", ["selected", "-selected", "port", "-days", "result", "-type", "nonsense", ""])
def test_pages_hold_every_row_once_in_any_order(year: World, sort: str) -> None:
    seen = [number for page in (1, 2) for number in listed(year, "robin", f"{EVER}&sort={sort}&page={page}")]
    assert len(seen) == len(set(seen)) == 24


def test_the_next_page_keeps_filters_and_order_in_its_address(year: World) -> None:
    client = signed_in(year, "robin")
    body = client.get(
        f"{page_of(year, 'robin')}?{EVER}&sort=port&result=NO_DISCREPANCY&result=DISCREPANCY_LOL&result=other"
    ).content
    behind = re.search(rb'href="(\?[^"]+)"\s+rel="next"', body)
    assert behind is not None
    for part in (b"start=2000-01-01", b"sort=port", b"result=NO_DISCREPANCY", b"result=DISCREPANCY_LOL", b"page=2"):
        assert part in behind[1]


def test_where_nothing_matches_the_page_says_what_to_do(year: World) -> None:
    body = signed_in(year, "robin").get(f"{page_of(year, 'robin')}?find=NOTHING").content.decode()
    assert "No examination matches." in body
    assert "Widen the period" in body


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("start=2026-05-02&end=2026-05-01", "This period ends before it starts."),
        ("start=yesterday", "Write the day as MM/DD/YYYY."),
        (f"{EVER}&port=9999", "No examination here was at this port."),
    ],
)
def test_a_filter_that_cannot_be_used_says_so_and_shows_nothing(year: World, query: str, said: str) -> None:
    body = signed_in(year, "robin").get(f"{page_of(year, 'robin')}?{query}").content.decode()
    assert said in body
    assert "EX-001" not in body
    assert "Nothing is shown until the filters are mended." in body


# ---- what is told to whom ------------------------------------------------------------------------------------

MEMBERS = ["robin", "lee", "billie"]
REASON_WORDS = re.compile(r"targeted|follow-up|law.enforcement", re.IGNORECASE)


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("query", ["", EVER, f"{EVER}&reviews=1", f"{EVER}&result=held", f"{EVER}&reason=other"])
def test_no_members_list_tells_why_an_open_one_was_picked(world: World, name: str, query: str) -> None:
    body = signed_in(world, name).get(f"{page_of(world, name)}?{query}").content.decode()
    assert "EX-REVIEW-OPEN" not in body
    assert not REASON_WORDS.search(body)


@pytest.mark.parametrize("name", MEMBERS)
def test_no_members_filter_or_sort_finds_an_open_one_by_its_reason(world: World, name: str) -> None:
    still_open = {"EX-HELD", "EX-OTHER", "EX-WAITING", "EX-REVIEW-OPEN"}
    for reason in ("random", "other"):
        assert not still_open & set(listed(world, name, f"{EVER}&reviews=1&reason={reason}"))
    for reason in ("TARGETED", "RANDOM", "UNKNOWN", "FOLLOWUP"):
        assert listed(world, name, f"{EVER}&reason={reason}") == [], "a word that only staff may filter by"
    usual = listed(world, name)
    for sort in ("reason", "selection__reason", "-draw__probability", "disclosed_reason"):
        assert listed(world, name, f"{EVER}&sort={sort}") == usual


@pytest.mark.parametrize("name", MEMBERS)
def test_no_members_file_tells_why_an_open_one_was_picked_or_that_a_review_is_open(world: World, name: str) -> None:
    told = {row["Examination Number"]: row["Why It Was Picked"] for row in rows_of(world, name, f"{EVER}&reviews=1")}
    assert "EX-REVIEW-OPEN" not in told
    assert told["EX-HELD"] == ""
    assert told["EX-FOUND"] == "Other"
    assert told["EX-REVIEW-CLOSED"] == "Random measurement"


@pytest.mark.parametrize("name", ["jordan", "hq"])
def test_staff_read_every_reason(world: World, name: str) -> None:
    told = {row["Examination Number"]: row["Why It Was Picked"] for row in rows_of(world, name, f"{EVER}&reviews=1")}
    assert told["EX-HELD"] == "Targeted"
    assert told["EX-REVIEW-OPEN"] == "Random"
    make_examination(world.entries["broker"], "EX-AGAIN", "FOLLOWUP")
    (again,) = rows_of(world, name, "find=EX-AGAIN")
    assert again["Why It Was Picked"] == "Follow-up", "the file says it as the page does"
    assert listed(world, name, f"{EVER}&reason=UNKNOWN") == ["EX-WAITING"]


@pytest.mark.parametrize(("name", "count"), [("robin", 5), ("lee", 5), ("billie", 4), ("jordan", 6)])
def test_an_open_review_enters_no_members_count(world: World, name: str, count: int) -> None:
    body = signed_in(world, name).get(f"{page_of(world, name)}?{EVER}&reviews=1").content.decode()
    assert f"<b>{count} examinations</b>" in body
    assert f"1 to {count} of {count}" in body


def test_what_an_open_one_found_is_not_in_a_members_sums(world: World) -> None:
    """EX-HELD and EX-OTHER are open and each has a discrepancy of $1,200; only EX-FOUND is closed."""
    body = signed_in(world, "robin").get(f"{page_of(world, 'robin')}?{EVER}").content.decode()
    assert "+1,200 / 0" in body
    assert "3,600" not in body
    assert "+3,600 / 0" in signed_in(world, "jordan").get(f"{page_of(world, 'jordan')}?{EVER}").content.decode()


def test_a_broker_reads_no_cost_and_nothing_that_others_filed(world: World) -> None:
    rows = rows_of(world, "billie")
    assert {row["Examination Number"] for row in rows} == {"EX-HELD", "EX-FOUND", "EX-STRANGER"}
    assert "Examination Cost Amount" not in rows[0]
    assert "350" not in str(rows)
    assert rows_of(world, "robin")[0].keys() >= {"Examination Cost Amount"}


OWN_TO_QUILLARD = ["96-447182000", "96447182000", "M2P12345679", "M2P-1234567-9", "EX-OTHER", "EX-WAITING", "ZZXU"]


def bodies(world: World, name: str) -> Iterator[tuple[str, str]]:
    """Every page that a member reads."""
    client = signed_in(world, name)
    for address in (
        "/",
        "/examinations/",
        f"/examinations/?{EVER}&reviews=1",
        "/examinations/figures/",
        "/notices/",
        "/accounts/",
    ):
        yield address, client.get(address, follow=True).content.decode()
    for row in world.examinations.values():
        yield f"examination {row}", client.get(f"/examinations/{row.pk}/").content.decode()
    for sought in OWN_TO_QUILLARD:
        body = client.get("/find/", {"q": sought}).content.decode()
        yield (
            f"search {sought}",
            body.replace(sought, "", body.count(f'value="{sought}"') + body.count(f"<b>{sought}</b>")),
        )


@pytest.mark.parametrize("name", ["billie", "sam"])
def test_nobody_elses_body_carries_what_is_the_importers_own(world: World, name: str) -> None:
    for address, body in bodies(world, name):
        for secret in OWN_TO_QUILLARD:
            assert secret not in body, (address, secret)
        if name == "sam":
            assert "Quillard" not in body, address
            assert "9XZ-1234567-1" not in body, address


def test_a_name_with_markup_is_shown_and_not_run(world: World) -> None:
    world.quillard.name = "<b>\"&'</b><script>x</script>"
    world.quillard.save()
    world.robin.name = "<i>Robin</i>"
    world.robin.save()
    for name in ("robin", "billie", "jordan", "hq"):
        client = signed_in(world, name)
        for address in ("/", page_of(world, name), f"/accounts/{world.quillard.pk}/", "/accounts/"):
            body = client.get(address, follow=True).content.decode()
            assert "<script>x" not in body, (name, address)
            assert "<i>Robin" not in body, (name, address)
    assert "&lt;b&gt;&quot;&amp;" in signed_in(world, "jordan").get("/accounts/").content.decode()


# ---- files -------------------------------------------------------------------------------------------------------


def test_the_file_has_the_rows_of_all_pages_in_their_order(year: World) -> None:
    shown = [number for page in (1, 2) for number in listed(year, "robin", f"{EVER}&sort=port&page={page}")]
    assert [row["Examination Number"] for row in rows_of(year, "robin", f"{EVER}&sort=port&page=2")] == shown


def test_the_workbook_says_what_the_csv_says(year: World) -> None:
    response = signed_in(year, "robin").get(f"{page_of(year, 'robin')}?{EVER}&download=xlsx")
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    as_text = rows_of(year, "robin")
    assert head == list(as_text[0])
    assert [row[0] for row in rows] == [row["Examination Number"] for row in as_text]
    entry = rows[head.index("Port Code")]
    assert [row[head.index("Port Code")] for row in rows] == [row["Port Code"] for row in as_text]
    assert all(isinstance(row[head.index("Entry Summary Number")], str) for row in rows)
    assert entry


def test_a_container_named_like_a_formula_is_harmless_in_the_file(world: World) -> None:
    make_examination(world.entries["broker"], "EX-FORMULA", "RANDOM", bill="=1+1", container="@SUM(A1)")
    (row,) = rows_of(world, "robin", "find=EX-FORMULA")
    assert (row["Bill of Lading Number"], row["Container Number"]) == ("'=1+1", "'@SUM(A1)")


def test_a_list_above_the_limit_is_made_in_the_background(year: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("look.paging.CappedPaginator.CAP", 10)
    monkeypatch.setattr("look.templatetags.look.MOST_ROWS", 10)
    response = signed_in(year, "robin").get(f"{page_of(year, 'robin')}?{EVER}&download=csv")
    assert response["Content-Type"].startswith("text/html")
    page = response.content.decode()
    assert "More than 10 rows, made in the background:" in page
    assert f"{page_of(year, 'robin')}".split("examinations/")[0] + "exports/ask/examinations/?start=2000-01-01" in page


# ---- one examination ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["robin", "billie"])
def test_a_members_page_of_a_held_one_tells_where_it_stands_and_not_why(world: World, name: str) -> None:
    body = signed_in(world, name).get(f"/examinations/{world.examinations['held'].pk}/").content.decode()
    assert "told when it is closed" in body
    assert not REASON_WORDS.search(body)
    assert "1,200" not in body, "what an open one found is not told"


def test_the_manager_reads_the_reason_and_what_was_found_so_far(world: World) -> None:
    address = f"/accounts/{world.quillard.pk}/examinations/{world.examinations['held'].pk}/"
    body = signed_in(world, "jordan").get(address).content.decode()
    assert "Targeted" in body
    assert "+1,200" in body


def test_days_of_reviews_stay_out_of_the_median_and_last_in_the_order(world: World) -> None:
    rows = rows_of(world, "jordan", f"{EVER}&reviews=1&sort=-days")
    assert [row["Days Held"] for row in rows if row["Type"] == "Entry summary review"] == ["", ""]
    assert rows[-1]["Days Held"] == ""
    body = signed_in(world, "jordan").get(f"{page_of(world, 'jordan')}?{EVER}&reviews=1").content.decode()
    assert "median 20" in body
    assert Discrepancy.objects.count() == 3


def test_the_pages_work_signed_out_only_as_a_redirect(client: Client, world: World) -> None:
    response = client.get(f"{page_of(world, 'robin')}?download=csv")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
