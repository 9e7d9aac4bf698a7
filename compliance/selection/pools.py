"""Pools: a Center with its importers, all brokers, and importers whose Center nobody can tell. What each can carry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError

from accounts.models import Center
from compliance.selection.caseload import BROKERS, NO_CENTER
from compliance.selection.ranking import Standing

NAMES = {BROKERS: "Brokers", NO_CENTER: "Importers without a Center"}
MOST = Decimal(100_000)


def names() -> dict[str, str]:
    """Every pool by its code, Centers first."""
    return dict(Center.objects.values_list("code", "name")) | NAMES


def name_of(pool: str) -> str:
    """What a pool is called."""
    return NAMES.get(pool) or Center.objects.filter(pk=pool).values_list("name", flat=True).first() or pool


def parse_capacities(given: object) -> dict[str, str]:
    """Capacities by pool as they are kept: tenths, as text. Raises ValidationError for what is none."""
    if not isinstance(given, Mapping):
        raise ValidationError({"capacities": "Capacities are numbers by Center."})
    known, found = names(), {}
    for pool, text in given.items():
        if pool not in known:
            raise ValidationError({"capacities": f"There is no Center {pool}."})
        try:
            number = Decimal(str(text)).quantize(Decimal("0.1"))
        except InvalidOperation:
            raise ValidationError({"capacities": f"{known[pool]}: write the capacity as a number."}) from None
        if not number.is_finite() or number > MOST:
            raise ValidationError({"capacities": f"{known[pool]}: write a capacity of {MOST:,} at most."})
        if number < 0:
            raise ValidationError({"capacities": f"{known[pool]}: a capacity is zero or more."})
        found[pool] = str(number)
    return found


def refuse_too_small(capacities: Mapping[str, str], standings: Sequence[Standing]) -> None:
    """Raise ValidationError where a pool carries more than its capacity before anybody enters."""
    carried: dict[str, Decimal] = defaultdict(Decimal)
    for one in standings:
        if one.active:
            carried[one.pool] += one.weight
    for pool in sorted(carried):
        if carried[pool] > Decimal(capacities.get(pool, "0")):
            raise ValidationError(
                f"{name_of(pool)}: the capacity of {Decimal(capacities.get(pool, '0')):.1f} is below the present caseload of "
                f"{carried[pool]:.1f}. Set at least {carried[pool]:.1f}, or withdraw accounts first."
            )
