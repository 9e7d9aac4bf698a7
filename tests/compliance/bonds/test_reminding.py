"""The ladder of reminders: each once, catching up, stopping when cured, and questions that are sent to the manager."""

import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, BondStep, PathErrors, WhatIf
from compliance.bonds.paths import errors_of
from compliance.bonds.reminding import Due, due_of, remind, stop_overtaken, words_of
from compliance.bonds.reviewing import review
from compliance.bonds.states import State
from compliance.bonds.telling import tell_of_questions
from examinations.figures.period import months_earlier
from examinations.models import EntryMonth
from notifications.models import Delivery, Message
from tests.compliance.bonds.test_reviewing import deposit, make_bond, number_of
from tests.named_people import World

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def bond(world: World) -> Bond:
    return make_bond(world, "B1", world.quillard, 200_000)


def reviewed(bond: Bond, state: str, **fields: Any) -> BondReview:
    given = {"account": bond.account, "total": 2_100_000, "required": 300_000, "use": Decimal("1.05"), "since": TODAY}
    return BondReview.objects.update_or_create(bond=bond, defaults=given | {"state": state} | fields)[0]


def letter(bond: Bond, state: str, days: int) -> BondReview:
    dated = TODAY - days * DAY
    return reviewed(bond, state, letter_on=dated, remedy_by=dated + 15 * DAY, in_force_by=dated + 30 * DAY)


@pytest.mark.parametrize(
    ("state", "days", "step"),
    [
        (State.NOTIFIED, 0, 0), (State.NOTIFIED, 2, 0), (State.NOTIFIED, 3, 3), (State.NOTIFIED, 9, 7),
        (State.NOTIFIED, 10, 10), (State.NOTIFIED, 14, 13), (State.NOTIFIED, 15, 15), (State.INSUFFICIENT, 20, 0),
        (State.INSUFFICIENT, 25, 25), (State.INSUFFICIENT, 40, 29), (State.TERMINATION_FILED, 12, None),
        (State.TERMINATION_FILED, 25, 25), (State.TERMINATION_FILED, 29, 29),
    ],
)  # fmt: skip
def test_by_the_days_of_a_letter(bond: Bond, state: str, days: int, step: int | None) -> None:
    due = due_of(letter(bond, state, days), TODAY)
    assert (due.step if due else None) == step


@pytest.mark.parametrize(("days", "weeks"), [(85, None), (84, 12), (57, 12), (56, 8), (28, 4), (14, 2), (-5, 2)])
def test_by_the_weeks_before_the_forecast_month(bond: Bond, days: int, weeks: int | None) -> None:
    due = due_of(reviewed(bond, State.SUFFICIENT, short_half=TODAY + days * DAY), TODAY)
    assert (due.step if due else None) == weeks


def test_what_began_long_ago_is_no_news(bond: Bond) -> None:
    assert due_of(reviewed(bond, State.DEFICIENT, since=TODAY - 45 * DAY), TODAY)
    assert due_of(reviewed(bond, State.DEFICIENT, since=TODAY - 46 * DAY), TODAY) is None
    assert due_of(reviewed(bond, State.SUFFICIENT), TODAY) is None
    assert due_of(reviewed(bond, State.REPLACED), TODAY) is None


def test_the_account_and_its_manager_hear_each_step_once(world: World, bond: Bond) -> None:
    letter(bond, State.NOTIFIED, 0)
    assert [remind(TODAY), remind(TODAY)] == [1, 0]
    told = {one.person.name.split()[0].lower() for one in Delivery.objects.select_related("person")}
    assert told == {"robin", "lee", "jordan"}
    assert remind(TODAY + 2 * DAY) == 0
    assert remind(TODAY + 3 * DAY) == 1
    message = Message.objects.order_by("-pk").first()
    assert message
    assert "12 days" in Message.objects.get(key__endswith=":3").text


def test_after_an_outage_the_last_that_is_due_goes_out_alone(bond: Bond) -> None:
    letter(bond, State.NOTIFIED, 11)
    assert remind(TODAY) == 1
    assert Message.objects.get().key.endswith(":10")


def test_what_is_cured_or_further_on_is_stopped(bond: Bond) -> None:
    letter(bond, State.NOTIFIED, 3)
    remind(TODAY)
    stop_overtaken()
    assert not Delivery.objects.filter(state="stopped").exists()
    letter(bond, State.TERMINATION_FILED, 4)
    stop_overtaken()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"stopped"}
    assert remind(TODAY) == 0


@pytest.mark.parametrize(("before", "days"), [(State.NOTIFIED, 16), (State.TERMINATION_FILED, 31)])
def test_that_a_bond_became_insufficient_is_told_and_the_mail_before_it_is_not(
    bond: Bond, before: str, days: int
) -> None:
    letter(bond, before, days)
    assert remind(TODAY - DAY) == 1
    letter(bond, State.INSUFFICIENT, days)
    assert [remind(TODAY), remind(TODAY)] == [1, 0]
    assert set(Delivery.objects.filter(message__key__contains=":letter:").values_list("state", flat=True)) == {
        "stopped"
    }
    told = Delivery.objects.exclude(state="stopped").select_related("message")
    assert {one.message.subject.split(":")[0] for one in told} == {"Insufficient"}
    assert "no new entry may use it" in told[0].message.text


def test_a_bond_that_is_short_again_is_told_of_again(bond: Bond) -> None:
    reviewed(bond, State.DEFICIENT, since=TODAY - 40 * DAY)
    assert remind(TODAY) == 1
    reviewed(bond, State.SUFFICIENT)
    assert remind(TODAY) == 0
    reviewed(bond, State.DEFICIENT, since=TODAY)
    assert remind(TODAY) == 1


# ---- the forecast, nearly used up, and ended ---------------------------------------------------------------------


def keys() -> set[str]:
    """What was told, without the bond."""
    return {key.split(":", 2)[2] for key in Message.objects.values_list("key", flat=True)}


def test_nearly_used_up_is_told_between_the_weeks_before_it_and_after(bond: Bond) -> None:
    """Twelve weeks before were told while it was enough; that it is nearly used up is another step, and eight weeks the next."""
    month = TODAY + 80 * DAY
    fields = {"short_half": month, "passes": Decimal("0.6"), "ask_for": Decimal(300_000), "short_since": TODAY}
    reviewed(bond, State.SUFFICIENT, **fields)
    assert [remind(TODAY), remind(TODAY + DAY)] == [1, 0]
    reviewed(bond, State.WATCH, **fields | {"since": TODAY + 2 * DAY})
    assert [remind(TODAY + n * DAY) for n in (2, 3, 23)] == [1, 0, 0]
    assert [remind(TODAY + n * DAY) for n in (24, 25, 45)] == [1, 0, 0]
    assert keys() == {f"ahead:{TODAY}:12", f"watch:{TODAY + 2 * DAY}:0", f"ahead:{TODAY}:8"}
    assert "90\u00a0% used" in words_of(reviewed(bond, State.WATCH, use=Decimal("0.9")), TODAY)[1]


def test_found_on_one_day_they_are_one_reminder_that_tells_both(bond: Bond) -> None:
    fields = {
        "short_half": TODAY + 80 * DAY,
        "passes": Decimal("0.6"),
        "ask_for": Decimal(300_000),
        "short_since": TODAY,
    }
    review_ = reviewed(bond, State.WATCH, use=Decimal("0.9"), **fields)
    assert [remind(TODAY), remind(TODAY + DAY)] == [1, 0]
    assert keys() == {f"watch:{TODAY}:0"}
    assert "expected to become too small about" in words_of(review_, TODAY)[1]


def test_after_an_outage_what_came_last_goes_out(bond: Bond) -> None:
    fields = {"short_since": TODAY - 40 * DAY, "passes": Decimal("0.6"), "ask_for": Decimal(300_000)}
    one = reviewed(bond, State.WATCH, since=TODAY - 10 * DAY, short_half=TODAY + 50 * DAY, **fields)
    assert due_of(one, TODAY) == Due(f"ahead:{TODAY - 40 * DAY}", 8), "six days ago, since when it is watched for ten"
    one.since = TODAY - 5 * DAY
    assert due_of(one, TODAY) == Due(f"watch:{TODAY - 5 * DAY}", 0)
    one.since = TODAY - 46 * DAY
    assert due_of(one, TODAY) == Due(f"ahead:{TODAY - 40 * DAY}", 8)
    one.short_half = None
    assert due_of(one, TODAY) is None, "watched for long, and nothing ahead"


def test_that_a_bond_ended_is_told_once_and_no_week_of_it(bond: Bond) -> None:
    one = reviewed(bond, State.ENDED, short_half=TODAY + 10 * DAY)
    assert due_of(one, TODAY) == Due(f"ended:{TODAY}", 0)
    assert [remind(TODAY), remind(TODAY + DAY), remind(TODAY + 45 * DAY)] == [1, 0, 0]
    assert due_of(one, TODAY + 46 * DAY) is None
    assert Message.objects.get().subject.startswith("Ended")


def test_a_forecast_that_slips_over_new_year_is_no_other(bond: Bond) -> None:
    since = datetime.date(2026, 11, 1)
    fields = {"passes": Decimal("0.6"), "ask_for": Decimal(300_000), "short_since": since}
    reviewed(bond, State.SUFFICIENT, short_half=datetime.date(2026, 12, 1), **fields)
    assert remind(datetime.date(2026, 11, 10)) == 1
    reviewed(bond, State.SUFFICIENT, short_half=datetime.date(2027, 1, 1), **fields)
    assert remind(datetime.date(2026, 11, 10)) == 1, "eight weeks, which it had passed over"
    reviewed(bond, State.SUFFICIENT, short_half=datetime.date(2026, 12, 1), **fields)
    assert remind(datetime.date(2026, 11, 10)) == 0
    assert keys() == {f"ahead:{since}:4", f"ahead:{since}:8"}


def test_what_was_told_by_the_year_of_the_month_is_not_told_once_more(bond: Bond) -> None:
    """The migration's own statement, on what stood in the database before it."""
    month, since = TODAY + 50 * DAY, TODAY - DAY
    fields = {"short_half": month, "passes": Decimal("0.6"), "ask_for": Decimal(300_000), "short_since": since}
    reviewed(bond, State.SUFFICIENT, **fields)
    old = f"bond:{bond.pk}:ahead:{month:%Y}"
    longer_ago = Message.objects.create(key=f"{old}:4", topic="bond")
    Message.objects.filter(pk=longer_ago.pk).update(created_at=timezone.now() - 367 * DAY)
    others = [f"bond:{bond.pk}:ahead:{month.year - 1}:8", f"bond:{bond.pk + 1}:ahead:{month:%Y}:8"]
    for key in (f"{old}:12", f"{old}:8", *others):
        Message.objects.create(key=key, topic="bond")
    told = import_module("compliance.bonds.migrations.0009_told_by_the_year").TOLD
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(told)
    known = {f"bond:{bond.pk}:ahead:{since}:{weeks}" for weeks in (12, 8)}
    assert set(Message.objects.values_list("key", flat=True)) == known | {f"{old}:4", *others}
    assert remind(TODAY) == 0, "eight weeks were told"
    assert remind(month - 28 * DAY) == 1, "four were not, within the year"


def ahead(bond: Bond, day: datetime.date, dollars: int) -> BondReview:
    """The year ahead as it is reckoned on a day on which so many dollars are deposited a month."""
    EntryMonth.objects.all().delete()
    for back in range(1, 25):
        deposit(number_of(bond.account), months_earlier(day, back), dollars)
    review([bond.account_id], day)
    look_ahead([bond.account_id], day)
    return BondReview.objects.get(bond=bond)


def test_short_again_after_it_was_cured_is_told_anew_within_the_year_and_a_swing_is_not(bond: Bond) -> None:
    years = np.full((100, 24), 100_000.0)
    years[:, 18:] *= 1.3  # a year ago all of them rose by three tenths from the seventh month on
    data = errors_of(years[:, :12], years[:, 12:]).as_data()  # type: ignore[union-attr]
    PathErrors.objects.create(month=datetime.date(2026, 1, 1), data=data)
    first = datetime.date(2026, 1, 10)
    short, enough = 150_000, 100_000  # of $200,000: 90 % used and beyond it by the end of the year, or 60 %
    assert ahead(bond, first, enough).short_half is None
    found = ahead(bond, first, short)
    assert (found.short_since, found.short_over, found.short_half is not None) == (first, None, True)
    began = found.short_since
    for n in (1, 2):
        assert ahead(bond, first + (2 * n - 1) * DAY, enough).short_over == first + (2 * n - 1) * DAY
        assert ahead(bond, first + 2 * n * DAY, short).short_since == began, "within two weeks it is the same"
    cured = first + 10 * DAY
    assert ahead(bond, cured, enough).short_since == began
    again = cured + 15 * DAY
    found = ahead(bond, again, short)
    assert (found.short_since, found.short_over) == (again, None)
    days = [found.short_half - 30 * DAY, found.short_half - 29 * DAY]  # type: ignore[operator]
    assert [due_of(found, day).stage for day in days] == [f"ahead:{again}"] * 2  # type: ignore[union-attr]


@pytest.mark.parametrize("state", [*State])
def test_the_words_name_the_bond_and_never_say_that_cbp_finds(bond: Bond, state: str) -> None:
    found = letter(bond, state, 5)
    subject, text = words_of(found, TODAY)
    assert subject
    assert "B1" in text
    assert "finds" not in text


def test_a_question_that_is_sent_reaches_the_manager_once_with_its_figures(world: World, bond: Bond) -> None:
    asked = WhatIf.objects.keep(world.quillard, [], Decimal(10), by=world.robin)
    assert tell_of_questions() == 0
    asked.send("Amount to ask for: $300,000.", by=world.robin)
    evening = datetime.datetime(2026, 3, 11, 3, 30, tzinfo=datetime.UTC)  # New York's day before
    WhatIf.objects.update(made_at=evening)
    assert [tell_of_questions(), tell_of_questions()] == [1, 0]
    delivery = Delivery.objects.select_related("message", "person").get()
    assert delivery.person == world.jordan
    assert "$300,000" in delivery.message.text
    assert "in the portal on 03/10/2026" in delivery.message.text


def test_a_question_of_the_evening_bears_the_day_on_which_it_was_asked(world: World, bond: Bond) -> None:
    asked = WhatIf.objects.keep(world.quillard, [], Decimal(10), by=world.robin)
    evening = datetime.datetime.combine(TODAY, datetime.time(22), timezone.get_current_timezone())
    WhatIf.objects.update(made_at=evening)
    asked.send("Figures", by=world.robin)
    tell_of_questions()
    assert f"on {TODAY:%m/%d/%Y}:" in Message.objects.get().text


def test_the_steps_of_a_letter_begin_with_what_a_person_entered(world: World, bond: Bond) -> None:
    BondStep.record(bond, "letter", on=TODAY, by=world.robin, today=TODAY)
    review([world.quillard.pk], TODAY)
    assert BondReview.objects.get().state == State.NOTIFIED
    assert remind(TODAY) == 1
