"""The amount of a bond for one entry, by the table of domain 1.3. Pure: dollars in, dollars and the rule out."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.db.models import TextChoices

WAIVED_UP_TO = Decimal(2_500)
MOST = Decimal(10) ** 12


class Case(TextChoices):
    """What kind of goods or entry it is."""

    NORMAL = "normal", "Goods without restriction"
    AGENCY = "agency", "Goods that another agency regulates, or restricted goods without quota or visa"
    QUOTA = "quota", "Goods under quota or visa"
    TARIFF_RATE_QUOTA = "trq", "Tariff-rate quota that is likely filled at release"
    FREE = "free", "Unconditionally free and unrestricted goods"
    TEMPORARY = "temporary", "Temporary importation under bond"
    WAREHOUSE = "warehouse", "Warehouse entry"


@dataclass(frozen=True)
class Asked:
    """Dollars of one entry. full_duty: at the rate above the quota, for a tariff-rate quota alone."""

    case: str
    value: Decimal
    duty: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    full_duty: Decimal | None = None


@dataclass(frozen=True)
class Answer:
    """amount: whole dollars, rounded up (project default). sum: how it comes about; rule: where it is from; sure: whether a
    source at hand says it, and not only the usage of the trade."""

    amount: Decimal
    sum: str
    rule: str
    sure: bool = True
    note: str = ""


def _usd(value: Decimal) -> str:
    return f"${value:,.2f}".removesuffix(".00")


def single_entry_amount(asked: Asked) -> Answer:
    """What a bond for this one entry comes to. Raises ValueError for amounts that cannot be."""
    for what in (asked.value, asked.duty, asked.fees, asked.full_duty or Decimal(0)):
        if not what.is_finite() or not 0 <= what <= MOST:
            raise ValueError("Amounts lie between zero and a trillion dollars.")
    value, duty, fees = asked.value, asked.duty, asked.fees
    whole = f"{_usd(value)} of value, {_usd(duty)} of duty and taxes, {_usd(fees)} of fees"
    if asked.case in (Case.AGENCY, Case.QUOTA):
        return _rounded(
            3 * value, f"Three times {_usd(value)} of value; duty and fees add nothing", "Directive 3510-004"
        )
    if asked.case == Case.TARIFF_RATE_QUOTA:
        full = duty if asked.full_duty is None else asked.full_duty
        said = f"{_usd(value)} of value, {_usd(full)} of duty above the quota, {_usd(fees)} of fees"
        return _rounded(value + full + fees, said, "19 CFR 142.4(a)")
    if asked.case == Case.FREE:
        note = "It can be as low as this; the port decides, and the exact condition is not in a source at hand."
        return _rounded(value / 10, f"A tenth of {_usd(value)} of value", "Usage of the trade", sure=False, note=note)
    if asked.case == Case.TEMPORARY:
        note = "110 % for some classes of goods."
        said = f"Twice {_usd(duty)} of duty and taxes and {_usd(fees)} of fees"
        return _rounded(2 * (duty + fees), said, "19 CFR 10.31(f)", sure=False, note=note)
    if asked.case == Case.WAREHOUSE:
        said = f"Twice {_usd(duty)} of duty and taxes, and {_usd(fees)} of fees"
        return _rounded(2 * duty + fees, said, "Attributed to Directive 3510-004", sure=False)
    if asked.case != Case.NORMAL:
        raise ValueError("Choose what kind of entry it is.")
    note = ""
    if value <= WAIVED_UP_TO:
        note = (
            "Up to $2,500 of value the port director may waive the surety: the summary is filed and the duty deposited"
            " before release, and the importer owes nothing (19 CFR 142.4(c))."
        )
    return _rounded(value + duty + fees, whole, "Directive 3510-004", note=note)


def _rounded(amount: Decimal, said: str, rule: str, *, sure: bool = True, note: str = "") -> Answer:
    return Answer(amount.to_integral_value(ROUND_CEILING), said, rule, sure, note)
