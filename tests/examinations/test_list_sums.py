"""What lists read from sums is what their rows say, for whoever reads them, and the sums are left aside where they lag."""

import random
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.access import reach
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.breakdowns.uncounted import note
from examinations.entries import kept, listing
from examinations.list_sums import _from_months, _from_rows, _months_say
from examinations.listing import ExaminationList
from examinations.models import Cost, Discrepancy, Entry, Examination
from examinations.views.exports import Asked
from tests.examinations.closing.test_closing import random_entries
from tests.named_people import World, closed, make_examination, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
EVER = {"start": "2020-01-01"}


def make_kept() -> World:
    """Entries of all standings, some examined, reviewed, reviewed openly, held, at a cost, with money found."""
    world = world_again()
    random_entries(world, 700)
    Entry.objects.filter(pk__gte=0).update(value=F("duty") % 90, lines=1 + F("duty") % 3)
    chance = random.Random(7)
    states: list[dict[str, Any]] = [
        {}, {"type": "ESR", "line": 1}, {"type": "ESR", "line": 1, **closed("DISCREPANCY_LOL", "random")},
        closed("DISCREPANCY_MTD", "other"), closed("NO_DISCREPANCY", "other"),
    ]  # fmt: skip
    for n, entry in enumerate(Entry.objects.filter(account=world.quillard, number__contains="0").order_by("pk")[:150]):
        if chance.random() < 0.5:
            one = make_examination(entry, f"EX-L{n}", "RANDOM", **chance.choice(states))
            Cost.objects.create(examination=one, account=world.quillard, by="file", amount=10 + n)
            if one.closed:
                Discrepancy.objects.create(
                    examination=one, account=world.quillard, ordinal=1, type="VALUE", revenue_difference=n - 40
                )
    recount(None)
    return world


@pytest.fixture
def many(kept: World) -> World:
    return kept


def entry_rows(world: World, name: str, of: str = "quillard", **asked: Any) -> tuple[Any, dict[str, Any], Any]:
    person, today, account = world.people[name], timezone.localdate(), getattr(world, of)
    rows = listing.visible_entries(account, person)
    chosen = listing.EntryFilter(EVER | asked, queryset=rows, account=account, person=person, as_of=today)
    assert chosen.is_valid(), chosen.errors
    return chosen.qs, chosen.form.cleaned_data, kept.days_of(account, person, chosen.form.cleaned_data, today)


@pytest.mark.parametrize("name", ["robin", "jordan", "hq"])
@pytest.mark.parametrize(
    "asked",
    [{}, {"end": "2026-02-10"}, {"examined": "yes"}, {"examined": "no"}, {"liquidation": "open"},
     {"liquidation": "liquidated", "examined": "yes"}, {"start": "2031-01-01"}],
)  # fmt: skip
def test_sums_of_entries_by_day_are_those_of_their_rows(many: World, name: str, asked: dict[str, str]) -> None:
    rows, cleaned, days = entry_rows(many, name, **asked)
    counted = listing.sums(rows, many.people[name])
    assert listing.sums(rows, many.people[name], asked.get("examined", "")) == counted
    if name != "robin" and {"examined", "liquidation"} & set(asked):
        assert days is None  # who knows of open reviews counts rows
        return
    said = kept.sums(days, many.quillard, many.people[name], cleaned)
    assert {key: counted[key] or 0 for key in said} == said
    assert asked.get("start") or said["count"] > 10


@pytest.mark.parametrize("imports", ["", "cbp", "own"])
@pytest.mark.parametrize(
    "asked", [{}, {"end": "2026-02-10"}, {"examined": "yes"}, {"liquidation": "open"}, {"liquidation": "liquidated"}]
)
def test_sums_of_what_a_broker_filed_are_those_of_its_rows(many: World, imports: str, asked: dict[str, str]) -> None:
    """Also where it imports something itself, by CBP's word or by its own."""
    if imports:
        entries = Entry.objects.filter(account=many.quillard, filer=None)
        assert entries.count() > 3
        Examination.objects.filter(entry__in=entries).update(account=many.lindale)
        entries.update(account=many.lindale, source=imports)
        recount(None)
    rows, cleaned, days = entry_rows(many, "billie", "lindale", **asked)
    assert days is not None
    with acting_for(many.billie):
        said = kept.sums(days, many.lindale, many.billie, cleaned)
        counted = listing.sums(rows, many.billie)
    assert {key: counted[key] or 0 for key in said} == said
    assert said["count"] > 3
    filed = Entry.objects.filter(filer=many.lindale)
    assert asked or said["count"] > filed.count() - 1 + (imports == "cbp")


def test_the_greatest_of_a_broker_are_found_among_few_days(many: World) -> None:
    rows, _, days = entry_rows(many, "billie", "lindale")
    ordered, sort = listing.ordered(rows, "-duty")
    every = list(ordered.values_list("pk", flat=True))
    for count in (1, 25, 50):
        few = kept.first_in_order(ordered, days, {}, sort, count)
        assert list(few.values_list("pk", flat=True)[:count]) == every[:count]


def test_of_a_broker_s_list_staff_and_who_narrows_to_a_client_count_rows(many: World) -> None:
    assert entry_rows(many, "hq", "lindale")[2] is None
    assert entry_rows(many, "billie", "lindale", party=str(many.quillard.pk))[2] is None
    note([many.stranger.pk])
    assert entry_rows(many, "billie", "lindale")[2] is None, "a client's rows wait to be counted"


def test_who_manages_counts_an_entry_that_is_reviewed_openly_and_a_member_does_not(many: World) -> None:
    examined = {}
    for name in ("robin", "jordan"):
        _, cleaned, days = entry_rows(many, name)
        examined[name] = kept.sums(days, many.quillard, many.people[name], cleaned)["examined"]
    assert examined["jordan"] > examined["robin"] > 10


@pytest.mark.parametrize("asked", [{"port": "2704"}, {"type": "01"}, {"liquidation": "extended"}, {"marked": ["late"]}])
def test_what_the_days_do_not_tell_apart_is_counted_by_rows(many: World, asked: dict[str, Any]) -> None:
    assert entry_rows(many, "robin", **asked)[2] is None


def test_rows_are_counted_while_the_sums_lag_and_for_whom_not_all_is_open(many: World) -> None:
    assert entry_rows(many, "robin")[2] is not None
    assert entry_rows(many, "sam")[2] is None
    note([many.quillard.pk])
    assert entry_rows(many, "robin")[2] is None


@pytest.mark.parametrize("sort", ["-value", "-duty", "value", "-date", "-lines"])
def test_the_greatest_of_each_page_are_found_among_few_days(many: World, sort: str) -> None:
    rows, _, days = entry_rows(many, "robin")
    ordered, sort = listing.ordered(rows, sort)
    every = list(ordered.values_list("pk", flat=True))
    shorter = 0
    for count in (1, 25, 50, 60, 10_000):
        few = kept.first_in_order(ordered, days, {}, sort, count)
        assert list(few.values_list("pk", flat=True)[:count]) == every[:count]
        shorter += few.count() < len(every)
    assert (shorter > 0) == (sort in kept.MOST)


@pytest.mark.parametrize("sort", ["-date", "date"])
@pytest.mark.parametrize(
    "asked", [{"examined": "yes"}, {"liquidation": "open", "examined": "no"}, {"liquidation": "open"}]
)
def test_the_first_of_those_examined_or_open_are_found_among_few_days(
    many: World, asked: dict[str, str], sort: str
) -> None:
    rows, cleaned, days = entry_rows(many, "robin", **asked)
    assert days is not None
    ordered, sort = listing.ordered(rows, sort)
    every = list(ordered.values_list("pk", flat=True))
    assert len(every) > 3
    shorter = 0
    for count in (1, 3, len(every), len(every) + 1, kept.DEEPEST + 1):
        few = kept.first_in_order(ordered, days, cleaned, sort, count)
        assert list(few.values_list("pk", flat=True)[:count]) == every[:count]
        shorter += few.count() < len(every)
    assert shorter


def test_the_page_of_entries_shows_the_greatest_first_and_the_sums_of_all(many: World) -> None:
    client = signed_in(many, "robin")
    rows = Entry.objects.filter(account=many.quillard).order_by("-value", "-entry_date", "-id")
    for page in (1, 3, "99999", "x"):
        shown = client.get(f"/entries/?start=2020-01-01&sort=-value&page={page}").context
        first = shown["page"].start_index() - 1
        assert [one.pk for one in shown["page"].object_list] == list(
            rows.values_list("pk", flat=True)[first : first + 25]
        )
        assert shown["sums"]["count"] == rows.count()
    assert client.get("/entries/?start=2031-01-01&sort=-value").context["page"].object_list == []


def examination_list(world: World, name: str, **asked: str) -> ExaminationList:

    person = world.people[name]
    given = {key: [value] for key, value in asked.items()}
    return ExaminationList(Asked(world.quillard, person, reach(person), given, timezone.localdate()))


@pytest.mark.parametrize("asked", [{}, EVER, EVER | {"reviews": "1"}, EVER | {"end": "2031-12-31"}])
def test_sums_of_examinations_by_month_are_those_of_their_rows(many: World, asked: dict[str, str]) -> None:
    listed = examination_list(many, "robin", **asked)
    assert _months_say(listed)
    assert _from_months(listed) == _from_rows(listed.rows, many.robin)


def test_seized_goods_have_no_day_of_release_and_are_counted_by_rows(many: World) -> None:
    one = Examination.objects.filter(account=many.quillard, released__isnull=False).exclude(type="ESR")[0]
    Examination.objects.filter(pk=one.pk).update(released=None, disposition="SEIZED")
    recount([many.quillard.pk])
    assert _from_months(examination_list(many, "robin", **EVER)) is None


@pytest.mark.parametrize(
    ("name", "asked"),
    [("jordan", EVER), ("hq", EVER), ("robin", EVER | {"port": "2704"}), ("robin", {"start": "2020-01-02"}),
     ("robin", EVER | {"end": "2026-02-10"}), ("robin", EVER | {"end": "9999-12-31"}), ("robin", EVER | {"result": "held"})],
)  # fmt: skip
def test_what_the_months_do_not_tell_is_counted_by_rows(many: World, name: str, asked: dict[str, str]) -> None:
    assert not _months_say(examination_list(many, name, **asked))


@pytest.mark.parametrize("sort", ["days", "-days", "-selected", "port"])
def test_reviews_come_last_where_days_order_the_list(many: World, sort: str) -> None:
    client, seen = signed_in(many, "robin"), []
    address = f"/examinations/?start=2020-01-01&reviews=1&sort={sort}"
    for page in range(1, client.get(address).context["page"].paginator.num_pages + 1):
        seen += [one.pk for one in client.get(f"{address}&page={page}").context["page"].object_list]
    listed = examination_list(many, "robin", start="2020-01-01", reviews="1", sort=sort)
    assert seen == [one.pk for one in listed.rows]
    assert len(seen) > 30


def test_the_sums_show_on_the_page(many: World) -> None:
    sums = signed_in(many, "robin").get("/examinations/?start=2020-01-01").context["sums"]
    found = Discrepancy.objects.filter(examination__account=many.quillard, revenue_difference__gt=0)
    cargo = [
        one.revenue_difference
        for one in found.exclude(examination__type="ESR").filter(examination__closed__isnull=False)
    ]
    assert sums["owed"] == sum(cargo, Decimal(0))


def test_a_port_of_open_reviews_alone_is_offered_to_those_who_know_of_these(many: World) -> None:
    """No sum holds them: the port stands in none, and is looked for among the rows."""
    one = Examination.objects.filter(account=many.quillard, type="ESR", closed=None).first()
    assert one is not None
    Examination.objects.filter(pk=one.pk).update(port="3001")
    asked = EVER | {"reviews": "1", "port": "3001"}
    assert [row.pk for row in examination_list(many, "jordan", **asked).rows] == [one.pk]
    assert not examination_list(many, "robin", **asked).usable
