"""One calendar of all dates that bind an account: what stands in it, for whom, and how it stays readable."""

import csv
import datetime
import io
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Delegation
from accounts.scope import acting_for
from compliance.bonds.models import Bond
from examinations.closing import closing_of_all
from examinations.models import Discrepancy, Entry, Examination
from notices.models import Notice
from portal.dates.asked import Small
from portal.dates.bound import Bound, folded
from portal.dates.month import holidays_between, weeks_of
from portal.dates.sources import SOURCES, dates_that_bind
from tests.compliance.plans.world import begin
from tests.named_people import World, closed, make_entry, make_examination, make_request
from tests.portal.test_every_address import signed_in

DAY = datetime.timedelta(days=1)
NOVEMBER = datetime.date(2026, 11, 25)


# ---- the month, pure ---------------------------------------------------------------------------------------


def test_a_month_begins_on_sunday_and_keeps_the_days_around_it_empty() -> None:
    weeks = weeks_of(NOVEMBER, [Bound(datetime.date(2026, 12, 1), "k", "Of December")], NOVEMBER)
    assert [f"{cell.day:%a}" for cell in weeks[0]] == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    (december,) = [cell for cell in weeks[-1] if cell.day == datetime.date(2026, 12, 1)]
    assert (december.state, december.dates) == ("out", [])


def test_days_say_what_they_are_and_holidays_have_their_names() -> None:
    cells = {cell.day.day: cell for week in weeks_of(NOVEMBER, [], NOVEMBER) for cell in week if cell.state != "out"}
    assert [cells[day].state for day in (24, 25, 26, 27, 28)] == ["past", "today", "off", "", "off"]
    assert cells[26].holiday == "Thanksgiving Day"
    assert [day for day, cell in cells.items() if cell.holiday] == [11, 26]


def test_a_day_shows_three_and_says_how_many_more() -> None:
    many = [Bound(NOVEMBER, f"k{n}", f"Title {n}") for n in range(7)]
    (cell,) = [cell for week in weeks_of(NOVEMBER, many, NOVEMBER) for cell in week if cell.dates]
    assert (len(cell.dates), cell.more) == (3, 4)


def test_many_of_one_kind_on_a_day_are_one_line_and_three_are_three() -> None:
    three = [Bound(NOVEMBER, f"k{n}", "One") for n in range(3)]
    four = [Bound(NOVEMBER + DAY, f"k{n}", "One") for n in range(4)]
    found = folded(three + four, lambda day, count: Bound(day, "many", f"{count} of them"))
    assert [one.title for one in found] == ["One"] * 3 + ["4 of them"]


def test_holidays_are_named_as_they_are_observed() -> None:
    found = dict(holidays_between(datetime.date(2027, 7, 1), datetime.date(2027, 7, 31)))
    assert found == {
        datetime.date(2027, 7, 4): "Independence Day",
        datetime.date(2027, 7, 5): "Independence Day (observed)",
    }


# ---- where the dates come from -----------------------------------------------------------------------------


@pytest.fixture
def bound(world: World) -> World:
    """Quillard with one date of every source within sixty days."""
    today = timezone.localdate()
    Examination.objects.filter(number="EX-HELD").update(presented=today, container="ZZXU4308175")
    entry = make_entry(
        world.load,
        "9XZ20000001",
        world.quillard,
        world.lindale,
        entry_date=today + 10 * DAY - 300 * DAY,
        extension_status="EXTENDED",
        reconciliation_due=today + 12 * DAY,
    )
    wrong = make_examination(entry, "EX-R", "RANDOM", type="ESR", line=1, **closed("DISCREPANCY_MTD", "random"))
    Discrepancy.objects.create(
        examination=wrong,
        account=world.quillard,
        ordinal=1,
        type="CLASS",
        disposition="DISCREPANCY_MTD",
        revenue_difference=Decimal(1200),
    )
    make_request(entry, "RQ-TO-ANSWER", issued=today)
    answered = make_request(entry, "RQ-ANSWERED", issued=today)
    answered.say_answered(today, by=world.robin, account=world.quillard)
    Bond.objects.create(
        number="991234567",
        account=world.quillard,
        activity_code="1",
        amount=50000,
        effective=today - 300 * DAY,
        terminates=today + 14 * DAY,
        version_at=timezone.now(),
        load=world.load,
    )
    for number, to_do in (("N-DEED", "Answer."), ("N-NONE", "")):
        notice = Notice.objects.create(
            kind="CSMS",
            number=number,
            title=f"Title of {number}",
            body="Text",
            to_do=to_do,
            effective_date=today + 16 * DAY,
            respond_by=today + 9 * DAY,
            comments_due=today + 11 * DAY,
        )
        notice.accounts.add(world.quillard)
        notice.submit(by=world.hq)
        notice.publish(by=world.hq)
    Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=["cost"],
        power_of_attorney=today - 5 * DAY,
        expires=today + 18 * DAY,
    )
    return world


def keys(world: World, name: str, account: str, **between: Any) -> list[str]:
    """The kinds of dates that a person finds in an account's calendar."""
    today = timezone.localdate()
    person = world.people[name]
    with acting_for(person):
        found = dates_that_bind(getattr(world, account), person, today, today + 60 * DAY, as_of=today)
    return [one.key.split("-")[0] for one in found]


OF_QUILLARD = ["release", "request", "correction", "reconciliation", "bond", "delegation", "admission"]
OF_QUILLARD += ["notice", "notice", "comments", "comments", "confirm"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["robin", "lee", "jordan", "hq"])
def test_every_source_gives_its_date(bound: World, name: str) -> None:
    found = [key for key in keys(bound, name, "quillard") if key not in ("corrections", "protests")]
    assert sorted(found) == sorted(OF_QUILLARD)


@pytest.mark.django_db
def test_a_broker_has_the_dates_of_what_it_filed_and_its_own(bound: World) -> None:
    found = [key for key in keys(bound, "billie", "lindale") if key != "status"]
    assert sorted(found) == ["admission", "correction", "delegation", "reconciliation", "release", "request"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sam", "morgan", "expert"])
def test_a_stranger_finds_nothing_in_the_calendar_of_another(bound: World, name: str) -> None:
    assert keys(bound, name, "quillard") == []


@pytest.mark.django_db
def test_the_entries_with_the_most_in_question_stand_by_themselves_and_the_rest_is_counted(bound: World) -> None:
    today = timezone.localdate()
    with mock.patch("portal.dates.entries.MOST_ENTRIES", 0), acting_for(bound.robin):
        found = dates_that_bind(bound.quillard, bound.robin, today, today + 60 * DAY, as_of=today)
    (one,) = [one for one in found if one.key.startswith("correction")]
    assert (one.title, one.money, one.urgent) == ("Last day to correct 1 entry", 1200, True)
    assert one.note == "$250 of duty deposited; $1,200 in question"


@pytest.mark.django_db
def test_what_plans_ask_stands_in_the_calendar_until_done(bound: World) -> None:
    (action,) = begin(bound).actions.all()
    for name in ("robin", "jordan"):
        assert keys(bound, name, "quillard").count("action") == 1
    assert "action" not in keys(bound, "sam", "quillard") + keys(bound, "billie", "lindale")
    action.finish("Renewed", by=bound.lee, on=timezone.localdate())
    assert "action" not in keys(bound, "robin", "quillard")


@pytest.mark.django_db
def test_the_small_sources_are_read_in_one_statement(bound: World) -> None:
    today = timezone.localdate()
    small = [one for one in SOURCES if isinstance(one, Small)]
    with acting_for(bound.jordan), CaptureQueriesContext(connection) as asked:
        found = dates_that_bind(bound.quillard, bound.jordan, today, today + 60 * DAY, as_of=today, sources=small)
    assert len(asked) == 1
    assert {one.key.split("-")[0] for one in found} == {
        "request",
        "bond",
        "notice",
        "comments",
        "confirm",
        "delegation",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "last"),
    [
        (datetime.date(2026, 12, 15), datetime.date(2027, 2, 28)),
        (datetime.date(2029, 12, 15), datetime.date(2030, 2, 28)),
        (datetime.date(2035, 12, 15), datetime.date(2036, 2, 29)),
    ],
)
def test_only_brokers_file_the_triennial_report_every_third_year(
    world: World, begins: datetime.date, last: datetime.date
) -> None:
    with acting_for(world.hq):
        of_broker = dates_that_bind(world.lindale, world.hq, begins, last, as_of=begins)
        of_importer = dates_that_bind(world.quillard, world.hq, begins, last, as_of=begins)
    assert [one.day for one in of_broker if "status report" in one.title] == [begins, last]
    assert not any("status report" in one.title for one in of_importer)


@pytest.mark.django_db
def test_an_open_review_of_papers_and_goods_not_presented_give_no_date(world: World) -> None:
    Examination.objects.filter(number="EX-REVIEW-OPEN").update(presented=timezone.localdate())
    assert "release" not in keys(world, "jordan", "quillard")


@pytest.mark.django_db
def test_another_agencys_detention_has_no_date_of_ours(bound: World) -> None:
    Examination.objects.filter(number="EX-HELD").update(type="PGA")
    assert "admission" not in keys(bound, "robin", "quillard")


@pytest.mark.django_db
def test_entries_with_nothing_in_question_are_counted_by_day(bound: World) -> None:
    today = timezone.localdate()
    for n in range(40):
        entered = today + 10 * DAY - 300 * DAY
        make_entry(bound.load, f"M2P3{n:07}", bound.quillard, None, entry_date=entered, extension_status="EXTENDED")
    with acting_for(bound.robin):
        found = dates_that_bind(bound.quillard, bound.robin, today, today + 60 * DAY, as_of=today)
    of_day = [one for one in found if one.day == today + 10 * DAY]
    assert [one.title for one in of_day] == [
        "Last day to correct entry 9XZ-2000000-1",
        "Last day to correct 40 entries",
    ]
    assert (of_day[0].money, of_day[1].note) == (1200, "$10,000 of duty deposited; nothing in question")


# ---- the page ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_says_what_comes_next_and_that_it_files_nothing(bound: World) -> None:
    page = signed_in(bound, "robin").get("/dates/").content.decode()
    assert "to release or detain container ZZXU 430817-5" in page
    assert "$1,200 is in question on 1 date" in page
    assert "it files nothing" in page
    assert "Bond 991234567 ends" in page
    for number in ("N-DEED", "N-NONE"):
        assert f"In force from this day: Title of {number}" in page
        assert f"Comments are due: Title of {number}" in page
    assert "Last day to confirm or act: Title of N-DEED" in page
    assert "Last day to confirm or act: Title of N-NONE" not in page


@pytest.mark.django_db
def test_what_the_account_confirmed_is_no_date_any_more(bound: World) -> None:
    notice = Notice.objects.get(number="N-DEED")
    notice.acknowledge(bound.quillard, by=bound.lee)
    page = signed_in(bound, "robin").get("/dates/").content.decode()
    assert "Last day to confirm" not in page
    assert "In force from this day: Title of N-DEED" in page


@pytest.mark.django_db
def test_staff_reads_the_same_below_the_account_and_its_links_stay_there(bound: World) -> None:
    page = signed_in(bound, "jordan").get(f"/accounts/{bound.quillard.pk}/dates/").content.decode()
    held = bound.examinations["held"].pk
    assert f'href="/accounts/{bound.quillard.pk}/examinations/{held}/"' in page
    assert 'href="/notices/' in page
    assert "/accounts/" + str(bound.quillard.pk) + "/notices/" not in page
    assert "TARGETED" not in page


@pytest.mark.django_db
def test_the_list_goes_away_as_a_file(bound: World) -> None:
    answer = signed_in(bound, "robin").get("/dates/?download=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {"Bond 991234567 ends", "Last day to correct entry 9XZ-2000000-1"} <= {row["What"] for row in rows}
    assert signed_in(bound, "robin").get("/dates/?download=xlsx").content.startswith(b"PK")


@pytest.mark.django_db
def test_another_month_has_its_own_dates_and_the_way_back(bound: World) -> None:
    today = timezone.localdate()
    after = (today.replace(day=1) + 70 * DAY).replace(day=1)
    page = signed_in(bound, "robin").get(f"/dates/?month={after:%Y-%m}").content.decode()
    assert f"All of {after:%B %Y}" in page
    assert 'rel="prev"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["x", "2026-13", "1999-01", "9999-12", "99999-01", "2026-11-01", "%00", "2026-W01"])
def test_a_month_that_is_none_is_said_and_this_one_shown(world: World, asked: str) -> None:
    answer = signed_in(world, "robin").get(f"/dates/?month={asked}")
    assert answer.status_code == 200
    assert "That is no month" in answer.content.decode()


@pytest.mark.django_db
def test_the_examination_says_until_when_its_entry_may_be_corrected(bound: World) -> None:
    review = Examination.objects.get(number="EX-R")
    page = signed_in(bound, "robin").get(f"/examinations/{review.pk}/").content.decode()
    assert "Correct until" in page
    assert "Liquidation extended" in page
    waiting = signed_in(bound, "robin").get(f"/examinations/{bound.examinations['waiting'].pk}/")
    assert "Correct until" not in waiting.content.decode()


# ---- the first pages ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_page_names_three_dates_the_urgent_before_the_counted(bound: World) -> None:
    today = timezone.localdate()
    for n in range(5):
        entered = today + (n + 1) * DAY - 300 * DAY
        make_entry(bound.load, f"M2P3{n:07}", bound.quillard, None, entry_date=entered, extension_status="EXTENDED")
    page = signed_in(bound, "robin").get("/").content.decode()
    named = page.split('id="dates-h"')[1].split("</ol>")[0]
    assert named.count("<li>") == 3
    assert "Last day to correct entry 9XZ-2000000-1" in named
    assert 'href="/entries/9XZ20000001/"' in named
    assert "Bond 991234567 ends" in named
    assert "8 dates" in page
    assert 'href="/dates/"' in page


@pytest.mark.django_db
def test_a_managers_first_page_sums_what_closes_over_the_portfolio(bound: World) -> None:
    page = signed_in(bound, "jordan").get("/").content.decode()
    assert "comes for 1 entry of 1 account; $1,200 is in question, of $250 deposited" in page
    assert f'href="/accounts/{bound.quillard.pk}/dates/closing/"' in page
    other = signed_in(bound, "morgan").get("/").content.decode()
    assert "Closing within" not in other


@pytest.mark.django_db
def test_an_entry_of_an_importer_and_its_broker_counts_once_in_the_sum(bound: World) -> None:
    today = timezone.localdate()
    accounts = [bound.quillard, bound.stranger, bound.lindale]
    total, each = closing_of_all(accounts, bound.hq, today, today + 30 * DAY)
    assert (total.entries, total.duty, total.question) == (1, 250, 1200)
    assert {(one.account, one.entries, one.question) for one in each} == {
        (bound.quillard.pk, 1, Decimal(1200)),
        (bound.lindale.pk, 1, Decimal(1200)),
    }


@pytest.mark.django_db
def test_the_first_page_names_no_entries_on_which_nothing_was_paid(bound: World) -> None:
    today = timezone.localdate()
    entry = make_entry(bound.load, "M2P30000001", bound.quillard, None, entry_date=today - 300 * DAY)
    Entry.objects.filter(pk=entry.pk).update(duty=0, extension_status="EXTENDED")
    page = signed_in(bound, "robin").get("/").content.decode()
    assert "Last day to correct 1 entry" not in page
