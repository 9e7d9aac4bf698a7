"""Long lists as files: for their owner alone, while the owner may see the account, without a formula in them."""

import csv
import datetime
import io
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Assignment, Delegation, Membership, Person
from accounts.scope import acting_for
from examinations.exports.building import build
from examinations.exports.kinds import KINDS
from examinations.exports.tasks import remove_exports, resume_exports, run_export
from examinations.models import Entry, EntryLine, Export
from examinations.resuming import MOST_ATTEMPTS
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db

EVER = "start=2000-01-01"
ASK = "/exports/ask/entry-lines/"


def ask(world: World, name: str, query: str = EVER, *, kind: str = "csv", list_name: str = "entry-lines") -> Export:
    """Ask for a file as this person does, from the page of the account that is theirs."""
    base = f"/accounts/{world.quillard.pk}" if name in ("jordan", "hq") else ""
    answer = signed_in(world, name).post(f"{base}/exports/ask/{list_name}/?{query}", {"format": kind})
    assert answer.status_code == 302, answer.content.decode()
    return Export.objects.get(pk=answer["Location"].split("/")[-2])


def made(world: World, name: str, query: str = EVER, **more: str) -> Export:
    export = ask(world, name, query, **more)
    build(export)
    export.refresh_from_db()
    assert export.state == Export.State.READY, export.message
    return export


def fetched(client: Client, export: Export) -> bytes:
    answer = client.get(f"/exports/{export.pk}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("robin", {"9XZ-1234567-1", "M2P-1234567-9"}),
        ("jordan", {"9XZ-1234567-1", "M2P-1234567-9"}),
        ("hq", {"9XZ-1234567-1", "M2P-1234567-9"}),
        ("billie", {"9XZ-1234567-1", "9XZ-1234568-9"}),
    ],
)
def test_each_gets_the_rows_that_are_theirs_to_see(world: World, name: str, numbers: set[str]) -> None:
    export = made(world, name)
    head, *rows = rows_of(fetched(signed_in(world, name), export))
    assert head[0] == "Entry Summary Number"
    assert {row[0] for row in rows} == numbers
    assert export.rows == len(rows)
    names = {row[head.index("Importer Name")] for row in rows}
    assert names == ({"Quillard Electric", "Stranger Goods"} if name == "billie" else {"Quillard Electric"})


def test_a_file_has_the_text_of_the_page_s_own_download(world: World) -> None:
    robin = signed_in(world, "robin")
    at_once = robin.get(f"/entry-lines/?{EVER}&download=csv")
    content = fetched(robin, made(world, "robin"))
    assert sorted(at_once.content.splitlines()) == sorted(content.splitlines())  # a long list lies as it was loaded
    assert at_once["Content-Disposition"].startswith('attachment; filename="entry-lines_from-2000-01-01')


def test_no_other_person_finds_it_not_even_headquarters(world: World) -> None:
    export = made(world, "robin")
    for name in ("lee", "sam", "billie", "jordan", "expert", "hq"):
        client = signed_in(world, name)
        nothing = client.get("/no-such-page/").content
        for part in ("", "file/"):
            answer = client.get(f"/exports/{export.pk}/{part}")
            assert (answer.status_code, answer.content) == (404, nothing)
        assert client.post(f"/exports/{export.pk}/remove/").status_code == 404
        with acting_for(world.people[name]):
            assert not Export.objects.exists()
    assert signed_in(world, "robin").get(f"/exports/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("name", ["lee", "sam"])
def test_nobody_asks_for_a_list_of_an_account_that_is_not_theirs(world: World, name: str) -> None:
    other = world.stranger if name == "lee" else world.quillard
    answer = signed_in(world, name).post(f"/accounts/{other.pk}{ASK}", {"format": "csv"})
    assert answer.status_code == 404
    assert not Export.objects.exists()


def _ends_membership(world: World) -> None:
    Membership.objects.get(person=world.robin).end(by=world.hq)


def _may_no_longer_sign_in(world: World) -> None:
    Person.objects.filter(pk=world.robin.pk).update(is_active=False)


def _changes_sides(world: World) -> None:
    Person.objects.filter(pk=world.robin.pk).update(role="manager")
    Assignment.objects.filter(account=world.quillard).update(manager=world.robin)


def test_a_delegate_s_file_is_gone_when_the_delegation_is_revoked(world: World) -> None:
    today = timezone.localdate()
    delegation = Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["entries"],
        power_of_attorney=today,
        expires=today + datetime.timedelta(days=9),
    )
    billie, base = signed_in(world, "billie"), f"/accounts/{world.quillard.pk}"
    assert billie.post(f"{base}{ASK}?{EVER}", {"format": "csv"}).status_code == 302
    export = Export.objects.get()
    build(export)
    export.refresh_from_db()
    assert len(rows_of(fetched(billie, export))) == 3, "also what another filed"
    billie.post(f"{base}/exports/ask/examinations/?{EVER}", {"format": "csv"})
    assert Export.objects.visible_to(world.billie).count() == 1, "examinations were not delegated"
    delegation.revoke(by=world.robin, at=timezone.now())
    assert billie.get(f"/exports/{export.pk}/file/").status_code == 404
    remove_exports()
    assert not Export.objects.filter(pk=export.pk).exists()


@pytest.mark.parametrize("lose", [_ends_membership, _may_no_longer_sign_in, _changes_sides])
def test_who_lost_access_has_no_file_any_more(world: World, lose) -> None:
    export, client = made(world, "robin"), signed_in(world, "robin")
    assert default_storage.exists(export.file.name)
    lose(world)
    assert client.get(f"/exports/{export.pk}/file/").status_code in (302, 404)
    assert remove_exports() == 1
    assert not Export.objects.exists()
    assert not default_storage.exists(export.file.name)


def test_the_first_look_at_a_lost_file_has_it_removed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    export, client = made(world, "robin"), signed_in(world, "robin")
    removed = []
    monkeypatch.setattr("examinations.views.exports.remove_export.delay", removed.append)
    _ends_membership(world)
    assert client.get(f"/exports/{export.pk}/file/").status_code == 404
    assert removed == [str(export.pk)]


def test_who_loses_access_before_the_worker_comes_gets_nothing(world: World) -> None:
    export = ask(world, "robin")
    _ends_membership(world)
    run_export(str(export.pk))
    export.refresh_from_db()
    assert (export.state, export.file.name) == (Export.State.FAILED, "")
    assert "no longer" in export.message


def test_after_seven_days_it_is_gone_and_later_forgotten(world: World) -> None:
    export, robin = made(world, "robin"), signed_in(world, "robin")
    assert (export.expires_at - export.finished_at).days == 7
    Export.objects.update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    assert robin.get(f"/exports/{export.pk}/file/").status_code == 404
    assert default_storage.exists(export.file.name)
    assert remove_exports() == 1
    assert not default_storage.exists(export.file.name)
    assert "kept for seven days" in robin.get(f"/exports/{export.pk}/").content.decode()
    Export.objects.update(expires_at=timezone.now() - datetime.timedelta(days=31))
    remove_exports()
    assert not Export.objects.exists()


def test_one_removes_one_s_own_file(world: World) -> None:
    export, robin = made(world, "robin"), signed_in(world, "robin")
    assert robin.post(f"/exports/{export.pk}/remove/").status_code == 302
    assert not default_storage.exists(export.file.name)
    assert not Export.objects.exists()


def test_a_list_of_examinations_says_what_its_page_says_and_hides_the_same(world: World) -> None:
    query = "start=2000-01-01&reviews=1"
    for name in ("robin", "jordan", "billie"):
        content = fetched(signed_in(world, name), made(world, name, query, list_name="examinations"))
        base = f"/accounts/{world.quillard.pk}" if name == "jordan" else ""
        page = signed_in(world, name).get(f"{base}/examinations/?{query}&download=csv")
        assert rows_of(content) == rows_of(page.content)
        assert (b"EX-REVIEW-OPEN" in content) == (name == "jordan")


def test_a_long_list_of_entries_is_made_as_the_page_has_it(world: World) -> None:
    robin = signed_in(world, "robin")
    query = "start=2000-01-01&sort=-value&marked=corrected"
    Entry.objects.filter(number="9XZ12345671").update(corrected=True)
    export = made(world, "robin", query, list_name="entries")
    content = fetched(robin, export)
    assert content == robin.get(f"/entries/?{query}&download=csv").content
    assert [row[0] for row in rows_of(content)[1:]] == ["9XZ-1234567-1"]
    assert export.name.startswith("entries_from-2000-01-01")
    broker = rows_of(fetched(signed_in(world, "billie"), made(world, "billie", list_name="entries")))
    assert {row[0] for row in broker[1:]} == {"9XZ-1234567-1", "9XZ-1234568-9"}
    settled = ask(world, "robin", "", list_name="entries").filters
    today = timezone.localdate()
    assert settled["start"] == [f"{today - datetime.timedelta(days=90):%m/%d/%Y}"]
    assert settled["end"] == [f"{today:%m/%d/%Y}"]


def test_a_page_of_more_entries_than_a_download_holds_offers_the_background(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("examinations.views.entries", "examinations.entries.listing", "look.templatetags.look"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 1)
    page = signed_in(world, "robin").get("/entries/?start=2000-01-01").content.decode()
    assert 'action="/exports/ask/entries/?start=2000-01-01"' in page


FULL_WIDTH = ["\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1"]
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@A1",
    *FULL_WIDTH,
    "\t=1",
    "\r=1",
    "\n=1",
    "{a",
    "~",
    "日本",
    'a, "quoted"\nname',
    "'quoted",
    "  =1",
    "Ünïcode",
    "",
]


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula_and_names_survive_commas_quotes_and_lines(world: World, text: str) -> None:
    world.quillard.name = text or "x"
    world.quillard.save()
    Entry.objects.update(filer_name=text)
    EntryLine.objects.update(manufacturer_id=text[:15], hts="0101210010", port="0401")
    robin = signed_in(world, "robin")
    head, *rows = rows_of(fetched(robin, made(world, "robin")))
    guarded = "'" + text if text[:1] in {*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"} else text
    for row in rows:
        assert row[head.index("Filer Name")] == guarded
        assert row[head.index("Importer Name")] == (guarded or "x")
        assert row[head.index("HTS Number - Full")] == "0101210010"
        assert row[head.index("Port of Entry Code")] == "0401"
    book = CalamineWorkbook.from_filelike(io.BytesIO(fetched(robin, made(world, "robin", kind="xlsx"))))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert {row[head.index("Filer Name")].replace("\r", "\n") for row in rows} == {text.replace("\r", "\n")}
    assert {row[head.index("HTS Number - Full")] for row in rows} == {"0101210010"}


def test_amounts_and_unknowns_are_written_as_numbers_and_as_nothing(world: World) -> None:
    EntryLine.objects.update(hmf=None, quantity=Decimal("12.5"))
    head, row, _ = rows_of(fetched(signed_in(world, "robin"), made(world, "robin")))
    said = dict(zip(head, row, strict=True))
    assert (said["Line Tariff Goods Value Amount"], said["Line HMF Amount"]) == ("10000.00", "")
    assert said["Line Tariff Quantity (1)"] == "12.5000"
    assert said["Entry Summary Line Number"] == "001"


@pytest.mark.parametrize(
    "query",
    ["start=2026-02-01&end=2026-01-01", "port=270", "port=%27%3B--", "hts=abc", "start=x", "source=all", "origin=C%00"],
)
def test_a_filter_that_cannot_be_used_makes_no_file(world: World, query: str) -> None:
    robin = signed_in(world, "robin")
    assert robin.get(f"/entry-lines/?{query}").status_code == 200
    assert robin.get(f"/entry-lines/?{query}&download=csv")["Content-Type"].startswith("text/html")
    assert robin.post(f"{ASK}?{query}", {"format": "csv"}).status_code in (302, 404)
    assert not Export.objects.exists()


@pytest.mark.parametrize("filters", [{"start": ["x"]}, {"hts": ["'; DROP"]}, {"port": ["9", "1"]}])
def test_a_record_whose_filters_were_tampered_with_fails_plainly(world: World, filters: dict) -> None:
    export = ask(world, "robin")
    Export.objects.filter(pk=export.pk).update(filters=filters)
    run_export(str(export.pk))
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "cannot be used" in signed_in(world, "robin").get(f"/exports/{export.pk}/").content.decode()


def test_an_unknown_list_an_unknown_format_and_too_much_text_are_nothing(world: World) -> None:
    robin = signed_in(world, "robin")
    for address, sort in (("/exports/ask/nothing/", "csv"), (ASK, "exe"), (f"{ASK}?port={'1' * 999}", "csv")):
        assert robin.post(address, {"format": sort}).status_code == 404
    assert robin.get(ASK).status_code == 405
    assert not Export.objects.exists()


def test_pressed_twice_it_is_made_once_and_no_more_than_three_at_a_time(world: World) -> None:
    assert ask(world, "robin").pk == ask(world, "robin").pk
    for port in ("0401", "1001"):
        ask(world, "robin", f"{EVER}&port={port}")
    answer = signed_in(world, "robin").post(f"{ASK}?port=2709", {"format": "csv"})
    assert answer["Location"] == "/exports/"
    assert Export.objects.count() == 3


def test_a_file_is_its_owner_s_to_remove(world: World) -> None:
    export = made(world, "robin")
    with pytest.raises(PermissionDenied):
        export.remove(by=world.lee)
    assert default_storage.exists(export.file.name)
    export.remove(by=world.robin)
    assert not default_storage.exists(export.file.name)
    assert not Export.objects.exists()


def test_this_year_stays_the_year_in_which_it_was_asked(world: World) -> None:
    export = ask(world, "robin", "")
    today = timezone.localdate()
    assert export.filters["start"] == [f"01/01/{today.year}"]
    assert export.filters["end"] == [f"{today:%m/%d/%Y}"]


def test_a_file_whose_worker_dies_each_time_fails_after_the_third(world: World) -> None:
    export = ask(world, "robin")
    long_ago = timezone.now() - datetime.timedelta(hours=1)
    Export.objects.update(state="running", started_at=long_ago, attempts=MOST_ATTEMPTS - 1)
    assert resume_exports() == 1
    export.refresh_from_db()
    assert export.state == Export.State.RUNNING
    Export.objects.update(attempts=MOST_ATTEMPTS)
    assert resume_exports() == 1
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "three times" in export.message


def test_a_file_left_behind_by_a_worker_that_died_is_written_over(world: World) -> None:
    export = ask(world, "robin")
    name = default_storage.save(f"exports/{export.created_at:%Y/%m}/{export.pk}.csv", ContentFile(b"half"))
    build(export)
    export.refresh_from_db()
    assert export.file.name == name
    assert fetched(signed_in(world, "robin"), export).startswith(b"\xef\xbb\xbfEntry")


def test_the_page_shows_how_far_it_is(world: World) -> None:
    export, robin = ask(world, "robin"), signed_in(world, "robin")
    part = robin.get(f"/exports/{export.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<progress" in part
    assert "<html" not in part
    build(export)
    part = robin.get(f"/exports/{export.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "Fetch it" in part
    assert "2 rows are ready" in robin.get(f"/exports/{export.pk}/").content.decode()
    assert "Entry lines, CSV" in robin.get("/exports/").content.decode()


def test_every_list_has_a_page_where_it_says(world: World) -> None:
    robin = signed_in(world, "robin")
    assert set(KINDS) >= {"examinations", "entry-lines"}
    for kind in KINDS.values():
        assert robin.get(kind.page).status_code == 200
