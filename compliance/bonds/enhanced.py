"""The 2004 formula for goods of agriculture and aquaculture under antidumping or countervailing duty. Pure; historic."""

from dataclasses import dataclass
from decimal import Decimal

from compliance.bonds.sufficiency import required_amount

#: Chapters of agriculture (01 to 24); fish, shrimp and what is made of them (03, 16) are among them.
LAST_CHAPTER = 24
MOST_RATE = Decimal(1_000)


@dataclass(frozen=True)
class Enhanced:
    """Dollars. basic: what the basic formula asks for; added: on top of it by the 2004 formula; total: both together, rounded
    up as the formula rounds."""

    basic: Decimal
    added: Decimal
    total: Decimal


def enhanced_amount(duties_taxes_fees: Decimal, value: Decimal, rate: Decimal) -> Enhanced:
    """The basic amount and the historic add-on: the rate at the order times the value of the year before (domain 1.2).

    duties_taxes_fees, value: dollars of twelve months, the value of the goods under the order alone. rate: percent. CBP
    announced it in 2004 for agriculture and aquaculture; a court found its use on shrimp arbitrary in 2009. Raises
    ValueError for amounts that cannot be.
    """
    for one in (value, rate):
        if not one.is_finite() or one < 0:
            raise ValueError("Value and rate are zero or more.")
    if rate > MOST_RATE:
        raise ValueError(f"A rate is at most {MOST_RATE} percent.")
    basic, added = required_amount(duties_taxes_fees), value * rate / 100
    # required_amount takes a year of duties, of which it asks for a tenth.
    return Enhanced(basic, added, required_amount((basic + added) * 10))
