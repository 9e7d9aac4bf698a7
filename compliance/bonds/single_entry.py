"""The amount of a bond for one entry, by the table of domain 1.3. Pure: dollars in, dollars and the rule out."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.db.models import TextChoices

WAIVED_UP_TO = Decimal(2_500)
MOST = Decimal(10) ** 12
TRADE = "Usage of the trade"


class Case(TextChoices):
    """What kind of goods or entry it is."""

    NORMAL = "normal", "Goods without restriction"
    AGENCY = "agency", "Goods that another agency regulates, or restricted goods without quota or visa"
    QUOTA = "quota", "Goods under quota or visa"
    TARIFF_RATE_QUOTA = "trq", "Tariff-rate quota that is likely filled at release"
    REDUCED = "reduced", "Conditionally free, or at a reduced duty, by a claimed preference"
    FREE = "free", "Unconditionally free and unrestricted goods"
    TEMPORARY = "temporary", "Temporary importation under bond"
    WAREHOUSE = "warehouse", "Warehouse entry"


@dataclass(frozen=True)
class Asked:
    """Dollars of one entry. full_duty: at the rate above the quota, or without the claim, where the case has one."""

    case: str
    value: Decimal
    duty: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    full_duty: Decimal | None = None
    taxes: Decimal = Decimal(0)


@dataclass(frozen=True)
class Answer:
    """amount: whole dollars, rounded up (project default). sum: how it comes about; rule: where it is from; sure: whether
    more than one source at hand, or the rule itself, says it."""

    amount: Decimal
    sum: str
    rule: str
    sure: bool = True
    note: str = ""


def _usd(value: Decimal) -> str:
    return f"${value:,.2f}".removesuffix(".00")


def single_entry_amount(asked: Asked) -> Answer:
    """What a bond for this one entry comes to. Raises ValueError for amounts that cannot be."""
    for what in (asked.value, asked.duty, asked.taxes, asked.fees, asked.full_duty or Decimal(0)):
        if not what.is_finite() or not 0 <= what <= MOST:
            raise ValueError("Amounts lie between zero and a trillion dollars.")
    value, duty, other = asked.value, asked.duty, asked.taxes + asked.fees
    others = f"{_usd(asked.taxes)} of taxes, {_usd(asked.fees)} of fees"
    if asked.case in (Case.AGENCY, Case.QUOTA):
        said, quota = f"Three times {_usd(value)} of value; duty, taxes and fees add nothing", asked.case == Case.QUOTA
        return _rounded(3 * value, said, TRADE if quota else "Directive 3510-004", sure=not quota)
    if asked.case == Case.TARIFF_RATE_QUOTA:
        full = duty if asked.full_duty is None else asked.full_duty
        said = f"{_usd(value)} of value, {_usd(full)} of duty above the quota, {others}"
        return _rounded(value + full + other, said, "19 CFR 142.4(a)")
    if asked.case == Case.REDUCED:
        full = duty if asked.full_duty is None else asked.full_duty
        note = (
            "With the duty that is owed if the claim does not hold. Whether a bond must be set on it was brought before CBP"
            " (ruling HQ 113979), whose answer is in no source at hand: ask the port."
        )
        said = f"{_usd(value)} of value, {_usd(full)} of duty without the claim, {others}"
        return _rounded(value + full + other, said, "HQ 113979", sure=False, note=note)
    if asked.case == Case.FREE:
        note = "It can be as low as this; the port decides, and the exact condition is not in a source at hand."
        return _rounded(value / 10, f"A tenth of {_usd(value)} of value", TRADE, sure=False, note=note)
    if asked.case == Case.TEMPORARY:
        note = "110 % for some classes of goods."
        said = f"Twice the sum of {_usd(duty)} of duty, {others}"
        return _rounded(2 * (duty + other), said, "19 CFR 10.31(f)", sure=False, note=note)
    if asked.case == Case.WAREHOUSE:
        said = f"Twice {_usd(duty)} of duty, and once {others}"
        return _rounded(2 * duty + other, said, "Attributed to Directive 3510-004", sure=False)
    if asked.case != Case.NORMAL:
        raise ValueError("Choose what kind of entry it is.")
    note = ""
    if value <= WAIVED_UP_TO:
        note = (
            "Up to $2,500 of value the port director may waive the surety if the summary is filed and the duty"
            " deposited before release, and if the importer is not delinquent; not for goods under quota or that CBP may"
            " demand back (19 CFR 142.4(c))."
        )
    return _rounded(value + duty + other, f"{_usd(value)} of value, {_usd(duty)} of duty, {others}", TRADE, note=note)


def _rounded(amount: Decimal, said: str, rule: str, *, sure: bool = True, note: str = "") -> Answer:
    return Answer(amount.to_integral_value(ROUND_CEILING), said, rule, sure, note)
