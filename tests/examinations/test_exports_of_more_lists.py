"""Requests, entries that close and the lines of one check as files: up to 10,000 rows at once, above that made by a worker."""

import datetime
import io

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Account, Delegation, Membership
from examinations.breakdowns.counting import recount
from examinations.exports.building import build
from examinations.exports.tasks import remove_exports, run_export
from examinations.models import (
    CheckFinding,
    CustomsRequest,
    Discrepancy,
    Entry,
    EntryBreakdown,
    EntryLine,
    Export,
    LookedAt,
)
from look.downloads import MOST_ROWS
from tests.examinations.test_exports import fetched, made, rows_of
from tests.named_people import World, closed, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

CHECK = "origin-mid"
#: By list its page, what the page is asked, and the same as it is asked for as a file.
LISTS = {
    "requests": ("/requests/", "start=2000-01-01", "start=2000-01-01"),
    "closing": ("/dates/closing/", "days=90&sort=entry", "days=90&sort=entry"),
    "check": (f"/checks/{CHECK}/", "show=all", f"show=all&check={CHECK}"),
}


def close_soon(world: World, number: str = "9XZ12345671") -> Entry:
    """An entry of Quillard that may be corrected for ten days yet."""
    entry = Entry.objects.get(number=number)
    entry.entry_date = timezone.localdate() - datetime.timedelta(days=290)
    entry.save()
    return entry


def found_by_check(entry: Entry, line: int = 1, **fields: object) -> CheckFinding:
    given = {"kind": CHECK, "hts": "8501104020", "origin": "CN", "value": 10_000, "money": 50} | fields
    today = timezone.localdate()
    return CheckFinding.objects.create(
        account=entry.account, filer=entry.filer, entry=entry, entry_number=entry.number, line=line,
        entry_date=entry.entry_date, facts={"origin": "CN", "maker": "VN"}, first_found=today, **given,
    )  # fmt: skip


@pytest.fixture
def full(world: World) -> World:
    """Something in each of the lists, for Quillard and for Stranger Goods."""
    for number in ("9XZ12345671", "M2P12345679", "9XZ12345689"):
        found_by_check(close_soon(world, number))
    LookedAt.objects.create(
        account=world.quillard, kind=CHECK, entry_number="M2P12345679", line=1, reason="=1+1", by=world.robin
    )
    return world


@pytest.mark.parametrize("name", list(LISTS))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_made_by_a_worker_says_what_the_page_s_own_download_says(full: World, name: str, kind: str) -> None:
    robin = signed_in(full, "robin")
    page, query, asked = LISTS[name]
    at_once = robin.get(f"{page}?{query}&download={kind}")
    export = made(full, "robin", asked, list_name=name, kind=kind)
    content = fetched(robin, export)
    assert export.rows >= 2
    assert f'filename="{export.name}"' in at_once["Content-Disposition"]
    if kind == "csv":
        assert rows_of(content) == rows_of(at_once.content)
        return
    books = [CalamineWorkbook.from_filelike(io.BytesIO(book)) for book in (content, at_once.content)]
    rows, about = ([book.get_sheet_by_index(sheet).to_python() for book in books] for sheet in (0, 1))
    assert rows[0] == rows[1]
    said = [{label: words for label, words in sheet if label != "Made"} for sheet in about]
    assert said[0] == said[1]
    assert said[0]["Made by"] == full.robin.name
    assert any(label.startswith("Filter: ") for label in said[0])


@pytest.mark.parametrize("name", list(LISTS))
def test_each_finds_the_rows_that_are_theirs_and_no_stranger_s(full: World, name: str) -> None:
    _, _, asked = LISTS[name]
    entries: dict[str, set[str]] = {}
    for reader in ("robin", "jordan", "hq", "billie"):
        head, *rows = rows_of(fetched(signed_in(full, reader), made(full, reader, asked, list_name=name)))
        entries[reader] = {row[head.index("Entry Summary Number")] for row in rows}
    own = {"9XZ-1234567-1", "M2P-1234567-9"}
    assert entries["robin"] == entries["jordan"] == entries["hq"] == own
    assert "M2P-1234567-9" not in entries["billie"], "filed by another"
    assert {"9XZ-1234567-1", "9XZ-1234568-9"} <= entries["billie"]


def test_a_mark_of_the_account_s_own_is_no_formula_in_the_file_and_its_day_is_new_yorks(full: World) -> None:
    late = datetime.datetime(2026, 3, 5, 3, 30, tzinfo=datetime.UTC)  # half past ten in the evening before
    LookedAt.objects.filter(reason="=1+1").update(at=late)
    head, *rows = rows_of(fetched(signed_in(full, "robin"), made(full, "robin", LISTS["check"][2], list_name="check")))
    marked = next(row for row in rows if row[0] == "M2P-1234567-9")
    assert marked[head.index("What Was Found")] == "'=1+1"
    assert marked[head.index("Looked At")] == "2026-03-04"


@pytest.mark.parametrize("name", list(LISTS))
def test_a_file_leads_back_to_its_page_with_its_filters(full: World, name: str) -> None:
    page, _, asked = LISTS[name]
    export = made(full, "robin", asked, list_name=name)
    robin = signed_in(full, "robin")
    body = robin.get(f"/exports/{export.pk}/").content.decode()
    link = body.split("<dt>List</dt>")[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert link.startswith(f"{page}?")
    assert "check=" not in link
    answer = robin.get(link)
    assert answer.status_code == 200
    assert answer.context["page"].paginator.count == export.rows


def test_what_a_page_fills_in_stays_as_it_was_asked(full: World) -> None:
    made(full, "robin", "", list_name="requests")
    made(full, "robin", "", list_name="closing")
    made(full, "robin", f"check={CHECK}", list_name="check")
    settled = dict(Export.objects.values_list("kind", "filters"))
    today = timezone.localdate()
    assert settled["requests"]["end"] == [f"{today:%m/%d/%Y}"]
    assert settled["closing"] == {"days": ["30"], "sort": ["-question"]}
    assert settled["check"] == {"check": [CHECK], "show": ["open"]}


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("requests", "start=2026-02-01&end=2026-01-01"),
        ("requests", "state=nonsense"),
        ("closing", "days=13"),
        ("closing", "window=x"),
        ("check", ""),
        ("check", "check=nonsense"),
        ("check", "check=..%2F..%2Fentries"),
    ],
)
def test_filters_that_cannot_be_used_make_no_file(full: World, name: str, query: str) -> None:
    robin = signed_in(full, "robin")
    answer = robin.post(f"/exports/ask/{name}/?{query}", {"format": "csv"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(LISTS[name][0].removesuffix(f"{CHECK}/"))
    assert robin.get(answer["Location"]).status_code in (200, 404)
    assert not Export.objects.exists()


def test_a_broker_has_no_file_of_a_check_that_compares_lines_of_others(full: World) -> None:
    answer = signed_in(full, "billie").post("/exports/ask/check/?check=two-headings", {"format": "csv"})
    assert answer.status_code == 302
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", list(LISTS))
def test_who_lost_the_account_has_no_file_any_more_and_gets_none(full: World, name: str) -> None:
    _, _, asked = LISTS[name]
    export = made(full, "robin", asked, list_name=name)
    robin = signed_in(full, "robin")
    assert robin.post(f"/exports/ask/{name}/?{asked}", {"format": "xlsx"}).status_code == 302
    waiting = Export.objects.exclude(pk=export.pk).get()
    Membership.objects.get(person=full.robin).end(by=full.hq)
    assert robin.get(f"/exports/{export.pk}/file/").status_code in (302, 404)
    run_export(str(waiting.pk))
    waiting.refresh_from_db()
    assert waiting.state == Export.State.FAILED
    remove_exports()
    assert not Export.objects.filter(pk=export.pk).exists()


def delegated(world: World, *kinds: str) -> Delegation:
    today = timezone.localdate()
    return Delegation.objects.create(
        importer=world.quillard, broker=world.lindale, kinds=list(kinds), power_of_attorney=today,
        expires=today + datetime.timedelta(days=9),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["closing", "entries"])
def test_a_file_goes_with_each_kind_of_data_that_it_tells_of(full: World, name: str) -> None:
    """What examinations found stands in lists of entries for who may see both: it must not stay when one is closed."""
    other = Entry.objects.get(number="M2P12345679")
    one = make_examination(other, "EX-OF-OTHER", "TARGETED", **closed("DISCREPANCY_MTD", "other"))
    Discrepancy.objects.create(examination=one, account=full.quillard, ordinal=1, type="VALUE", revenue_difference=777)
    billie, base = signed_in(full, "billie"), f"/accounts/{full.quillard.pk}"
    query = "days=90" if name == "closing" else "start=2000-01-01"

    def asked() -> Export:
        assert billie.post(f"{base}/exports/ask/{name}/?{query}", {"format": "csv"}).status_code == 302
        export = Export.objects.get(state="waiting")
        build(export)
        export.refresh_from_db()
        assert export.state == Export.State.READY, export.message
        return export

    both = delegated(full, "entries", "examinations")
    of_both = asked()
    assert of_both.beside == ["examinations"]
    if name == "closing":
        assert "777.00" in fetched(billie, of_both).decode()
    both.revoke(by=full.robin, at=timezone.now())
    delegated(full, "entries")
    assert billie.get(f"/exports/{of_both.pk}/file/").status_code == 404
    of_one = asked()
    assert of_one.beside == []
    assert "777.00" not in fetched(billie, of_one).decode()
    remove_exports()
    assert list(Export.objects.all()) == [of_one]


def more_requests(account: Account, numbers: range) -> None:
    like = CustomsRequest.objects.filter(account=account)[0]
    known = {field.attname: getattr(like, field.attname) for field in like._meta.concrete_fields}
    CustomsRequest.objects.bulk_create(
        CustomsRequest(**known | {"id": None, "number": f"MORE-{number}"}) for number in numbers
    )


def more_findings(account: Account, numbers: range) -> None:
    """Finds on entries that are not on file: a find needs none."""
    like = CheckFinding.objects.filter(account=account)[0]
    known = {field.attname: getattr(like, field.attname) for field in like._meta.concrete_fields}
    CheckFinding.objects.bulk_create(
        CheckFinding(**known | {"id": None, "entry_id": -1 - number, "money": 1_000 + number}) for number in numbers
    )


@pytest.mark.parametrize("name", ["requests", "check"])
def test_ten_thousand_rows_come_at_once_and_one_more_in_the_background(full: World, name: str) -> None:
    page, query, _ = LISTS[name]
    more = more_requests if name == "requests" else more_findings
    robin = signed_in(full, "robin")
    there = robin.get(f"{page}?{query}").context["page"].paginator.count
    more(full.quillard, range(MOST_ROWS - there))
    body = robin.get(f"{page}?{query}").content.decode()
    assert "download=csv" in body
    assert f"/exports/ask/{name}/" not in body
    _, *rows = rows_of(robin.get(f"{page}?{query}&download=csv").content)
    assert len({tuple(row) for row in rows}) == len(rows) == MOST_ROWS
    more(full.quillard, range(MOST_ROWS, MOST_ROWS + 1))
    answer = robin.get(f"{page}?{query}&download=csv")
    assert answer["Content-Type"].startswith("text/html"), "no longer at once"
    body = answer.content.decode()
    action = body.split('<form method="post" action="/exports/ask/')[1].split('"')[0].replace("&amp;", "&")
    assert robin.post(f"/exports/ask/{action}", {"format": "csv"}).status_code == 302
    export = Export.objects.get()
    build(export)
    export.refresh_from_db()
    assert (export.state, export.rows) == (Export.State.READY, MOST_ROWS + 1)
    _, *all_rows = rows_of(fetched(robin, export))
    assert len(all_rows) == MOST_ROWS + 1


FIGURES = "by=manufacturer&sort=-value"


@pytest.fixture
def summed(world: World) -> World:
    """Two suppliers of Quillard's, with their sums."""
    for number, maker in (("9XZ12345671", "XAVERFAC2529CAL"), ("M2P12345679", "=1+1")):
        EntryLine.objects.filter(entry__number=number).update(manufacturer_id=maker)
    recount(None)
    return world


@pytest.mark.parametrize(
    "query", [FIGURES, "by=manufacturer&finding=CLASS", "by=month", "by=port&start=2026-01-01&end=2026-11-30"]
)
@pytest.mark.parametrize("name", ["robin", "jordan", "billie"])
def test_figures_by_a_value_are_made_as_their_page_has_them(summed: World, name: str, query: str) -> None:
    client = signed_in(summed, name)
    base = f"/accounts/{summed.quillard.pk}" if name == "jordan" else ""
    export = made(summed, name, query, list_name="figures-by")
    rows = rows_of(fetched(client, export))
    assert rows == rows_of(client.get(f"{base}/examinations/figures/by/?{query}&download=csv").content)
    assert len(rows) == export.rows + 1 > 1
    if query == FIGURES and name == "robin":
        assert {row[0] for row in rows[1:]} == {"XAVERFAC2529CAL", "'=1+1"}
    page = client.get(f"/exports/{export.pk}/").content.decode()
    assert "/examinations/figures/by/?" in page
    assert "<dt>By</dt>" in page


@pytest.mark.parametrize("query", ["", "start=2026-07-01&end=2026-09-30"])
@pytest.mark.parametrize("name", ["robin", "jordan", "billie"])
def test_what_is_examined_more_or_less_is_made_as_its_page_has_it(summed: World, name: str, query: str) -> None:
    client = signed_in(summed, name)
    base = f"/accounts/{summed.quillard.pk}" if name == "jordan" else ""
    export = made(summed, name, query, list_name="figures-change")
    rows = rows_of(fetched(client, export))
    assert rows == rows_of(client.get(f"{base}/examinations/figures/change/?{query}&download=csv").content)
    assert len(rows) == export.rows + 1
    assert query or export.rows > 1
    assert export.filters["start"]


def test_more_values_that_moved_than_a_file_holds_at_once_are_made_in_the_background(
    summed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin, address = signed_in(summed, "robin"), "/examinations/figures/change/?"
    before = robin.get(address).context["before"]
    Entry.objects.filter(number="M2P12345679").update(entry_date=before.end)
    recount(None)
    assert robin.get(f"{address}&download=csv")["Content-Type"].startswith("text/csv")
    for module in ("examinations.views.figures_change", "look.templatetags.look"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 2)
    answer = robin.get(f"{address}&download=csv")
    assert answer["Content-Type"].startswith("text/html")
    assert 'action="/exports/ask/figures-change/' in answer.content.decode()


def test_figures_of_more_values_than_a_file_holds_at_once_are_made_in_the_background(summed: World) -> None:
    robin, address = signed_in(summed, "robin"), f"/examinations/figures/by/?{FIGURES}"
    there = robin.get(address).context["total"]
    month = timezone.localdate().replace(day=1)

    def more(numbers: range) -> None:
        EntryBreakdown.objects.bulk_create(
            EntryBreakdown(account=summed.quillard, month=month, dimension="manufacturer", code=f"M{n}", entries=1)
            for n in numbers
        )

    more(range(MOST_ROWS - there))
    assert len(rows_of(robin.get(f"{address}&download=csv").content)) == MOST_ROWS + 1
    more(range(MOST_ROWS, MOST_ROWS + 1))
    answer = robin.get(f"{address}&download=csv")
    assert answer["Content-Type"].startswith("text/html")
    assert f'action="/exports/ask/figures-by/?{FIGURES.replace("&", "&amp;")}"' in answer.content.decode()
    assert made(summed, "robin", FIGURES, list_name="figures-by").rows == MOST_ROWS + 1


def test_a_reason_is_not_told_to_a_member_who_asks_for_it_as_a_file(summed: World) -> None:
    rows = rows_of(fetched(signed_in(summed, "robin"), made(summed, "robin", "by=reason", list_name="figures-by")))
    assert rows[0][0] == "Port"
    rows = rows_of(fetched(signed_in(summed, "jordan"), made(summed, "jordan", "by=reason", list_name="figures-by")))
    assert rows[0][0] == "Reason"


def test_figures_of_a_period_that_ends_before_it_starts_make_no_file(summed: World) -> None:
    query = "by=port&start=2026-02-01&end=2026-01-01"
    answer = signed_in(summed, "robin").post(f"/exports/ask/figures-by/?{query}", {"format": "csv"})
    assert answer["Location"].startswith("/examinations/figures/by/?")
    assert not Export.objects.exists()
