"""What a notice touches of each account: previewed, written down at publication, each read by whom it concerns."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Account
from accounts.scope import acting_for
from examinations.announced import added
from examinations.breakdowns.counting import recount
from examinations.models import DutyChange, EntryLine
from notices import audience, costs, previewing, sentences, touching
from notices.models import Notice, Touched
from notifications.models import Delivery
from tests.named_people import World
from tests.notices.test_pages import signed_in
from tests.notices.traded import give, trade
from tests.notices.writing import draft, published, second_person

pytestmark = pytest.mark.django_db
DUTY = {
    "hts_prefixes": ["8501"],
    "countries": ["CN"],
    "rate_change": Decimal(25),
    "effective_date": timezone.localdate() + datetime.timedelta(days=40),
}


@pytest.fixture
def known(world: World) -> World:
    """Quillard: $1,240,000 of motors from China; Stranger: the same from Viet Nam; both through Lindale."""
    EntryLine.objects.all().delete()
    motor = {"hts": "8501320100", "origin": "CN", "filer": world.lindale}
    give(world.quillard, world, "9XZ90000001", value=1_000_000, duty=28_000, port="2704", **motor)
    give(world.quillard, world, "9XZ90000002", value=240_000, duty=6_720, port="2709", **motor)
    give(world.quillard, world, "9XZ90000003", value=70_000, duty=0, **motor | {"hts": "8502131000"})
    give(world.stranger, world, "9XZ90000004", value=500_000, duty=14_000, **motor | {"origin": "VN"})
    recount(None)
    return world


def test_at_publication_each_account_gets_its_own_dollars(known: World) -> None:
    with acting_for(known.hq):
        notice = draft(known, **DUTY)
        notice.submit(by=known.hq)
    second = second_person()
    with acting_for(second):
        assert notice.publish(by=second) == 4  # Quillard's two, its manager, and the broker that filed it
    rows = {row.account: row for row in Touched.objects.select_related("account")}
    assert set(rows) == {known.quillard, known.lindale}
    own, broker = rows[known.quillard], rows[known.lindale]
    assert (own.imported, own.filed, own.added) == (1_240_000, 0, 310_000)
    assert (broker.imported, broker.filed, broker.added) == (0, 1_240_000, None)
    assert (own.ports, own.origins) == (["2704", "2709"], ["CN"])
    by_lines = EntryLine.objects.filter(account=known.quillard, hts__startswith="8501", origin="CN")
    assert own.added == by_lines.aggregate(n=Sum("value"))["n"] * 25 / 100


def test_its_sentence_says_what_where_and_how_much_more(known: World) -> None:
    notice = published(known, **DUTY)
    own = Touched.objects.get(account=known.quillard)
    ports = {"2704": "Los Angeles", "2709": "Long Beach"}
    said = "You imported $1,240,000 of this from China through Los Angeles and Long Beach in the last 12 months"
    assert sentences.of(notice, own, ports) == f"{said}; at the new rate about $310,000 more a year."
    assert sentences.of(notice, own, {}, whose="The account").startswith("The account imported $1,240,000")
    broker = Touched.objects.get(account=known.lindale)
    assert "filed entries with $1,240,000 of this" in sentences.of(notice, broker, ports)
    notice.rate_change = Decimal(-2)
    own.added = Decimal("-24800.00")
    assert sentences.of(notice, own, ports).endswith("; at the new rate about $24,800 less a year.")
    notice.duty_kind, notice.rate_change, own.added = "unknown", None, None
    assert sentences.of(notice, own, ports).endswith("; what the change costs cannot be estimated from value.")
    notice.duty_kind = ""
    assert sentences.of(notice, own, ports) == f"{said}."


def test_numbers_of_chapter_99_tell_the_duty_under_them_for_they_have_no_value(known: World) -> None:
    give(
        known.quillard, known, "9XZ90000007", value=0, duty=61_000, hts="9903880300", origin="CN", filer=known.lindale
    )  # fmt: skip
    recount(None)
    with acting_for(known.hq):
        shown = previewing.of(draft(known, "65313701", hts_prefixes=["9903.88"]))
    assert shown.sum
    assert (shown.sum.imported, shown.sum.deposited, shown.sum.deposited_for_others) == (0, 61_000, 61_000)
    assert shown.sentence == "The account deposited $61,000 of duty under this in the last 12 months."
    page = signed_in(known.hq).get(f"/admin/notices/notice/{Notice.objects.get().pk}/preview/").content.decode()
    assert "Together they deposited <strong>$61,000</strong> of duty under these numbers" in page
    notice = published(
        known, "65313702", hts_prefixes=["9903.88"], duty_kind="unknown", effective_date=DUTY["effective_date"]
    )
    own, broker = (Touched.objects.get(notice=notice, account=one) for one in (known.quillard, known.lindale))
    said = "You deposited $61,000 of duty under this from China through port 2704 in the last 12 months"
    assert sentences.of(notice, own, {}) == f"{said}; what the change costs cannot be estimated from value."
    assert "filed entries with $61,000 of duty under this" in sentences.of(notice, broker, {})
    for name, words in (
        ("robin", "You deposited $61,000 of duty under this"),
        ("jordan", "deposited $61,000 of duty"),
        ("hq", "and filed $61,000 of it"),
    ):
        assert words in signed_in(known.people[name]).get("/notices/").content.decode(), name


def test_numbers_of_chapter_99_without_duty_say_that_no_dollars_can_be_told(known: World) -> None:
    give(known.quillard, known, "9XZ90000008", value=0, duty=0, hts="9903010100", origin="CN")
    recount(None)
    notice = published(known, "65313703", hts_prefixes=["9903.01"])
    said = sentences.of(notice, Touched.objects.get(notice=notice, account=known.quillard), {})
    assert said.startswith("You entered goods under this; its numbers of chapter 99 have no value of their own")


def test_whoever_began_this_month_is_told_without_a_year(known: World) -> None:
    today = timezone.localdate()
    give(known.stranger, known, "9XZ90000005", value=900, hts="8501320100", entry_date=today)
    recount(None)
    notice = published(known, **DUTY)
    row = Touched.objects.get(account=known.stranger)
    assert (row.imported, row.filed) == (0, 0)
    assert "began to trade in this only this month" in sentences.of(notice, row, {})


@pytest.mark.parametrize(
    ("narrowed", "why"),
    [
        ({"manufacturers": ["CNSHEELE12SHE"]}, "condition by manufacturer is"),
        ({"ports": ["2704"]}, "condition by port is"),
        ({"entry_types": ["01"], "ports": ["2704", "2709"]}, "conditions by port and type of entry are"),
    ],
)
def test_a_rate_for_some_of_the_trade_is_not_laid_on_all_of_it(
    known: World, narrowed: dict[str, Any], why: str
) -> None:
    EntryLine.objects.update(manufacturer_id="CNSHEELE12SHE")
    recount(None)
    with acting_for(known.hq):
        shown = previewing.of(draft(known, "65313701", **DUTY | narrowed))
    notice = published(known, **DUTY | narrowed)
    own = Touched.objects.get(account=known.quillard)
    said = f"what the change costs cannot be estimated from value: its {why} not in the sums."
    assert own.imported
    assert own.added is None
    assert sentences.of(notice, own, {}).endswith(said)
    assert (shown.sum.added, shown.cost) == (None, said.rstrip("."))  # type: ignore[union-attr]
    change = DutyChange.objects.coming_from(notice).get()
    assert not change.can_be_estimated
    months = (own.first_month, own.last_month)
    assert {row.added for row in added([change], *months)} == {None}
    assert costs.costs_of(notice, known.quillard, timezone.localdate()) == []


def test_a_rate_of_named_accounts_is_laid_on_their_trade_alone(known: World) -> None:
    give(known.stranger, known, "9XZ90000006", value=300_000, duty=0, hts="8501320100", origin="CN")
    recount(None)
    with acting_for(known.hq):
        open_to_all = previewing.of(draft(known, "65313702", **DUTY))
        named = previewing.of(draft(known, "65313703", accounts=[known.quillard], **DUTY))
    assert (open_to_all.sum.added, open_to_all.laid_on) == (385_000, "")  # type: ignore[union-attr]
    assert named.sum.added == 310_000  # type: ignore[union-attr]
    assert "named accounts alone" in named.laid_on
    notice = published(known, accounts=[known.quillard], **DUTY)
    change = DutyChange.objects.coming_from(notice).get()
    own = Touched.objects.get(account=known.quillard)
    laid = added([change], own.first_month, own.last_month)
    assert {row.account: row.added for row in laid} == {known.quillard.pk: 310_000}
    seen = {name: change in DutyChange.objects.visible_to(person) for name, person in known.people.items()}
    assert {name for name, sees in seen.items() if sees} == {"robin", "lee", "jordan", "hq"}


@pytest.mark.parametrize("narrowed", [{"programs": ["CTPAT"]}, {"account_kinds": ["broker"]}])
def test_who_is_told_does_not_narrow_whose_trade_a_rate_is_laid_on(known: World, narrowed: dict[str, Any]) -> None:
    with acting_for(known.hq):
        assert "everybody’s trade" in previewing.laid_on(draft(known, "65313704", **DUTY | narrowed))
    change = DutyChange.objects.coming_from(published(known, **DUTY | narrowed)).get()
    first = timezone.localdate() - datetime.timedelta(days=366)
    assert sum(row.added or 0 for row in added([change], first, timezone.localdate())) == 310_000
    assert change in DutyChange.objects.visible_to(known.sam)


@pytest.mark.parametrize(
    ("name", "accounts"),
    [
        ("robin", {"Quillard Electric"}),
        ("jordan", {"Quillard Electric"}),
        ("billie", {"Lindale Customs Brokers"}),
        ("sam", set()),
        ("morgan", set()),
        ("expert", set()),
        ("hq", {"Quillard Electric", "Lindale Customs Brokers"}),
    ],
)
def test_dollars_are_read_by_those_who_may_read_the_accounts_entries(
    known: World, name: str, accounts: set[str]
) -> None:
    published(known, **DUTY)
    person = known.people[name]
    with acting_for(person):
        beneath = set(Touched.objects.values_list("account", flat=True))
        above = set(Touched.objects.visible_to(person).values_list("account", flat=True))
    names = {known.quillard.pk: known.quillard.name, known.lindale.pk: known.lindale.name}
    assert {names[pk] for pk in beneath} == {names[pk] for pk in above}
    assert beneath == {pk for pk, one in names.items() if one in accounts}


def test_the_preview_says_who_how_much_and_who_is_just_outside(known: World) -> None:
    notice = draft(known, **DUTY)
    with acting_for(known.hq):
        shown = previewing.of(notice)
    assert (shown.accounts, shown.people) == (2, 4)
    assert (shown.sum.imported, shown.sum.filed, shown.sum.added) == (1_240_000, 1_240_000, 310_000)  # type: ignore[union-attr]
    assert [one.imported for one in shown.first] == [1_240_000, 0]  # type: ignore[attr-defined]
    (near,) = shown.outside
    assert (near.name, near.value) == (known.stranger.name, 500_000)
    assert near.why == "of the same goods, but from other countries: Vietnam"
    assert "imported $1,240,000 of this" in shown.sentence
    assert not Touched.objects.exists()


def test_the_preview_and_what_is_written_down_are_the_same_accounts(world: World) -> None:
    trade(world, 80)
    for n, fields in enumerate(
        ({"hts_prefixes": ["85"]}, {"countries": ["VN"]}, {"manufacturers": ["CNS"]}, {"adcvd_cases": ["A570967"]})
    ):
        notice = draft(world, f"6531372{n}", **fields)
        before = set(audience.accounts_of(notice).values_list("pk", flat=True))
        seen = touching.preview(notice, shown=100)
        notice.submit(by=world.hq)
        notice.publish(by=second_person())
        rows = Touched.objects.filter(notice=notice)
        assert before == set(rows.values_list("account", flat=True)) == {one.account for one in seen.first}
        assert len(before) == seen.accounts > 0
        assert seen.imported == rows.aggregate(n=Sum("imported"))["n"]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"account_kinds": ["broker"]}, {"Lindale Customs Brokers"}),
        ({"account_kinds": ["importer"]}, {"Quillard Electric"}),
        ({"programs": ["CTPAT"]}, {"Quillard Electric"}),
        ({"programs": ["ISA"]}, set()),
        ({"ports": ["2304"]}, set()),
        ({"excluded_hts_prefixes": ["850132"]}, set()),
        ({"spi_codes": ["S"]}, set()),
    ],
)
def test_conditions_of_accounts_and_of_trade_must_all_be_met(
    known: World, fields: dict[str, Any], names: set[str]
) -> None:
    notice = published(known, **DUTY | fields)
    assert {row.account.name for row in Touched.objects.filter(notice=notice)} == names
    assert Delivery.objects.exists() is bool(names)


def test_who_is_not_in_the_program_is_not_told(known: World) -> None:
    Account.objects.filter(pk=known.quillard.pk).update(state="withdrawn")
    notice = draft(known, **DUTY)
    assert [one.name for one in audience.accounts_of(notice)] == [known.lindale.name]
    assert Notice.objects.get().state == "draft"
