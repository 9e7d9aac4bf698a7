"""The pages of bonds: what each person reads, what nonsense is answered with, and how many statements they take."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.models import Bond, BondReview, BondStep, Delinquency, PathErrors, WhatIf
from compliance.bonds.paths import errors_of
from compliance.bonds.reviewing import review
from examinations.figures.period import months_earlier
from examinations.models import DutyChange, EntryMonth, TradedGoods
from inquiries.attached import attachment_of
from tests.compliance.bonds.test_paths import world as months_of_many
from tests.compliance.bonds.test_reviewing import deposit, make_bond, number_of
from tests.named_people import World, make_account
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
BASE = "/accounts/{}/bond/"


@pytest.fixture
def bond(world: World) -> Bond:
    """Quillard's bond of $200,000, used to ninety percent, month by month the same; errors of many are known."""
    EntryMonth.objects.all().delete()
    partner = make_account("Partner Goods", "importer", "96-333333300")
    made = make_bond(world, "B1", world.quillard, 200_000, others=[number_of(partner)], riders=["RECON"])
    make_bond(world, "B2", world.quillard, 50_000, activity_code="2")
    for back in range(1, 25):
        deposit(number_of(world.quillard), months_earlier(TODAY, back), 100_000, mpf=4_000, estimated_entries=1)
        deposit(number_of(partner), months_earlier(TODAY, back), 50_000)
    months = months_of_many(1)
    errors = errors_of(months[:, :12], months[:, 12:24])
    assert errors is not None
    PathErrors.objects.create(month=TODAY.replace(day=1), data=errors.as_data())
    review(None, TODAY)
    look_ahead([world.quillard.pk], TODAY)
    return made


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_tells_each_step_and_the_sum_of_all_numbers(world: World, bond: Bond) -> None:
    page = signed_in(world, "robin").get("/bond/")
    judged = page.context["judged"]
    assert (judged.total, judged.required, judged.use) == (1_800_000, 200_000, Decimal("0.9"))
    assert judged.headroom == 200_000
    said = " ".join(page.content.decode().split())
    for words in (
        "by CBP’s published formula",
        "partly estimated",
        "1,800,000",
        "180,000",
        "a number of another company",
        "Reconciliation",
    ):
        assert words in said, words
    assert "custodian" in said
    assert "CBP finds" not in said


def test_the_page_and_the_kept_review_say_the_same(world: World, bond: Bond) -> None:
    judged = signed_in(world, "robin").get("/bond/").context["judged"]
    kept = bond.review  # type: ignore[attr-defined]
    assert judged.state == kept.state
    assert (judged.outlook.half, judged.outlook.early, judged.outlook.ask_for) == (
        kept.short_half,
        kept.short_early,
        kept.ask_for,
    )
    assert round(judged.outlook.passes, 4) == float(kept.passes)


@pytest.mark.parametrize("name", ["robin", "lee", "jordan", "hq"])
def test_the_principals_side_reads_it(world: World, bond: Bond, name: str) -> None:
    path = "/bond/" if name in ("robin", "lee") else BASE.format(world.quillard.pk)
    assert signed_in(world, name).get(path).context["judged"].bond == bond


@pytest.mark.parametrize("name", ["sam", "billie", "morgan", "expert"])
def test_nobody_else_finds_it(world: World, bond: Bond, name: str) -> None:
    client = signed_in(world, name)
    assert client.get(BASE.format(world.quillard.pk)).status_code == 404
    for path in (f"{bond.pk}/step/", "what-if/", "delinquency/"):
        assert client.post(BASE.format(world.quillard.pk) + path, {}).status_code == 404


def test_a_user_of_anothers_bond_sees_that_it_stands_on_it_and_no_sums(world: World, bond: Bond) -> None:
    bond.covered.create(
        identifier=number_of(world.stranger), account=world.stranger, principal_account=world.quillard, role="USER"
    )
    page = signed_in(world, "sam").get(f"/bond/?bond={bond.pk}")
    assert page.context["judged"] is None
    said = page.content.decode()
    assert "its principal is another company" in said
    assert "1,800,000" not in said
    assert "96-333333300" not in said


def test_two_continuous_bonds_of_one_number_are_a_fault_in_the_data(world: World, bond: Bond) -> None:
    assert "A fault in the data" not in text_of(signed_in(world, "robin"), "/bond/")
    make_bond(world, "B9", world.quillard, 100_000)
    assert "A fault in the data" in text_of(signed_in(world, "robin"), "/bond/")


def test_own_uploads_are_marked_for_their_account_alone(world: World, bond: Bond) -> None:
    deposit(number_of(world.quillard), months_earlier(TODAY, 1), 77_777, source="own")
    own = text_of(signed_in(world, "robin"), "/bond/")
    assert "from you" in own
    assert "$77,777" in own
    assert "1,800,000" in own
    for name in ("jordan", "hq"):
        assert "77,777" not in text_of(signed_in(world, name), BASE.format(world.quillard.pk))


def test_an_announced_change_is_named_and_moves_the_month(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    before = client.get("/bond/").context["judged"].outlook
    months = [months_earlier(TODAY, back) for back in range(12, 0, -1)]
    TradedGoods.objects.create(
        account=world.quillard, identifier=number_of(world.quillard), entry_type="01", port="2704", hts="8501104020",
        origin="CN", months=months, values=[100_000] * 12, duties=[0] * 12, value=1_200_000,
    )  # fmt: skip
    DutyChange.objects.announce(
        by=world.hq, name="Motors rise", prefixes=["8501"], origins=["CN"], points=Decimal(50), first=TODAY
    )
    page = client.get("/bond/")
    after = page.context["judged"].outlook
    assert after.short is not None
    assert before.short is None
    assert after.passes > before.passes
    assert "Motors rise" in page.content.decode()
    assert after.early is not None
    assert "ten of the 100 by" in page.content.decode()
    client.post("/bond/what-if/", {"without_announced": "on", "growth": "0"})
    assert client.get("/bond/").context["judged"].supposed[0].outlook.passes == before.passes


def test_an_announced_change_that_value_does_not_tell_is_named_and_counts_nothing(world: World, bond: Bond) -> None:
    months = [months_earlier(TODAY, back) for back in range(12, 0, -1)]
    TradedGoods.objects.create(
        account=world.quillard, identifier=number_of(world.quillard), entry_type="01", port="2704", hts="8501104020",
        origin="CN", months=months, values=[100_000] * 12, duties=[0] * 12, value=1_200_000,
    )  # fmt: skip
    client = signed_in(world, "robin")
    before = client.get("/bond/").context["judged"].outlook
    DutyChange.objects.announce(by=world.hq, name="Motors by weight", prefixes=["8501"], points=None, first=TODAY)
    page = client.get("/bond/")
    judged, said = page.context["judged"], " ".join(page.content.decode().split())
    assert [(one.change.name, one.value, one.a_year) for one in judged.announced] == [
        ("Motors by weight", 1_200_000, None)
    ]
    assert (judged.outlook.passes, judged.outlook.ask_for) == (before.passes, before.ask_for)
    assert "is announced and not in the forecast" in said
    assert "cannot be estimated from value" in said
    look_ahead([world.quillard.pk], TODAY)
    assert bond.review.ask_for == before.ask_for  # type: ignore[attr-defined]


# ---- what if -----------------------------------------------------------------------------------------------------


def test_several_changes_at_once_are_kept_and_sent(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    sent = {
        "c1-prefix": "8501",
        "c1-origin": "China",
        "c1-points": "25",
        "c1-first": "",
        "c2-origin": "MX",
        "c2-points": "-5",
        "growth": "12.5",
    }
    for _ in range(4):
        assert client.post("/bond/what-if/", sent).status_code == 302
    assert WhatIf.objects.count() == 3
    said = text_of(client, "/bond/")
    assert "8501 from China +25 points" in said
    assert "imports grow by 12.5 %" in said
    newest = WhatIf.objects.first()
    assert newest
    assert [one["origin"] for one in newest.changes] == ["CN", "MX"]
    assert client.post(f"/bond/what-if/{newest.pk}/send/").status_code == 302
    newest.refresh_from_db()
    assert "Amount to ask for by CBP’s published formula" in newest.said
    assert signed_in(world, "lee").post(f"/bond/what-if/{newest.pk}/send/").status_code == 404
    manager = signed_in(world, "jordan")
    assert manager.post(BASE.format(world.quillard.pk) + f"what-if/{newest.pk}/send/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"growth": "NaN"},
        {"growth": "1" * 20},
        {"growth": "-101"},
        {"c1-prefix": "motors", "c1-points": "5"},
        {"c1-prefix": "8501"},
        {"c1-points": "5"},
        {"c1-prefix": "8501", "c1-points": "NaN"},
        {"c1-prefix": "8501", "c1-points": "1e30"},
        {"c1-prefix": "8501", "c1-points": "-501"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-first": "01/01/1999"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-first": "13/45/2026"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-origin": "Atlantis"},
        {"c1-prefix": "8501", "c1-points": "5", "c1-origin": "x" * 900},
        {"c3-prefix": "<script>", "c3-points": "5"},
    ],
)
def test_nonsense_is_refused_beside_its_field(world: World, bond: Bond, sent: dict[str, str]) -> None:
    response = signed_in(world, "robin").post("/bond/what-if/", sent)
    assert response.status_code == 400
    assert not WhatIf.objects.exists()
    assert "<script>" not in response.content.decode().split("<main")[1].split("</main")[0]


# ---- letters -----------------------------------------------------------------------------------------------------


def test_a_letter_is_entered_with_its_date_and_its_days_run(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    dated = TODAY - datetime.timedelta(days=5)
    assert client.post(f"/bond/{bond.pk}/step/", {"kind": "letter", "on": f"{dated:%m/%d/%Y}"}).status_code == 302
    page = client.get("/bond/")
    assert page.context["judged"].state == "notified"
    assert "in 10 days" in page.content.decode()
    response = client.post(f"/bond/{bond.pk}/step/", {"kind": "filed", "on": "01/01/2020"})
    assert response.status_code == 400
    assert client.post(f"/bond/{bond.pk}/step/", {"kind": "filed", "on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    assert client.get("/bond/").context["judged"].state == "termination_filed"
    assert BondStep.objects.filter(by=world.robin).count() == 2


def test_a_letter_that_is_insufficient_at_once_gives_no_days(world: World, bond: Bond) -> None:
    BondStep.record(bond, "at_once", on=TODAY, by=world.robin, today=TODAY)
    review(None, TODAY)
    assert bond.review.days_left(TODAY) is None  # type: ignore[attr-defined]
    page = signed_in(world, "robin").get("/bond/")
    assert page.context["judged"].days_left is None
    said = " ".join(page.content.decode().split())
    assert "The letter gives no days" in said
    assert "the old bond has ended, the new one is in force" not in said
    [row] = [one for one, _, _ in signed_in(world, "hq").get("/bonds/").context["rows"]]
    assert row.state == "immediate"
    sheet = signed_in(world, "hq").get("/bonds/?download=csv").content.decode()
    assert f"{TODAY + datetime.timedelta(days=30):%Y-%m-%d}" not in sheet
    assert f"{TODAY + datetime.timedelta(days=30):%m/%d/%Y}" not in sheet


def test_a_delinquent_account_is_for_manual_determination(world: World, bond: Bond) -> None:
    client, path = signed_in(world, "jordan"), BASE.format(world.quillard.pk)
    assert client.post(f"{path}delinquency/", {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    assert "manual determination" in text_of(signed_in(world, "robin"), "/bond/")
    tomorrow = TODAY + datetime.timedelta(days=1)
    assert client.post(f"{path}delinquency/", {"on": f"{tomorrow:%m/%d/%Y}"}).status_code == 400
    assert Delinquency.objects.get().until is None
    assert client.post(f"{path}delinquency/", {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 302
    assert "manual determination" not in text_of(signed_in(world, "robin"), "/bond/")
    assert signed_in(world, "robin").post("/bond/delinquency/", {"on": f"{TODAY:%m/%d/%Y}"}).status_code == 404


# ---- the others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["bond=999999999999999999999", "bond=x", "bond=-1", "bond=%00"])
def test_an_unknown_bond_shows_the_one_that_counts(world: World, bond: Bond, query: str) -> None:
    assert signed_in(world, "robin").get(f"/bond/?{query}").context["judged"].bond == bond


def test_a_bond_attached_to_a_question_opens_on_its_page(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    older = make_bond(
        world, "B0", world.quillard, effective=datetime.date(2020, 1, 1), terminates=datetime.date(2024, 1, 1)
    )
    for one in (bond, older):
        path = attachment_of(one, world.quillard, world.robin).path
        assert client.get(path).context["judged"].bond == one


def test_one_entrys_bond_is_worked_out_and_nonsense_is_not(world: World) -> None:
    client = signed_in(world, "robin")
    assert "$43,150" in text_of(client, "/bond/single-entry/?case=normal&value=40000&duty=3011.44&fees=138.56")
    assert "$2,550" in text_of(client, "/bond/single-entry/?case=warehouse&value=10000&duty=1000&taxes=500&fees=50")
    for asked in (
        "case=nonsense&value=1",
        "case=normal&value=-1",
        "case=normal&value=NaN",
        f"case=normal&value={'9' * 20}",
        "case=normal",
    ):
        assert client.get(f"/bond/single-entry/?{asked}").context["found"] is None


def test_bonds_in_trouble_by_days_left(world: World, bond: Bond) -> None:
    client = signed_in(world, "hq")
    assert [one.bond for one, _, _ in client.get("/bonds/").context["rows"]] == [bond]
    assert not signed_in(world, "morgan").get("/bonds/").context["rows"]
    assert [one.bond for one, _, _ in signed_in(world, "jordan").get("/bonds/?state=watch").context["rows"]] == [bond]
    assert not client.get("/bonds/?state=deficient").context["rows"]
    assert client.get("/bonds/?state=nonsense&page=99999999").context["rows"]
    assert b"B1" in client.get("/bonds/?download=csv").content
    assert client.get("/bonds/?download=xlsx").status_code == 200
    assert b"B2" in client.get(f"{BASE.format(world.quillard.pk)}?download=csv").content


def test_bonds_that_ended_and_that_are_expected_to_become_too_small_are_listed(world: World, bond: Bond) -> None:
    client = signed_in(world, "hq")
    BondReview.objects.update(state="sufficient", short_half=None)
    assert "The one bond</b> in force is enough" in text_of(client, "/bonds/")
    BondReview.objects.update(state="ended")
    said = text_of(client, "/bonds/")
    assert "<b>No bond</b> is too small" in said
    assert "<b>1</b> ended without another in force" in said
    BondReview.objects.update(state="replaced")
    assert "No bond in force is reviewed yet" in text_of(client, "/bonds/")
    other = make_bond(world, "B7", world.stranger, 50_000)
    review([world.stranger.pk], TODAY)
    BondReview.objects.filter(bond=bond).update(state="sufficient", short_half=TODAY)
    BondReview.objects.filter(bond=other).update(state="deficient")
    page = client.get("/bonds/")
    assert [one.bond for one, _, _ in page.context["rows"]] == [other, bond]
    said = " ".join(page.content.decode().split())
    assert "<b>1 bond</b> is too small" in said
    assert "1 more is expected to become too small" in said
    assert [one.bond for one, _, _ in client.get("/bonds/?state=ahead").context["rows"]] == [bond]
    assert [one.bond for one, _, _ in signed_in(world, "jordan").get("/bonds/").context["rows"]] == [bond]


def test_a_bond_that_is_too_small_is_replaced_and_nobody_raises_it(world: World, bond: Bond) -> None:
    months = EntryMonth.objects.filter(identifier=number_of(world.quillard), month=months_earlier(TODAY, 2))
    months.update(duties_taxes_fees=1_100_000)
    client = signed_in(world, "robin")
    [fact] = [one for one in client.get("/improve/").context["facts"] if one.name == "Bond"]
    assert "ask your surety for a new bond of $300,000" in fact.to_do
    assert fact.page == ("/bond/", "The bond")
    assert "When is the bond replaced by one of $300,000?" in text_of(client, "/review/")


def test_the_api_tells_how_a_bond_stands_to_whoever_may_know(world: World, bond: Bond) -> None:
    bond.covered.create(
        identifier=number_of(world.stranger), account=world.stranger, principal_account=world.quillard, role="USER"
    )
    found = {one["number"]: one for one in signed_in(world, "robin").get("/api/v1/bonds/").json()["results"]}
    assert (found["B1"]["state"], found["B1"]["use"], found["B1"]["required_amount"]) == (
        "watch",
        "0.9000",
        "200000.00",
    )
    assert found["B1"]["headroom"] == "200000.00"
    assert found["B2"]["state"] is None
    told = signed_in(world, "sam").get("/api/v1/bonds/").json()["results"]
    assert [(one["number"], one["state"], one["use"]) for one in told] == [("B1", None, None)]


def test_the_page_takes_twelve_statements_of_its_own(world: World, bond: Bond) -> None:
    client = signed_in(world, "robin")
    client.post("/bond/what-if/", {"growth": "5"})
    DutyChange.objects.announce(by=world.hq, name="Motors", prefixes=["8501"], points=Decimal(5), first=TODAY)

    def statements(path: str) -> Any:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    assert statements("/bond/") - statements("/examinations/figures/definitions/") <= 12


def test_first_pages_say_it_in_one_line(world: World, bond: Bond) -> None:
    review_ = bond.review  # type: ignore[attr-defined]
    assert review_.state == "watch"
    dated = TODAY - datetime.timedelta(days=2)
    BondStep.record(bond, "letter", on=dated, by=world.robin, today=TODAY)
    review(None, TODAY)
    assert "CBP’s letter of" in text_of(signed_in(world, "robin"), "/")
    assert "Bonds in trouble" in text_of(signed_in(world, "jordan"), "/")
    assert "CBP must have received the request to end bond B1" in text_of(signed_in(world, "robin"), "/dates/")


def test_a_bond_that_is_too_small_is_said_so_once_with_what_to_do(world: World, bond: Bond) -> None:
    months = EntryMonth.objects.filter(identifier=number_of(world.quillard), month=months_earlier(TODAY, 2))
    months.update(duties_taxes_fees=1_100_000)
    review(None, TODAY)
    BondReview.objects.update(short_half=TODAY)
    said = text_of(signed_in(world, "robin"), "/")
    assert "more than you have" in said
    assert "Ask your surety for a larger bond" in said
    assert "Too small by CBP’s published formula" not in said


def test_what_was_seen_ahead_of_a_bond_that_ended_is_forgotten(world: World, bond: Bond) -> None:
    BondReview.objects.update(short_half=TODAY)
    Bond.objects.filter(pk=bond.pk).update(terminates=TODAY)
    review([world.quillard.pk], TODAY)
    look_ahead([world.quillard.pk], TODAY)
    found = BondReview.objects.get(bond=bond)
    assert (found.state, found.short_half, found.ask_for, found.ahead_on) == ("ended", None, None, None)


def test_staff_read_the_bond_and_its_people_your_bond(world: World, bond: Bond) -> None:
    assert signed_in(world, "robin").get("/bond/").context["chart"].limit_words.startswith("Your bond")
    for name in ("jordan", "hq"):
        chart = signed_in(world, name).get(BASE.format(world.quillard.pk)).context["chart"]
        assert chart.limit_words.startswith("The bond")


def test_the_band_of_paths_is_part_of_the_chart(world: World, bond: Bond) -> None:
    chart = signed_in(world, "robin").get("/bond/").context["chart"]
    assert (len(chart.known), len(chart.expected)) == (12, 12)
    assert all(one.low <= one.high for one in chart.expected)
    assert np.isclose(chart.known[-1].value, 180_000)
    assert chart.drawing(358, 300, right=12)["band"]
