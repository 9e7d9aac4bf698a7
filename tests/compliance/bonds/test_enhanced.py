"""The historic add-on of 2004 for agriculture under antidumping or countervailing duty."""

from decimal import Decimal

import pytest

from compliance.bonds.enhanced import enhanced_amount
from compliance.bonds.models import Bond
from examinations.figures.period import months_earlier
from examinations.models import TradedGoods
from tests.compliance.bonds.conftest import TODAY, text_of
from tests.compliance.bonds.test_reviewing import number_of
from tests.named_people import World
from tests.portal.test_every_address import signed_in


def test_the_example_of_the_domain() -> None:
    found = enhanced_amount(Decimal(300_000), Decimal(1_200_000), Decimal("7.22"))
    assert (found.basic, found.added, found.total) == (50_000, 86_640, 200_000)
    assert enhanced_amount(Decimal(0), Decimal(0), Decimal(0)).total == 50_000


@pytest.mark.parametrize(("value", "rate"), [("-1", "1"), ("1", "-1"), ("NaN", "1"), ("1", "Infinity"), ("1", "1001")])
def test_nonsense_is_refused(value: str, rate: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        enhanced_amount(Decimal(0), Decimal(value), Decimal(rate))


@pytest.mark.django_db
def test_the_page_counts_agriculture_under_an_order_alone(world: World, bond: Bond) -> None:
    month = [months_earlier(TODAY, 2)]
    for hts, kind, value, source in (
        ("0306170003", "03", 1_200_000, "cbp"),
        ("8501104020", "03", 9_000, "cbp"),
        ("0306170003", "01", 90_000, "cbp"),
        ("0306170003", "03", 900_000, "own"),
    ):
        TradedGoods.objects.create(
            account=world.quillard, identifier=number_of(world.quillard), entry_type=kind, port="2704", hts=hts,
            origin="TH", months=month, values=[value], duties=[0], value=value, source=source,
        )  # fmt: skip
    client = signed_in(world, "robin")
    assert "<b>$1,200,000</b> of agriculture" in text_of(client, "/bond/enhanced/")
    said = text_of(client, "/bond/enhanced/?value=1200000&rate=7.22")
    assert "the $200,000 of the basic formula and $86,640 more" in said
    assert "<b>$300,000</b>" in said
    assert "applied only if CBP demands it" in said
    for asked in ("value=1&rate=-1", "value=x&rate=1", f"value={'9' * 20}&rate=1", "rate=NaN&value=1", "rate="):
        assert client.get(f"/bond/enhanced/?{asked}").context["found"] is None
