"""Sums by dimension and month: equal to a count row by row, told to whom they may be."""

import datetime
import uuid
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Delegation
from accounts.scope import acting_for
from examinations.breakdowns.counting import recount
from examinations.calendar import working_days_between
from examinations.models import (
    DiscrepancyBreakdown,
    Entry,
    EntryBreakdown,
    EntryLine,
    Examination,
    ExaminationBreakdown,
)
from examinations.models.entry import COUNTED_TYPES
from examinations.working_days import holidays_until, working_days_sql
from tests.examinations.test_pages_figures import load_world
from tests.named_people import World, closed, make_examination

pytestmark = pytest.mark.django_db

MODELS = (EntryBreakdown, ExaminationBreakdown, DiscrepancyBreakdown)
DAYS = st.dates(datetime.date(2015, 1, 1), datetime.date(2026, 12, 31))


# Holidays go along to the end of the year after the day of asking.
@given(start=DAYS, length=st.integers(-5, 365))
def test_the_database_counts_working_days_as_python_does(start: datetime.date, length: int) -> None:
    end = start + datetime.timedelta(days=length)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {working_days_sql('%(start)s::date', '%(end)s::date')}",
            {"start": start, "end": end, "holidays": holidays_until(datetime.date(2026, 11, 25))},
        )
        assert cursor.fetchone() == (working_days_between(start, end),)


def articles() -> list[dict[str, Any]]:
    """One dict a line, from the rows as they stand."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for row in EntryLine.objects.select_related("entry"):
        one = found.setdefault(
            (row.entry_id, row.line),
            {"entry": row.entry, "line": row.line, "duty": Decimal(0), "value": Decimal(0), "fees": Decimal(0)},
        )
        one["duty"] += row.duty
        one["value"] += row.value if row.counts_value else 0
        one["fees"] += (row.mpf or 0) + (row.hmf or 0) + row.tax + row.other_fees
        if row.stands_for_line:
            one["chapter"], one["heading"] = row.hts[:2], row.hts[:4]
            one["origin"], one["manufacturer"] = row.origin, row.manufacturer_id
    return list(found.values())


def codes_of(article: dict[str, Any]) -> dict[str, str]:
    entry = article["entry"]
    return {"all": "", "port": entry.port, "entry_type": entry.entry_type} | {
        name: article[name] for name in ("chapter", "heading", "origin", "manufacturer")
    }


def make_kept() -> None:
    load_world()


def test_entries_by_dimension_agree_with_a_count_row_by_row(kept: None) -> None:
    recount(None)
    looked_at = defaultdict(set)
    for entry, line in Examination.objects.exclude(type="ESR").values_list("entry", "line"):
        looked_at[entry].add(line)
    expected: dict[tuple, list[Any]] = {}
    for one in articles():
        entry = one["entry"]
        counts = entry.entry_type in COUNTED_TYPES
        for dimension, code in codes_of(one).items():
            key = (entry.account_id, entry.filer_id, entry.entry_date.replace(day=1), dimension, code)
            sums = expected.setdefault(key, [set(), set(), 0, Decimal(0), Decimal(0), Decimal(0)])
            lines = looked_at.get(entry.pk, set())
            whole = dimension in ("all", "port", "entry_type") or None in lines
            if counts:
                sums[0].add(entry.pk)
                sums[2] += 1
                if lines and (whole or one["line"] in lines):
                    sums[1].add(entry.pk)
            for place, name in ((3, "value"), (4, "duty"), (5, "fees")):
                sums[place] += one[name]
    stored = {
        tuple(row[:5]): list(row[5:])
        for row in EntryBreakdown.objects.values_list(
            *("account", "filer", "month", "dimension", "code"),
            *("entries", "examined", "lines", "value", "duty", "fees"),
        )
    }
    assert stored == {key: [len(sums[0]), len(sums[1]), *sums[2:]] for key, sums in expected.items()}
    assert {dimension for _, _, _, dimension, _ in stored} == {
        *("all", "port", "entry_type", "chapter", "heading", "origin", "manufacturer")
    }


def values_of(examination: Examination, lines: dict[int, list[dict[str, Any]]]) -> set[tuple[str, str]]:
    found = {("all", ""), ("port", examination.port), ("type", examination.type)}
    found.add(("reason", examination.selection.reason))
    if examination.entry_id:
        found.add(("entry_type", examination.entry.entry_type))
    for one in lines[examination.entry_id or 0]:
        if examination.line in (None, one["line"]):
            found |= {(name, one[name]) for name in ("chapter", "heading", "origin", "manufacturer")}
    return found if any(name == "origin" for name, _ in found) else found | {("unplaced", "")}


def test_examinations_by_dimension_agree_with_a_count_row_by_row(kept: None) -> None:
    # A review of a whole entry, wrong: a cluster of its lines, which is no line.
    whole = Examination.objects.filter(type="ESR", selection__reason="RANDOM", discrepancies__isnull=False)[0]
    Examination.objects.filter(pk=whole.pk).update(line=None)
    recount(None)
    lines = defaultdict(list)
    for one in articles():
        lines[one["entry"].pk].append(one)
    names = ("cargo", "closed", "wrong", "reviews", "reviews_wrong", "random_cargo", "other", "other_wrong")
    expected: dict[tuple, dict[str, Any]] = {}
    types: dict[tuple, int] = defaultdict(int)
    rows = Examination.objects.select_related("entry", "selection").prefetch_related("discrepancies")
    for one in rows:
        cargo, is_closed, reason = one.type != "ESR", one.closed is not None, one.selection.reason
        if not (cargo or is_closed):
            continue
        wrong = is_closed and one.disposition != "NO_DISCREPANCY"
        random, other = reason == "RANDOM", reason in ("TARGETED", "AGENCY", "FOLLOWUP")
        adds = {
            "cargo": cargo,
            "closed": is_closed,
            "wrong": wrong,
            "reviews": is_closed and random and not cargo and one.line is not None,
            "reviews_wrong": wrong and random and not cargo and one.line is not None,
            "random_cargo": is_closed and random and cargo,
            "other": is_closed and other,
            "other_wrong": wrong and other,
        }
        for dimension, code in values_of(one, lines):
            key = (one.account_id, one.filer_id, one.selected.replace(day=1), dimension, code)
            sums = expected.setdefault(key, dict.fromkeys(names, 0) | {"days": [], "long_stays": 0, "owed": 0})
            for name in names:
                sums[name] += adds[name]
            if cargo and one.released:
                sums["days"].append(max(0, (one.released - one.selected).days))
                sums["long_stays"] += working_days_between(one.selected, one.released) > 5
            parts = list(one.discrepancies.all())
            if is_closed:
                sums["owed"] += sum(max(part.revenue_difference or 0, 0) for part in parts)
            for kind in ({part.type for part in parts} or {""}) if wrong else ():
                types[(*key, kind)] += 1
    stored = {
        (row.account_id, row.filer_id, row.month, row.dimension, row.code): {
            **{name: getattr(row, name) for name in (*names, "long_stays", "owed")},
            "days": sorted(row.days),
        }
        for row in ExaminationBreakdown.objects.all()
    }
    assert stored == {key: sums | {"days": sorted(sums["days"])} for key, sums in expected.items()}
    found = DiscrepancyBreakdown.objects.values_list("account", "filer", "month", "dimension", "code", "type", "found")
    assert {tuple(row[:6]): row[6] for row in found} == types
    assert any(sums["long_stays"] for sums in expected.values())


def test_what_is_gone_is_in_no_sum_after_the_next_count_and_others_stay(world: World) -> None:
    recount(None)
    others = [model.objects.exclude(account=world.quillard).count() for model in MODELS]
    Examination.objects.filter(account=world.quillard).delete()
    Entry.objects.filter(account=world.quillard).delete()
    recount([world.quillard.pk])
    assert not any(model.objects.filter(account=world.quillard).exists() for model in MODELS)
    assert [model.objects.exclude(account=world.quillard).count() for model in MODELS] == others
    assert others[0] > 0


def test_accounts_that_are_gone_by_the_time_of_the_count_change_nothing(world: World) -> None:
    recount(None)
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    recount([])
    recount([uuid.uuid4()])
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_an_open_review_of_papers_leaves_no_trace(world: World) -> None:
    recount(None)
    before = list(ExaminationBreakdown.objects.order_by("account", "dimension", "code", "month", "filer").values())
    entry = Entry.objects.get(number="M2P12345679")
    make_examination(entry, "EX-SECRET", "RANDOM", type="ESR", selected=datetime.date(2026, 1, 5))
    recount(None)
    after = list(ExaminationBreakdown.objects.order_by("account", "dimension", "code", "month", "filer").values())
    for rows in (before, after):
        for row in rows:
            del row["id"]
    assert after == before


def test_a_chapter_99_row_adds_its_duty_to_the_heading_of_its_line(world: World) -> None:
    entry = Entry.objects.get(number="M2P12345679")
    line = entry.rows.get()
    EntryLine.objects.filter(pk=line.pk).update(ordinal=2)
    extra = EntryLine.objects.get(pk=line.pk)
    extra.pk, extra.ordinal, extra.hts, extra.stands_for_line = None, 1, "99038803", False
    extra.value, extra.duty, extra.mpf, extra.hmf = 0, 2500, 0, 0
    extra.save()
    recount(None)
    rows = EntryBreakdown.objects.filter(account=world.quillard, filer=None, dimension="heading")
    assert [(row.code, row.entries, row.lines, row.value, row.duty) for row in rows] == [("8501", 1, 1, 10000, 2750)]


def test_row_security_and_visible_to_show_the_same_sums_and_reasons_to_managers_alone(world: World) -> None:
    recount(None)
    month = EntryBreakdown.objects.filter(account=world.quillard)[0].month
    EntryBreakdown.objects.create(account=world.quillard, source="own", month=month, dimension="port", code="2704")
    own, filed = {world.quillard.pk}, {world.quillard.pk, world.stranger.pk}
    expected = {"robin": own, "sam": {world.stranger.pk}, "jordan": own, "billie": filed, "hq": filed, "expert": set()}
    for name, accounts in expected.items():
        person = world.people[name]
        for model in MODELS:
            with acting_for(person):
                alone = set(model.objects.values_list("pk", flat=True))
            assert set(model.objects.visible_to(person).values_list("pk", flat=True)) == alone, (name, model)
            rows = model.objects.filter(pk__in=alone)
            assert set(rows.values_list("account", flat=True)) <= accounts, (name, model)
            reasons = rows.filter(dimension="reason").exists()
            assert reasons == (name in ("jordan", "hq") and model is not EntryBreakdown), (name, model)
        with acting_for(person):
            assert EntryBreakdown.objects.filter(source="own").exists() == (name == "robin"), name
            assert set(EntryBreakdown.objects.values_list("account", flat=True)) == accounts, name
    with acting_for(world.billie):
        assert set(ExaminationBreakdown.objects.values_list("filer", flat=True)) == {world.lindale.pk}


def test_a_stay_is_long_after_five_federal_business_days_and_not_before(world: World) -> None:
    Examination.objects.filter(account=world.quillard).delete()
    entry = Entry.objects.get(number="M2P12345679")
    # Thanksgiving and two days of a weekend lie between: December 2 is the fifth working day after November 24.
    for number, day in (("EX-FIVE", datetime.date(2026, 12, 2)), ("EX-SIX", datetime.date(2026, 12, 3))):
        dates = {"selected": datetime.date(2026, 11, 24), "released": day, "closed": day}
        make_examination(entry, number, "TARGETED", **(closed("NO_DISCREPANCY", "other") | dates))
    recount([world.quillard.pk])
    row = ExaminationBreakdown.objects.get(account=world.quillard, dimension="all")
    assert (sorted(row.days), row.long_stays) == ([8, 9], 1)


@pytest.mark.parametrize("kinds", [["examinations"], ["examinations", "entries"]])
def test_what_a_delegate_is_told_of_examinations_by_their_lines_follows_its_entries(world: World, kinds) -> None:
    EntryLine.objects.filter(entry=world.entries["other"]).update(manufacturer_id="CNSECRETSUP")
    Delegation.objects.create(
        importer=world.quillard,
        broker=world.lindale,
        kinds=kinds,
        power_of_attorney=timezone.localdate() - datetime.timedelta(1),
        expires=timezone.localdate() + datetime.timedelta(9),
    )
    recount([world.quillard.pk])
    lines = {"entry_type", "chapter", "heading", "origin", "manufacturer"}
    of_other = ExaminationBreakdown.objects.filter(filer=None, account=world.quillard)
    assert of_other.filter(code="CNSECRETSUP").exists()
    with acting_for(world.billie):
        by_row_security = set(of_other.values_list("dimension", flat=True))
        asked = set(of_other.visible_to(world.billie).values_list("dimension", flat=True))
    assert by_row_security == asked
    assert "port" in asked
    assert asked & lines == (lines if "entries" in kinds else set())
