"""The page of an account's bonds: how the one that counts comes about, who reads it, and how many statements it takes."""

import csv
import datetime
import re
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.bonds.models import Bond, BondStep, Delinquency
from compliance.bonds.reviewing import review
from examinations.figures.period import months_earlier
from examinations.models import DutyChange, EntryMonth
from inquiries.attached import attachment_of
from tests.compliance.bonds.conftest import BASE, TODAY, make_bonded, text_of
from tests.compliance.bonds.test_reviewing import deposit, make_bond, number_of
from tests.named_people import World, world_again
from tests.portal.test_every_address import signed_in

pytestmark = pytest.mark.django_db


def make_kept() -> tuple[World, Bond]:
    world = world_again()
    return world, make_bonded(world)


@pytest.fixture
def world(kept: tuple[World, Bond]) -> World:
    return kept[0]


@pytest.fixture
def bond(kept: tuple[World, Bond]) -> Bond:
    return kept[1]


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


def ledger(page: Any) -> dict[str, list[str]]:
    """Cells behind each step, by what the step is called."""
    table = page.content.decode().split('<table class="fin ledger')[1].split("</table>")[0]
    found = {}
    for row in table.split("<tr")[1:]:
        cells = [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in re.split("</t[dh]>", row)]
        found[cells[1].split(" Fees are")[0]] = [cell.split("> ")[-1] for cell in cells[2:] if cell]
    return found


def test_net_of_refunds_stands_beside_each_step_and_decides_nothing(world: World, bond: Bond) -> None:
    """Of $1,800,000 deposited $850,000 came back: $950,000 net would ask for $100,000; the bond of $200,000 is judged by the first."""
    months = EntryMonth.objects.filter(identifier=number_of(world.quillard))
    months.filter(month=months_earlier(TODAY, 2)).update(refunded=Decimal(850_000))
    page = signed_in(world, "robin").get("/bond/")
    steps = ledger(page)
    assert steps["Step"] == ["As deposited $ This decides", "Net of refunds $"]
    assert steps["Less refunds at liquidation The formula counts what was deposited"] == ["–", "−850,000"]
    assert steps["Together"] == ["1,800,000", "950,000"]
    assert steps["Ten percent of it"] == ["180,000", "95,000"]
    assert steps["Rounded up By $10,000 up to $100,000, by $100,000 above; $50,000 at least"] == ["200,000", "100,000"]
    assert steps["Your bond"] == ["200,000", "200,000"]
    assert steps["Used"] == ["90 %", "48 %"]
    assert [cells for name, cells in steps.items() if name.startswith("Headroom")] == [["200,000", "1,050,000"]]
    assert (page.context["judged"].required, page.context["judged"].state) == (200_000, "watch")


def test_where_nothing_was_refunded_there_is_one_column(world: World, bond: Bond) -> None:
    steps = ledger(signed_in(world, "robin").get("/bond/"))
    assert {len(cells) for cells in steps.values()} == {1}
    assert steps["Together, as deposited"] == ["1,800,000"]


def test_the_api_and_headquarters_list_tell_what_was_refunded(world: World, bond: Bond) -> None:
    months = EntryMonth.objects.filter(identifier=number_of(world.quillard))
    months.filter(month=months_earlier(TODAY, 2)).update(refunded=Decimal(850_000))
    review(None, TODAY)
    [told] = [one for one in signed_in(world, "robin").get("/api/v1/bonds/").json()["results"] if one["number"] == "B1"]
    assert (told["duties_taxes_fees"], told["refunded"], told["use"]) == ("1800000.00", "850000.00", "0.9000")
    hq = signed_in(world, "hq")
    assert "90 % <small>net 48 %</small>".replace(" ", "") in text_of(hq, "/bonds/").replace("\u00a0", "").replace(
        " ", ""
    )
    head, row = list(csv.reader(hq.get("/bonds/?download=csv").content.decode("utf-8-sig").splitlines()))[-2:]
    sheet = dict(zip(head, row, strict=True))
    assert (sheet["Duties, Taxes And Fees"], sheet["Refunded"], sheet["Use Net Of Refunds"]) == (
        "1800000.00",
        "850000.00",
        "0.4750",
    )


# ---- headroom, in words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "deed", "said"),
    [
        (200_000, None, "Enough today Used to 90 %. It holds another $200,000 of duties, taxes and fees."),
        (190_000, None, "Too small It lacks $10,000; used to 95 %. An amount between two steps serves as the lower one does."),
        (100_000, None, "Too small It lacks $100,000; used to 180 %. Duties, taxes and fees exceed what it holds by $800,000."),
        (200_000, "letter", "Too small by CBP’s letter By the published formula 90 % is used. By the formula it would hold another $200,000"),
        (100_000, "letter", "Too small by CBP’s letter By the published formula 180 % is used. Duties, taxes and fees exceed what it holds by $800,000."),
        (200_000, "overdue", "By the basic formula 90 % is used. By the formula it would hold another $200,000"),
        (100_000, "overdue", "By the basic formula 180 % is used. Duties, taxes and fees exceed what it holds by $800,000."),
    ],
)  # fmt: skip
def test_headroom_is_told_in_every_state(world: World, bond: Bond, amount: int, deed: str | None, said: str) -> None:
    Bond.objects.filter(pk=bond.pk).update(amount=amount)
    if deed == "letter":
        BondStep.record(bond, "letter", on=TODAY, by=world.robin, today=TODAY)
    if deed == "overdue":
        Delinquency.record(world.quillard, since=TODAY, by=world.hq, today=TODAY)
    paragraph, *_ = re.findall('<p class="say pad">(.*?)</p>', text_of(signed_in(world, "robin"), "/bond/"))
    assert said in " ".join(re.sub("<[^>]*>", "", paragraph).split())


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
        page = client.get(path)
        assert page.context["judged"].bond == one
        assert f"/inquiries/new/?about=bond:{one.pk}" in page.content.decode()
    assert "about=bond" not in signed_in(world, "jordan").get(BASE.format(world.quillard.pk)).content.decode()


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
