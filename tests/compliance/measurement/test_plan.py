import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scope import acting_for
from compliance.measurement.models import ChapterGroups, DrawnLine, MajorRules, MeasurementPlan, Stratum, StratumPart
from examinations.models import Entry, EntryLine
from tests.compliance.measurement.lines import import_lines, plan_of
from tests.named_people import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(world: World) -> World:
    import_lines(world, 120)
    return world


def test_a_draft_counts_the_population_in_one_statement_and_divides_it(lines: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        plan = plan_of(lines)
    assert sum("examinations_entryline" in one["sql"] for one in asked) == 1
    strata = list(plan.strata.all())
    assert [(one.label, one.population, one.to_draw) for one in strata] == [
        ("Machinery and electronics, below $2,500", 40, 14),
        ("Machinery and electronics, $2,500 to $25,000", 40, 13),
        ("Machinery and electronics, $25,000 and more", 40, 13),
    ]
    assert plan.margin(strata) == pytest.approx(0.0551, abs=1e-3)


def test_rows_of_one_line_are_one_line_with_all_their_duty(lines: World) -> None:
    first = EntryLine.objects.filter(stands_for_line=True, value=100, entry__number__startswith="9XZ2").first()
    assert first is not None
    EntryLine.objects.create(
        **{
            name: getattr(first, name)
            for name in ("entry", "line", "account", "filer", "entry_date", "port", "origin", "load", "mpf", "hmf")
        },
        ordinal=2,
        stands_for_line=False,
        hts="99038803",
        value=0,
        duty=Decimal(600),
    )
    plan = plan_of(lines, whole_from=Decimal(500))
    whole = plan.strata.get(key="whole")
    assert (whole.population, whole.to_draw, whole.duty) == (1, 1, first.duty + 600)
    assert whole.label == "Every line with duty of $500 or more"
    assert sum(plan.strata.values_list("population", flat=True)) == 120


def test_what_an_account_uploaded_and_types_that_do_not_count_are_no_population(lines: World) -> None:
    some = Entry.objects.filter(number__startswith="9XZ2").order_by("pk").values_list("pk", flat=True)
    Entry.objects.filter(pk=some[0]).update(source="own")
    EntryLine.objects.filter(entry=some[0]).update(source="own")
    Entry.objects.filter(pk=some[1]).update(entry_type="09")
    assert sum(plan_of(lines).strata.values_list("population", flat=True)) == 118


def test_by_center_and_without_bands(lines: World) -> None:
    plan = plan_of(lines, group_by="center", bands=[])
    assert [(one.key, one.label, one.population) for one in plan.strata.all()] == [
        (":0", "No Center, all values", 120)
        if not lines.quillard.center_id
        else (f"{lines.quillard.center_id}:0", f"{lines.quillard.center.name}, all values", 120)
    ]


def test_freezing_draws_what_was_allocated_each_with_its_probability(lines: World) -> None:
    plan = plan_of(lines)
    day = datetime.date(2026, 10, 5)
    with CaptureQueriesContext(connection) as asked:
        assert plan.freeze(by=lines.hq, seed=7, on=day) == 40
    assert sum("INSERT INTO measurement_drawnline" in one["sql"] for one in asked) == 1
    assert (plan.state, plan.seed, plan.frozen_by, plan.frozen_on) == ("frozen", "7", lines.hq, day)
    for stratum in plan.strata.all():
        drawn = list(stratum.drawn.all())
        assert len(drawn) == stratum.to_draw
        assert {one.probability for one in drawn} == {round(Decimal(stratum.to_draw) / stratum.population, 9)}
    one = plan.drawn.first()
    assert one is not None
    assert one.due == day + datetime.timedelta(days=90)
    assert one.reviewer
    parts = StratumPart.objects.filter(stratum__plan=plan, dimension="chapter")
    assert sum(parts.values_list("population", flat=True)) == 120


def _lines_of(plan: MeasurementPlan) -> list[tuple[str, int]]:
    return list(plan.drawn.values_list("entry_number", "line"))


def test_the_same_seed_draws_the_same_lines_and_another_others(lines: World) -> None:
    plans = {name: plan_of(lines, name=name) for name in ("a", "b", "c", "d")}
    for name, seed in (("a", "s"), ("b", "s"), ("c", "t")):
        plans[name].freeze(by=lines.hq, seed=seed)
    plans["d"].freeze(by=lines.hq)
    assert _lines_of(plans["a"]) == _lines_of(plans["b"]) != _lines_of(plans["c"])
    assert len(plans["d"].seed) == 32
    assert _lines_of(plans["d"]) != _lines_of(plans["a"])


def test_each_line_is_drawn_about_as_often_as_its_probability_says(lines: World) -> None:
    """Over 60 seeds a line of probability a third is drawn 20 times; none far from it."""
    counts: dict[tuple[str, int], int] = {}
    for seed in range(60):
        plan = plan_of(lines, name=f"p{seed}")
        plan.freeze(by=lines.hq, seed=seed)
        for one in _lines_of(plan):
            counts[one] = counts.get(one, 0) + 1
    assert len(counts) == 120
    assert 6 <= min(counts.values()) <= max(counts.values()) <= 36


# ---- refused, with a sentence that says what to do -----------------------------------------------------------


def test_a_plan_is_frozen_once_and_never_changes_after(lines: World) -> None:
    plan = plan_of(lines)
    plan.freeze(by=lines.hq)
    before = _lines_of(plan)
    for verb in (
        lambda: plan.freeze(by=lines.hq),
        lambda: plan.change(by=lines.hq, lines=60),
        lambda: plan.set_sizes({plan.strata.all()[0].key: 3}, by=lines.hq),
    ):
        with pytest.raises(ValidationError, match="write a new plan"):
            verb()
    assert _lines_of(plan) == before


def test_a_sample_larger_than_its_stratum_is_refused(lines: World) -> None:
    plan = plan_of(lines)
    key = plan.strata.all()[0].key
    with pytest.raises(ValidationError, match="Draw 40 or fewer"):
        plan.set_sizes({key: 41}, by=lines.hq)
    with pytest.raises(ValidationError, match="Draw two or more"):
        plan.set_sizes({key: 1}, by=lines.hq)
    with pytest.raises(ValidationError, match="look at them again"):
        plan.set_sizes({"nonsense": 5}, by=lines.hq)
    plan.set_sizes({key: 40}, by=lines.hq)
    assert plan.strata.get(key=key).to_draw == 40


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"lines": 121}, "allow 120 or fewer"),
        ({"lines": 50, "floor": 20}, "allow 60 or more"),
        ({"starts": datetime.date(1990, 1, 1), "ends": datetime.date(1990, 12, 31)}, "choose another"),
        ({"ends": datetime.date(2020, 1, 1)}, "before the first"),
        ({"bands": [Decimal(5), Decimal(5)]}, "each larger"),
        ({"bands": [Decimal(-5)]}, "above zero"),
        ({"bands": [Decimal(n) for n in range(1, 12)]}, "At most 10 amounts"),
        ({"whole_from": Decimal(20)}, "raise the limit, or leave it empty"),
        ({"whole_from": Decimal(0)}, "greater than or equal to 1"),
        ({"lines": 0}, "greater than or equal to 2"),
        ({"expected_rate": 5}, "less than or equal"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_kept(
    lines: World, fields: dict[str, Any], because: str
) -> None:
    with pytest.raises(ValidationError, match=because):
        plan_of(lines, **fields)
    assert not MeasurementPlan.objects.exists()


def test_more_lines_than_can_be_examined_whole_are_refused(lines: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.measurement.models.plan.MOST_WHOLE", 10)
    first = EntryLine.objects.filter(entry__number__startswith="9XZ2").order_by("pk").values_list("pk", flat=True)[:11]
    EntryLine.objects.filter(pk__in=list(first)).update(duty=Decimal(900))
    with pytest.raises(ValidationError, match=r"11 lines have this duty.*10 or fewer"):
        plan_of(lines, whole_from=Decimal(500))


def test_a_stratum_that_lost_its_population_stops_the_freezing(lines: World) -> None:
    plan = plan_of(lines)
    EntryLine.objects.filter(value__lt=2_500).delete()
    with pytest.raises(ValidationError, match="no population any more"):
        plan.freeze(by=lines.hq)
    assert not DrawnLine.objects.exists()


def test_a_population_that_changed_since_it_was_counted_stops_the_freezing(lines: World) -> None:
    plan = plan_of(lines)
    Entry.objects.filter(number__startswith="9XZ2").order_by("pk").first().delete()  # type: ignore[union-attr]
    with pytest.raises(ValidationError, match="count again, look at the sizes"):
        plan.freeze(by=lines.hq)
    plan.change(by=lines.hq)
    assert plan.freeze(by=lines.hq) == 40


def test_closing_ends_what_was_frozen_and_nothing_else(lines: World) -> None:
    plan = plan_of(lines)
    with pytest.raises(ValidationError, match="freeze it first"):
        plan.close(by=lines.hq)
    plan.freeze(by=lines.hq)
    plan.close(by=lines.hq)
    assert (plan.state, plan.closed_by) == ("closed", lines.hq)
    with pytest.raises(ValidationError, match="closed already"):
        plan.close(by=lines.hq)


def test_lines_are_handed_to_a_reviewer(lines: World) -> None:
    plan = plan_of(lines)
    with pytest.raises(ValidationError, match="while a plan is being examined"):
        plan.hand_to("Avery", by=lines.hq, center=lines.quillard.center)
    plan.freeze(by=lines.hq)
    due = datetime.date(2027, 1, 31)
    assert plan.hand_to(" Avery Hollis ", by=lines.hq, center=lines.quillard.center, due=due) == 40
    assert set(plan.drawn.values_list("reviewer", "due")) == {("Avery Hollis", due)}
    with pytest.raises(ValidationError, match="were drawn later than that"):
        plan.hand_to("Avery", by=lines.hq, center=lines.quillard.center, due=datetime.date(2020, 1, 1))
    with pytest.raises(ValidationError, match="Name who"):
        plan.hand_to(" ", by=lines.hq)


def test_rules_of_what_is_major_are_numbered_and_dated(world: World) -> None:
    first = MajorRules.objects.get()
    assert (first.number, first.project_default) == (1, True)
    second = MajorRules.make(by=world.hq, since=timezone.localdate(), revenue_amount=Decimal(2_000))
    assert (second.number, second.made_by) == (2, world.hq)
    with pytest.raises(ValidationError):
        MajorRules.make(by=world.hq, since=timezone.localdate(), value_share=Decimal(0))


# ---- for headquarters alone --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["robin", "lee", "sam", "billie", "jordan", "morgan", "expert", None])
def test_nobody_but_headquarters_sees_a_plan_a_stratum_or_a_draw(lines: World, name: str | None) -> None:
    plan_of(lines).freeze(by=lines.hq)
    person = lines.people[name] if name else None
    ours = (MeasurementPlan, Stratum, StratumPart, DrawnLine, MajorRules, ChapterGroups)
    for model in ours:
        assert not model.objects.visible_to(person).exists()
    with acting_for(person):
        assert [model.objects.count() for model in ours] == [0] * len(ours)


def test_headquarters_writes_and_freezes_with_the_rights_of_the_web(lines: World) -> None:
    with acting_for(lines.hq):
        plan = plan_of(lines)
        assert plan.freeze(by=lines.hq) == 40
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            DrawnLine.objects.update(probability=1)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            DrawnLine.objects.filter(plan=plan)._raw_delete("default")  # type: ignore[attr-defined]
