"""Each person on each list: the same rows as on the pages, whoever asks."""

import datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Delegation
from compliance.risk.models import Assessment
from examinations.models import Entry, EntryLine
from tests.accounts.test_who_may_see_what import DISCREPANCIES, ENTRIES, EXAMINATIONS, REASONS, REQUESTS
from tests.api.calls import Caller
from tests.docs.test_access import QUILLARD, STRANGER
from tests.named_people import World, make_entry, make_request
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
PEOPLE = sorted(ENTRIES)
LINDALE = "Lindale Customs Brokers"
ACCOUNTS = {
    **{name: {QUILLARD} for name in ("robin", "lee", "jordan")},
    **{name: {STRANGER} for name in ("sam", "morgan")},
    "billie": {LINDALE},
    "hq": {QUILLARD, STRANGER, LINDALE},
}
LISTS = [
    ("accounts", "name", ACCOUNTS),
    ("entries", "number", ENTRIES),
    ("entry-lines", "entry_number", ENTRIES),
    ("examinations", "number", EXAMINATIONS),
    ("discrepancies", "examination_number", DISCREPANCIES),
    ("requests", "number", REQUESTS),
    ("bonds", "number", {name: {"994471140"} for name in ("robin", "lee", "jordan", "hq")}),
]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(("path", "field", "expected"), LISTS, ids=[row[0] for row in LISTS])
def test_each_person_reads_exactly_what_the_table_says(told: World, path, field, expected, name) -> None:
    caller = Caller(told.people[name])
    rows = caller.rows(f"{path}/")
    assert {row[field] for row in rows} == expected.get(name, set())
    for row in rows:
        assert caller.ask(f"{path}/{row['id']}/").json() == row


def test_reasons_of_selection_are_a_field_for_staff_alone(world: World) -> None:
    for name, expected in REASONS.items():
        told = {row["number"] for row in Caller(world.people[name]).rows("examinations/") if row["reason"]}
        assert told == expected, name
    for name in ("robin", "lee", "sam", "billie"):
        for row in Caller(world.people[name]).rows("examinations/"):
            assert "reason" not in row
            assert row["disclosed_reason"] == (None if row["closed"] is None else row["disclosed_reason"])
    read = {row["number"]: row for row in Caller(world.robin).rows("examinations/")}
    assert read["EX-HELD"]["disclosed_reason"] is None
    assert read["EX-FOUND"]["disclosed_reason"] == "other"
    assert read["EX-REVIEW-CLOSED"]["disclosed_reason"] == "random"


FIRST, OTHER, FOREIGN, UPLOADED = "9XZ12345671", "M2P12345679", "9XZ12345689", "M2P88888884"
USUAL = {FIRST, OTHER, FOREIGN}
READS = {"robin": {FIRST, OTHER, UPLOADED}, "billie": {FIRST, FOREIGN}, "jordan": {FIRST, OTHER}}
OF_ENTRIES: list[tuple[str, set[str]]] = [
    ("liquidation=open", {FIRST, FOREIGN, UPLOADED}),
    ("liquidation=liquidated", {OTHER}),
    ("liquidation=extended", {FIRST, UPLOADED}),  # of type 03, whose duty is often suspended
    ("examined=yes", USUAL),
    ("examined=no", {UPLOADED}),
    ("examined=cargo", USUAL),
    ("examined=cargo&heading=8501", USUAL),
    ("marked=corrected", {FIRST, OTHER}),
    ("marked=late", {FIRST, UPLOADED}),
    ("marked=own", {UPLOADED}),
    ("marked=corrected&marked=late", {FIRST}),
    ("heading=8501", USUAL),
    ("heading=3926", {UPLOADED}),
    ("chapter=85", USUAL),
    ("origin=CN", USUAL),
    ("origin=MX", {UPLOADED}),
    ("manufacturer=MXACMPLA12TIJ", {UPLOADED}),
    ("manufacturer=none", USUAL),
    ("type=01", USUAL),
    ("type=03", {UPLOADED}),
    ("port=4601", {UPLOADED}),
    ("find=9XZ-1234567-1", {FIRST}),
]


@pytest.fixture
def mixed(world: World) -> World:
    """One entry that is late, corrected and extended, one that is corrected and liquidated, and one that robin uploaded."""
    today = timezone.localdate()
    Entry.objects.filter(number=FIRST).update(corrected=True, summary_date=today, extension_status="Extended")
    Entry.objects.filter(number=OTHER).update(corrected=True, liquidation_date=today)
    own = make_entry(world.load, UPLOADED, world.quillard, None, source="own", summary_date=today)
    Entry.objects.filter(pk=own.pk).update(entry_type="03", port="4601")
    EntryLine.objects.filter(entry=own).update(
        source="own", hts="3926909989", origin="MX", manufacturer_id="MXACMPLA12TIJ"
    )
    return world


@pytest.mark.parametrize(("query", "found"), OF_ENTRIES)
def test_entries_are_filtered_as_on_the_page(mixed: World, query: str, found: set[str]) -> None:
    asked = QueryDict(f"start=2000-01-01&{query}")
    for name, base in (("robin", ""), ("billie", ""), ("jordan", f"/accounts/{mixed.quillard.pk}")):
        page = signed_in(mixed, name).get(f"{base}/entries/?{asked.urlencode()}").context["page"]
        rows = Caller(mixed.people[name]).rows("entries/", **dict(asked.lists()))
        assert {row["number"] for row in rows} == found & READS[name], name
        assert {one.number for one in page.object_list} == found & READS[name], name


@pytest.mark.parametrize(
    "query", ["examined=no", "marked=late", "heading=8501", "chapter=85", "origin=CN", "manufacturer=none"]
)
def test_what_looks_beside_each_entry_is_asked_of_an_account_or_from_a_day_on(world: World, query: str) -> None:
    asked = dict(QueryDict(query).items())
    (name,) = asked
    for person in (world.hq, world.robin, world.billie):
        caller = Caller(person)
        refused = caller.ask("entries/", **asked, port="2704", end="2099-12-31")
        assert refused.status_code == 400
        assert refused.json()["errors"] == {
            "start": [f"Say start or account as well: {name} would look at every entry."]
        }
        for bound in ({"start": "2020-01-01"}, {"account": str(world.quillard.pk)}):
            assert caller.ask("entries/", **asked, **bound).status_code == 200
        assert list(caller.ask("entries/", **asked, start="2020").json()["errors"]) == ["start"]
    both = Caller(world.hq).ask("entries/", marked="late", origin="CN").json()["errors"]["start"]
    assert both == ["Say start or account as well: marked, origin would look at every entry."]


def test_rows_of_chapter_99_and_of_a_claim_are_found(world: World) -> None:
    first = EntryLine.objects.filter(account=world.quillard).order_by("pk")[0]
    EntryLine.objects.filter(pk=first.pk).update(hts="99038803", spi="S+")
    robin = Caller(world.robin)
    assert [row["id"] for row in robin.rows("entry-lines/", chapter99="only")] == [first.pk]
    assert first.pk not in [row["id"] for row in robin.rows("entry-lines/", chapter99="without")]
    assert [row["id"] for row in robin.rows("entry-lines/", spi="S+")] == [first.pk]
    assert robin.rows("entry-lines/", entry_type="03") == []


def test_a_member_filters_by_the_disclosed_reason_and_staff_by_the_whole(world: World) -> None:
    robin, jordan = Caller(world.robin), Caller(world.jordan)
    assert {row["number"] for row in robin.rows("examinations/", reason="random")} == {"EX-REVIEW-CLOSED"}
    assert robin.ask("examinations/", reason="TARGETED").status_code == 400
    assert {row["number"] for row in jordan.rows("examinations/", reason="RANDOM")} == {
        "EX-REVIEW-OPEN",
        "EX-REVIEW-CLOSED",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("robin", {"EX-FOUND": "350.00", "EX-HELD": "350.00"}),
        ("billie", {}),
        ("jordan", {"EX-FOUND": "350.00", "EX-HELD": "350.00"}),
        ("hq", {"EX-FOUND": "350.00", "EX-HELD": "350.00", "EX-STRANGER": "350.00"}),
    ],
)
def test_cost_is_told_to_whom_it_is_open(world: World, name: str, expected: dict[str, str]) -> None:
    rows = Caller(world.people[name]).rows("examinations/")
    assert {row["number"]: row["cost"] for row in rows if row["cost"] is not None} == expected


def test_a_delegate_reads_the_kinds_that_were_delegated(world: World) -> None:
    today = timezone.localdate()
    billie = Caller(world.billie)
    delegation = Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["entries", "cost"],
        power_of_attorney=today,
        expires=today + datetime.timedelta(days=9),
    )
    assert {row["number"] for row in billie.rows("entries/")} == set(ENTRIES["hq"])
    assert {row["number"] for row in billie.rows("examinations/")} == EXAMINATIONS["billie"]
    assert billie.ask("examinations/", find="EX-HELD").json()["results"][0]["cost"] == "350.00"
    delegation.revoke(by=world.robin, at=timezone.now())
    assert {row["number"] for row in billie.rows("entries/")} == ENTRIES["billie"]


def test_a_request_says_what_is_asked_by_when_and_what_the_account_says(world: World) -> None:
    issued = timezone.localdate() - datetime.timedelta(days=16)
    one = make_request(world.entries["broker"], "RQ-OPEN", issued=issued)
    one.say_answered(timezone.localdate(), by=world.robin, account=world.quillard)
    (row,) = Caller(world.robin).rows("requests/", state="to_answer")
    assert row["lines"] == [{"line": 1, "subject": "CLASS"}]
    assert (row["state"], row["outcome"], row["form"]) == ("to_answer", "OPEN", "CF28")
    assert row["answer_by"] == (issued + datetime.timedelta(days=30)).isoformat()
    assert (row["said_on"], row["answered"]) == (timezone.localdate().isoformat(), None)


def test_requests_are_filtered_as_on_the_page_an_open_one_whatever_the_period(world: World) -> None:
    make_request(world.entries["broker"], "RQ-OPEN", issued=timezone.localdate() - datetime.timedelta(days=900))
    robin = Caller(world.robin)

    def found(**asked: str) -> set[str]:
        return {row["number"] for row in robin.rows("requests/", **asked)}

    assert found(start=timezone.localdate().isoformat()) == {"RQ-OPEN"}
    assert found(state="closed") == {"RQ-BROKER", "RQ-OTHER"}
    assert found(find="M2P-1234567-9") == {"RQ-OTHER"}
    assert found(filer=str(world.lindale.pk)) == {"RQ-OPEN", "RQ-BROKER"}
    assert found(form_code="CF29T") == set()


def test_scores_are_for_the_manager_and_headquarters_with_parts_that_add_up(told: World) -> None:
    for name, expected in (("jordan", {QUILLARD}), ("morgan", {STRANGER}), ("hq", {QUILLARD, STRANGER})):
        rows = Caller(told.people[name]).rows("risk-assessments/")
        assert {row["account_name"] for row in rows} == expected
        for row in rows:
            assert set(row) == {"id", "account", "account_name", "as_of", "model_version", "score", "band", "parts"}
            assert set(row["parts"][0]) == {"name", "points", "because"}
            assert sum(Decimal(part["points"]) for part in row["parts"]) == Decimal(row["score"])
    for name in ("robin", "lee", "sam", "billie", "expert"):
        assert Caller(told.people[name]).ask("risk-assessments/").status_code == 404


def test_the_newest_score_of_each_account(told: World) -> None:
    old = Assessment.objects.get(account=told.quillard)
    Assessment.objects.filter(pk=old.pk).update(stands=True)
    old.pk, old.as_of = None, timezone.localdate() - datetime.timedelta(days=1)
    old.save()
    jordan = Caller(told.jordan)
    days = [row["as_of"] for row in jordan.rows("risk-assessments/")]
    assert days == sorted(days, reverse=True)
    assert [row["as_of"] for row in jordan.rows("risk-assessments/", newest="true")] == days[:1]
    assert jordan.rows("risk-assessments/", start=days[0]) == jordan.rows("risk-assessments/", newest="true")


@pytest.mark.parametrize(("name", "number"), [("robin", "96-447182000"), ("jordan", "96-447182000"), ("billie", None)])
def test_numbers_of_an_importer_are_told_to_itself_and_staff(told: World, name: str, number: str | None) -> None:
    rows = Caller(told.people[name]).rows("entries/", account=str(told.quillard.pk))
    assert {row["importer_number"] for row in rows} == {number}
    assert {row["account_name"] for row in rows} == {QUILLARD}


def test_the_schema_tells_members_nothing_of_what_they_may_not_ask(world: World) -> None:
    members = Caller(world.robin).ask("schema/")
    office = Caller(world.hq).ask("schema/").json()
    assert not any(
        word in members.content.decode() for word in ("risk", "score", "audience", "deliveries", '"reason":')
    )
    assert "post" in office["paths"]["/api/v1/notices/"]
    assert "reason" in office["components"]["schemas"]["Examination"]["properties"]
    assert "/api/v1/risk-assessments/" in Caller(world.jordan).ask("schema/").json()["paths"]


def test_own_uploads_are_read_by_the_account_alone_and_say_so(world: World) -> None:
    from_robin = world.entries["other"]
    Entry.objects.filter(pk=from_robin.pk).update(source="own")
    EntryLine.objects.filter(entry=from_robin).update(source="own")
    for path, field in (("entries/", "number"), ("entry-lines/", "entry_number")):
        read = Caller(world.robin).rows(path, source="own")
        assert [(row[field], row["source"]) for row in read] == [(from_robin.number, "own")]
        for name in ("jordan", "hq", "billie"):
            assert Caller(world.people[name]).rows(path, source="own") == []


def test_amounts_are_text_and_days_are_iso(world: World) -> None:
    row = Caller(world.robin).ask("entry-lines/").json()["results"][0]
    today = timezone.localdate()
    assert (row["value"], row["duty"], row["quantity"]) == ("10000.00", "250.00", None)
    assert row["entry_date"] == (today - datetime.timedelta(days=30)).isoformat()
