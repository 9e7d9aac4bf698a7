"""Overdue bills: wherever the amount of a bond is spoken of, it is for manual determination, and what the formula says the least."""

import datetime
from decimal import Decimal

import pytest

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, Delinquency, WhatIf
from compliance.bonds.reminding import words_of
from compliance.bonds.reviewing import review
from compliance.bonds.standing import standing_of
from compliance.bonds.states import State
from compliance.bonds.words import one_line, stands, with_what_is_announced
from examinations.figures.period import months_earlier
from portal.monthly.facts import last_month
from portal.monthly.sending import report_of
from portal.monthly.words import text_of as mail_of
from tests.compliance.bonds.conftest import TODAY, text_of
from tests.compliance.bonds.test_reviewing import deposit, number_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
#: What a figure that is not the account's to ask for would be called.
PLAIN = (
    "ask for this",
    "Ask the surety for",
    "Ask your surety for",
    "Amount to ask for",
    "Bond to ask for",
    "is needed from",
)


@pytest.fixture
def overdue(world: World, bond: Bond) -> World:
    """Quillard's bond of $200,000 is too small by the basic formula, and its bills are overdue since ten days ago."""
    deposit(number_of(world.quillard), months_earlier(TODAY, 3), 600_000, source="cbp", filer=world.lindale)
    Delinquency.record(world.quillard, since=TODAY - 10 * DAY, by=world.jordan, today=TODAY)
    review(None, TODAY)
    look_ahead([world.quillard.pk], TODAY)
    return world


def found(world: World) -> BondReview:
    return BondReview.objects.select_related("bond", "account").get(account=world.quillard, bond__number="B1")


def is_manual(text: str) -> None:
    text = " ".join(text.replace("<b>", "").replace("</b>", "").split())
    assert "manual determination" in text or "CBP determines the amount" in text
    assert "at least" in text.lower()
    assert not [words for words in PLAIN if words in text]


def test_the_review_carries_since_when_on_every_day(overdue: World) -> None:
    assert (found(overdue).delinquent_since, found(overdue).state) == (TODAY - 10 * DAY, State.DEFICIENT)
    assert (found(overdue).asked_amount, found(overdue).ask_for is None) == (None, False)
    Delinquency.objects.get().end(on=TODAY, by=overdue.jordan, today=TODAY)
    review(None, TODAY - DAY)
    assert found(overdue).delinquent_since == TODAY - 10 * DAY, "the day before it was not over"
    review(None, TODAY)
    assert found(overdue).delinquent_since is None
    assert found(overdue).asked_amount == found(overdue).ask_for


@pytest.mark.parametrize("page", ["/bond/", "/", "/sheet/", "/improve/", "/review/"])
def test_each_page_says_it(overdue: World, page: str) -> None:
    is_manual(text_of(signed_in(overdue, "robin"), page))


def test_the_page_names_no_amount_to_ask_for_among_its_choices(overdue: World) -> None:
    client = signed_in(overdue, "robin")
    client.post("/bond/what-if/", {"growth": "5"})
    said = text_of(client, "/bond/")
    is_manual(said)
    assert "At least, by the basic formula" in said
    assert "overdue bills are to be paid or protested first" in said
    asked = WhatIf.objects.get()
    client.post(f"/bond/what-if/{asked.pk}/send/")
    asked.refresh_from_db()
    is_manual(asked.said)
    supposed = signed_in(overdue, "robin").get("/bond/").context["judged"].supposed[0].outlook.ask_for
    assert supposed > 300_000
    assert f"at least, by the basic formula: $300,000 today, ${supposed:,.0f} for the year supposed." in asked.said


def test_the_liability_draws_no_next_bond_whose_amount_nobody_knows(overdue: World) -> None:
    page = signed_in(overdue, "robin").get("/bond/")
    assert page.context["judged"].outlook.half
    assert page.context["liability"] is None


@pytest.mark.parametrize("state", [*State])
def test_lines_mails_and_reminders_say_it_in_every_state(overdue: World, state: str) -> None:
    one = found(overdue)
    one.state, one.short_half = state, TODAY + 60 * DAY
    one.letter_on, one.remedy_by, one.in_force_by = TODAY, TODAY + 15 * DAY, TODAY + 30 * DAY
    line = one_line(one, TODAY)
    _, told = words_of(one, TODAY)
    if state == State.REPLACED:
        assert line == "replaced by a new bond"
        return
    is_manual(line)
    if state != State.ENDED:  # nothing to ask for: it is over
        is_manual(told)
        assert "at least $300,000" in told
        is_manual(with_what_is_announced(one, one.bond.amount, TODAY))


def test_the_monthly_report_says_it(overdue: World) -> None:
    month = last_month(TODAY)
    is_manual(mail_of(report_of(overdue.quillard, overdue.robin, month, TODAY), []))
    standing = standing_of(overdue.quillard, TODAY)
    assert standing
    is_manual(stands(standing, TODAY))


def test_the_api_names_the_day_and_no_amount_to_ask_for(overdue: World) -> None:
    [told] = [
        one for one in signed_in(overdue, "robin").get("/api/v1/bonds/").json()["results"] if one["number"] == "B1"
    ]
    assert (told["delinquent_since"], told["amount_to_ask_for"]) == (f"{TODAY - 10 * DAY:%Y-%m-%d}", None)
    assert told["required_amount"] == "300000.00"


def test_a_bond_that_is_enough_is_listed_where_bills_are_overdue(world: World, bond: Bond) -> None:
    Bond.objects.filter(pk=bond.pk).update(amount=Decimal(900_000))
    review(None, TODAY)
    look_ahead([world.quillard.pk], TODAY)
    client = signed_in(world, "hq")
    assert not client.get("/bonds/").context["rows"]
    Delinquency.record(world.quillard, since=TODAY, by=world.hq, today=TODAY)
    review(None, TODAY)
    for path in ("/bonds/", "/bonds/?state=manual"):
        assert [(one.bond, one.state) for one, _, _ in client.get(path).context["rows"]] == [(bond, "sufficient")]
    said = text_of(client, "/bonds/")
    assert "of <b>1</b> the amount is for manual determination" in said
    assert "For manual determination 1" in said
    sheet = client.get("/bonds/?download=csv").content.decode()
    assert "For Manual Determination Since" in sheet
    assert f"{TODAY:%Y-%m-%d}" in sheet
    BondReview.objects.update(state="replaced")
    assert not client.get("/bonds/").context["rows"], "another took its place"
