"""The amount of a continuous bond of activity 1 by CBP's published formula ("Reviewers (1)"). Pure."""

from decimal import ROUND_CEILING, Decimal

SHARE = Decimal("0.10")
FLOOR = Decimal(50_000)
STEP_CHANGES = Decimal(100_000)
SMALL_STEP, LARGE_STEP = Decimal(10_000), Decimal(100_000)


def required_amount(duties_taxes_fees: Decimal) -> Decimal:
    """The bond amount in dollars for the duties, taxes and fees of twelve months.

    A tenth of them, at least $50,000, rounded up to $10,000 until $100,000 and to $100,000 above (domain 1.1).
    Raises ValueError for a negative or non-finite amount, TypeError for anything but a Decimal.
    """
    if not isinstance(duties_taxes_fees, Decimal):
        raise TypeError("Money is Decimal: at the edges a cent decides.")
    if not duties_taxes_fees.is_finite() or duties_taxes_fees < 0:
        raise ValueError(f"Duties, taxes and fees cannot be {duties_taxes_fees}.")
    raw = SHARE * duties_taxes_fees
    if raw <= FLOOR:
        return FLOOR
    step = SMALL_STEP if raw <= STEP_CHANGES else LARGE_STEP
    return (raw / step).to_integral_value(ROUND_CEILING) * step


def step_above(amount: Decimal) -> Decimal:
    """The next amount that the formula knows above this one, in dollars."""
    if amount < FLOOR:
        return FLOOR
    step = SMALL_STEP if amount < STEP_CHANGES else LARGE_STEP
    return (amount // step + 1) * step


def most_for(amount: Decimal) -> Decimal | None:
    """The most duties, taxes and fees of twelve months for which a bond of this amount is enough; None where it never is.

    An amount between two steps serves as the lower one does: the formula asks for whole steps.
    """
    if amount < FLOOR:
        return None
    step = SMALL_STEP if amount <= STEP_CHANGES else LARGE_STEP
    return (amount // step) * step / SHARE


def headroom(duties_taxes_fees: Decimal, amount: Decimal) -> Decimal:
    """Dollars of duties, taxes and fees until a tenth of twelve months is the bond; negative where it is past (1.1)."""
    return amount / SHARE - duties_taxes_fees


def utilisation(duties_taxes_fees: Decimal, amount: Decimal) -> Decimal:
    """The share of the bond that a tenth of twelve months uses; 1 is all of it. `amount` above zero."""
    return SHARE * duties_taxes_fees / amount
