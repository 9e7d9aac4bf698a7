"""The calendar has every day that the page of an examination names: at every stage, and of its entry."""

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.clocks import entry_summary_by, preference_claim_by, proof_by
from examinations.holding import Stage, holding_of
from examinations.models import Detention, DetentionItem, Entry, EntryLine, Examination
from examinations.models.detention import detention_of
from look.formats import day
from portal.dates.bound import Bound
from portal.dates.goods import dates_of_goods
from portal.dates.ical import ical_of
from portal.dates.sources import dates_that_bind
from tests.documents.files import pdf
from tests.named_people import World, make_entry, make_examination
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
YEARS_AHEAD = 800 * DAY


def found(world: World, account: str = "quillard", name: str = "robin") -> list[Bound]:
    today, person = timezone.localdate(), world.people[name]
    with acting_for(person):
        return dates_that_bind(getattr(world, account), person, today, today + YEARS_AHEAD, as_of=today)


def of_goods(world: World, **asked: str) -> dict[str, int]:
    """The dates of the held goods by their kind, in days from today."""
    today, page = timezone.localdate(), f"/examinations/{world.examinations['held'].pk}/"
    return {one.key.rpartition("-")[0]: (one.day - today).days for one in found(world, **asked) if one.path == page}


def change(world: World, presented: int | None = None, **fields: Any) -> Examination:
    """The held goods, presented so many days ago, with these fields; as the calendar reads them."""
    one = world.examinations["held"]
    when = {} if presented is None else {"presented": timezone.localdate() - presented * DAY}
    Examination.objects.filter(pk=one.pk).update(**when | fields)
    return Examination.objects.select_related("detention").get(pk=one.pk)


def record(world: World, kind: str, **fields: Any) -> None:
    one = world.examinations["held"]
    Detention.objects.create(examination=one, kind=kind, recorded_by=world.jordan, **fields)


def ago(days: int) -> datetime.date:
    return timezone.localdate() - days * DAY


Made = Callable[[World], None]
#: How goods come to stand there, and the kinds of dates that their page then names.
STAGES: dict[Stage, tuple[Made, set[str]]] = {
    Stage.NOT_PRESENTED: (lambda world: None, set()),
    Stage.DECIDING: (lambda world: change(world, 0) and None, {"release", "admission"}),
    Stage.DETAINED: (lambda world: change(world, 12) and None, {"admission", "detention-notice"}),
    Stage.EXCLUDED: (lambda world: change(world, 40) and None, {"exclusion"}),
    Stage.PROVING: (lambda world: record(world, "wro", imported=ago(30)), {"proof"}),
    Stage.PROOF_OVER: (lambda world: record(world, "wro", imported=ago(100)), set()),
    Stage.AGENCY: (lambda world: record(world, "agency"), set()),
    Stage.UNDATED: (lambda world: record(world, "ipr"), set()),
    Stage.DECIDED: (lambda world: record(world, "cbp", outcome="excluded", outcome_date=ago(2)), {"exclusion"}),
}


def of_page(world: World) -> tuple[set[str], set[datetime.date]]:
    """The days ahead that the page of the held goods names: those of its timeline as it says them, those of the entry."""
    answer = signed_in(world, "robin").get(f"/examinations/{world.examinations['held'].pk}/")
    said = {step.when for step in answer.context["steps"] if step.state == "ahead" and step.when != "Next"}
    dates = answer.context["dates"]
    entry = {dates.correction_by, dates.protest_by, dates.reconciliation_by, dates.preference_claim_by}
    return said, {one for one in entry if one and one >= timezone.localdate()}


@pytest.mark.parametrize("stage", Stage)
def test_every_day_that_the_page_names_stands_in_the_calendar(world: World, stage: Stage) -> None:
    today = timezone.localdate()
    Entry.objects.filter(pk=world.entries["broker"].pk).update(entry_date=ago(3), reconciliation_due=today + 40 * DAY)
    made, kinds = STAGES[stage]
    made(world)
    one = change(world)
    holding = holding_of(one, detention_of(one), today)
    assert holding is not None
    assert holding.stage == stage
    assert set(of_goods(world)) == kinds
    said, of_entry = of_page(world)
    dates = found(world)
    assert said
    assert said <= {f"by {day(one.day, today)}" for one in dates}
    assert len(of_entry) == 3
    assert of_entry <= {one.day for one in dates}


OTHERS: list[tuple[dict[str, Any], dict[str, Any] | None, dict[str, int]]] = [
    ({"disposition": "REFUSED", "closed": 1, "examined": 4}, None, {"exclusion": 176}),
    ({"disposition": "REFUSED", "closed": 1}, {"kind": "cbp", "outcome": "excluded", "outcome_date": 5}, {"exclusion": 175}),
    ({"released": 4}, None, {"conditional": 26, "origin": 176}),
    ({"released": 40}, None, {"origin": 140}),
    ({"released": 4, "agency": "CPSC"}, None, {}),
    ({}, {"kind": "uflpa", "outcome": "conditional", "outcome_date": 3}, {"conditional": 27, "origin": 177}),
    ({"released": 2}, {"kind": "cbp", "outcome": "conditional", "outcome_date": 3}, {"conditional": 28, "origin": 178}),
    ({"released": 2, "closed": 2, "disposition": "NO_DISCREPANCY"}, None, {}),
    ({"closed": 2, "disposition": "SEIZED"}, None, {}),
]  # fmt: skip


def days(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: ago(value) if isinstance(value, int) else value for name, value in fields.items()}


@pytest.mark.parametrize(("fields", "detention", "expected"), OTHERS)
def test_refused_goods_and_those_on_condition_have_their_days_though_they_wait_no_more(
    world: World, fields: dict[str, Any], detention: dict[str, Any] | None, expected: dict[str, int]
) -> None:
    EntryLine.objects.filter(entry=world.entries["broker"]).update(hts="6109100012")
    Entry.objects.filter(pk=world.entries["broker"].pk).update(summary_date=ago(10))
    change(world, **days(fields))
    if detention:
        record(world, **days(detention))
    assert of_goods(world) == expected
    for reader, account in (("lee", "quillard"), ("jordan", "quillard"), ("billie", "lindale")):
        assert of_goods(world, name=reader, account=account) == expected
    assert of_goods(world, name="sam") == {}
    said, _ = of_page(world)
    assert said == {
        f"by {day(timezone.localdate() + count * DAY, timezone.localdate())}" for count in expected.values()
    }


def test_goods_on_condition_have_their_days_however_long_they_waited_for_it(world: World) -> None:
    """Chosen two years before they were released: no day of their selection leaves them out."""
    change(world, selected=ago(730), released=ago(10))
    assert of_goods(world)["conditional"] == 20


def test_the_burden_of_proof_stands_in_the_calendar_and_in_the_feed(world: World) -> None:
    """Recording a withhold release order takes CBP's days away, and brings the account's own."""
    change(world, 2, container="ZZXU4308175")
    assert set(of_goods(world)) == {"release", "admission"}
    record(world, "wro", imported=ago(40))
    last = proof_by(ago(40))
    (proof,) = [one for one in found(world) if one.key.startswith("proof")]
    assert (proof.day, proof.rule, proof.urgent) == (last, "19 CFR 12.43", True)
    assert proof.title == "Last day to prove that container ZZXU 430817-5 may come in at Los Angeles"
    page = signed_in(world, "robin").get("/dates/").content.decode()
    assert proof.title in page
    feed = ical_of(world.quillard, found(world), timezone.localdate()).decode().replace("\r\n ", "")
    assert proof.title in feed


def test_a_paper_that_is_asked_for_has_its_day_until_it_is_sent(world: World) -> None:
    today = timezone.localdate()
    detention = Detention.objects.record(change(world, 12), by=world.jordan, kind="cbp")
    item = detention.ask("Packing list", today + 3 * DAY, by=world.jordan)
    detention.ask("Without a day", by=world.jordan)
    (paper,) = [one for one in found(world) if one.key.startswith("paper")]
    assert (paper.day, paper.urgent) == (today + 3 * DAY, True)
    assert paper.title == "Last day to send “Packing list” for entry 9XZ-1234567-1"
    assert signed_in(world, "robin").get(paper.path).status_code == 200
    item.send(io.BytesIO(pdf()), "list.pdf", by=world.robin)
    assert not [one for one in found(world) if one.key.startswith("paper")]


def test_many_shipments_of_one_day_are_one_line_and_what_the_account_owes_stands_by_itself(world: World) -> None:
    for number in range(5):
        make_examination(world.entries["broker"], f"EX-C{number}", "TARGETED", released=ago(1))
        make_examination(world.entries["broker"], f"EX-R{number}", "TARGETED", disposition="REFUSED", closed=ago(1))
    titles = [one.title for one in found(world)]
    assert titles.count("End of the conditional release of 5 shipments") == 1
    assert len([one for one in titles if "to be safe: entry 9XZ-1234567-1" in one]) == 5


def test_goods_cost_the_calendar_the_same_statements_however_many_there_are(world: World) -> None:
    def statements() -> int:
        with acting_for(world.robin), CaptureQueriesContext(connection) as asked:
            today = timezone.localdate()
            dates_that_bind(world.quillard, world.robin, today, today + 60 * DAY, as_of=today, sources=[dates_of_goods])
        return len(asked)

    def detain(number: int) -> None:
        one = make_examination(world.entries["broker"], f"EX-D{number}", "TARGETED", presented=ago(12))
        detention = Detention.objects.record(one, by=world.jordan, kind="cbp")
        detention.ask("Packing list", timezone.localdate() + 3 * DAY, by=world.jordan)

    ContentType.objects.get_for_model(DetentionItem)  # a process asks for it once
    assert statements() == 1
    for number in range(5):
        detain(number)
        assert statements() == 3


# ---- entries -------------------------------------------------------------------------------------------------


def test_summaries_that_are_not_filed_and_claims_of_preference_are_counted_by_day(world: World) -> None:
    today = timezone.localdate()
    Entry.objects.update(entry_date=ago(200))
    for number in range(3):
        make_entry(world.load, f"M2P3000000{number}", world.quillard, None, entry_date=ago(4))
    filed = {"summary_date": ago(1)}
    make_entry(world.load, "M2P30000005", world.quillard, world.lindale, entry_date=ago(330), **filed)
    free = make_entry(world.load, "M2P30000006", world.quillard, None, entry_date=ago(320), **filed)
    Entry.objects.filter(pk=free.pk).update(duty=0)
    own = make_entry(world.load, "M2P30000007", world.quillard, None, entry_date=ago(4))
    Entry.objects.filter(pk=own.pk).update(source="own", duty=0)  # of CBP's clocks it says nothing

    def read(account: str = "quillard", name: str = "robin") -> list[tuple[str, datetime.date, str]]:
        kinds = ("summary", "preference")
        dates = [one for one in found(world, account, name) if one.key.startswith(kinds)]
        return [(one.title, one.day, one.note) for one in dates if one.day < today + 90 * DAY]

    expected = [
        (
            "Entry summary and duty of 3 entries due",
            entry_summary_by(ago(4)),
            "The data have no day of summary; ten working days from the entry",
        ),
        (
            "Last day to claim a preference after import",
            preference_claim_by(ago(330)),
            "$250 of duty deposited; one year from the entry",
        ),
    ]
    assert read() == expected
    recount(None)
    assert read() == expected  # from sums too
    assert read("lindale", "billie") == expected[1:]
    Entry.objects.filter(number="M2P30000001").update(summary_date=ago(1))
    Entry.objects.filter(number="M2P30000002").update(summary_date=ago(1))
    recount(None)
    assert read()[0][0] == "Entry summary and duty of 1 entry due"
    assert read(name="sam") == []
