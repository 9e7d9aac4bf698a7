"""The days to answer, by the forms; the same in Python and in SQL; and the words that follow from them."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examinations.clocks import ANSWER_DAYS, ANSWER_RULES, answer_by
from examinations.models import CustomsRequest
from examinations.models.request import ASKING, STATES, Form
from examinations.models.request_records import Outcome
from examinations.requests.words import (
    DEEDS,
    TO_DO,
    clock_of,
    left_of,
    lines_of,
    next_steps,
    standing_of,
    subjects_of,
)
from tests.named_people import World, make_request

DAY = datetime.date
ISSUED = DAY(2026, 11, 9)


@pytest.mark.parametrize(
    ("form", "issued", "extended_to", "last"),
    [
        # domain.md 3.2: calendar days from issue; 30, 20, none, 30.
        ("CF28", ISSUED, None, DAY(2026, 12, 9)),
        ("CF29P", ISSUED, None, DAY(2026, 11, 29)),  # a Sunday: the forms say days, so Sunday it is
        ("CF29T", ISSUED, None, None),
        ("CF4647", ISSUED, None, DAY(2026, 12, 9)),
        ("CF28", DAY(2028, 1, 31), None, DAY(2028, 3, 1)),  # over a leap day
        ("CF28", DAY(2025, 12, 31), None, DAY(2026, 1, 30)),
        ("CF28", ISSUED, DAY(2027, 1, 8), DAY(2027, 1, 8)),
        ("CF28", ISSUED, DAY(2026, 11, 20), DAY(2026, 12, 9)),  # an extension takes nothing away
        ("CF29T", ISSUED, DAY(2027, 1, 8), None),
    ],
)
def test_the_last_day_to_answer(form: str, issued: DAY, extended_to: DAY | None, last: DAY | None) -> None:
    assert answer_by(form, issued, extended_to) == last


def test_another_form_has_no_period_to_guess() -> None:
    with pytest.raises(KeyError):
        answer_by("CF30", ISSUED)


def test_every_form_has_its_period_its_rule_and_its_words() -> None:
    assert set(Form.values) == set(ANSWER_DAYS) == set(ANSWER_RULES) == set(DEEDS) == set(TO_DO)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(Form.values),
    outcome=st.sampled_from(Outcome.values),
    issued=st.dates(DAY(2020, 1, 1), DAY(2030, 1, 1)),
    answered=st.none() | st.integers(0, 90),
    extended=st.none() | st.integers(1, 90),
)
def test_the_database_says_the_last_day_and_the_state_as_the_model_does(
    world: World, form: str, outcome: str, issued: DAY, answered: int | None, extended: int | None
) -> None:
    CustomsRequest.objects.filter(number="R-SAME").delete()
    made = make_request(
        world.entries["broker"],
        "R-SAME",
        form=form,
        outcome=outcome,
        issued=issued,
        answered=None if answered is None else issued + datetime.timedelta(days=answered),
        extended_to=None if extended is None or form == "CF29T" else issued + datetime.timedelta(days=extended),
    )
    found = CustomsRequest.objects.with_dates().get(pk=made.pk)  # type: ignore[attr-defined]
    assert found.answer_by == made.last_day
    same = {state for state, rows in STATES.items() if CustomsRequest.objects.filter(rows, pk=made.pk).exists()}
    assert same == {made.state}


def asked(form: str = "CF28", outcome: str = "OPEN", answered: DAY | None = None) -> CustomsRequest:
    return CustomsRequest(form=form, outcome=outcome, issued=ISSUED, answered=answered)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (DAY(2026, 11, 25), "14 days left"),
        (DAY(2026, 12, 8), "1 day left"),
        (DAY(2026, 12, 9), "due today"),
        (DAY(2026, 12, 10), "1 day late"),
        (DAY(2026, 12, 12), "3 days late"),
    ],
)
def test_the_days_left(day: DAY, said: str) -> None:
    assert left_of(DAY(2026, 12, 9), day) == said
    assert standing_of(asked(), day).note == said


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (asked(), "To answer"),
        (asked(answered=ISSUED), "Answered"),
        (asked(outcome="NO_CHANGE"), "No change"),
        (asked(outcome="CHANGE", answered=ISSUED), "Entry changed"),
        (asked("CF29P", "WITHDRAWN"), "Withdrawn"),
        (asked("CF29T"), "Action taken"),
        (asked("CF29T", "CHANGE"), "Action taken"),
    ],
)
def test_where_a_request_stands(one: CustomsRequest, word: str) -> None:
    assert standing_of(one, DAY(2026, 11, 25)).word == word


def test_the_strip_is_the_last_fortnight_with_today_in_it_and_ends_on_the_last_day() -> None:
    strip = clock_of(asked(), DAY(2026, 11, 30))
    assert strip
    assert [day.kind for day in strip.days] == ["begun"] * 4 + ["today"] + ["open"] * 8 + ["last"]
    assert strip.days[-1].date == DAY(2026, 12, 9)
    assert clock_of(asked(), DAY(2026, 11, 25)) is None  # more than a fortnight ahead: a number says it
    assert clock_of(asked(), DAY(2026, 11, 26)) is not None
    assert clock_of(asked(), DAY(2026, 12, 10)) is None
    assert clock_of(asked(answered=ISSUED), DAY(2026, 11, 30)) is None


@pytest.mark.parametrize("outcome", Outcome.values)
@pytest.mark.parametrize("form", Form.values)
@pytest.mark.parametrize("answered", [None, DAY(2026, 11, 20)])
@pytest.mark.parametrize("day", [DAY(2026, 11, 25), DAY(2027, 11, 25)])
@pytest.mark.parametrize("liquidated", [None, DAY(2026, 10, 2)])
def test_there_is_always_something_to_say_of_what_to_do(
    form: str, outcome: str, answered: DAY | None, day: DAY, liquidated: DAY | None
) -> None:
    steps = next_steps(asked(form, outcome, answered), day, liquidated=liquidated)
    assert steps
    assert all(step.endswith((".", ")")) and "None" not in step for step in steps)


def test_what_to_do_follows_the_form_and_its_day() -> None:
    before, after = DAY(2026, 11, 25), DAY(2026, 12, 20)
    assert "by Dec 9" in next_steps(asked(), before)[0]
    assert "ended on Dec 9" in next_steps(asked(), after)[0]
    assert "by Nov 29" in next_steps(asked("CF29P"), before)[0]
    assert "does what it proposed" in next_steps(asked("CF29P"), after)[0]
    assert "liquidated damages" in next_steps(asked("CF4647"), after)[0]
    assert "before the entry liquidates" in next_steps(asked("CF29T"), before)[0]
    assert "liquidated on Oct 2" in next_steps(asked("CF29T"), before, liquidated=DAY(2026, 10, 2))[0]
    assert "went out on Nov 20" in next_steps(asked(), before, said_on=DAY(2026, 11, 20))[0]
    assert "nothing is to be done" in next_steps(asked(outcome="NO_CHANGE"), before, said_on=DAY(2026, 11, 20))[0]
    assert "nothing is to be done" in next_steps(asked(outcome="NO_CHANGE"), before)[0]


def test_lines_and_subjects_in_words() -> None:
    assert lines_of([None]) == "the whole entry"
    assert lines_of([2, 2]) == "line 2"
    assert lines_of([3, None, 1, 2]) == "lines 1, 2 and 3"
    assert subjects_of(["CLASS", "", "VALUE", "CLASS"]) == "Classification and Value"
    assert subjects_of([""]) == ""


def test_open_forms_are_those_with_a_period() -> None:
    assert set(ASKING) == {"CF28", "CF29P", "CF4647"}
