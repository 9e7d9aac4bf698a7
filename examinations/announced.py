"""What changes of duty would have added to the last twelve whole months, by importer number and month."""

import datetime
import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from examinations.models import DutyChange
from examinations.nomenclature import with_provinces


@dataclass(frozen=True)
class Added:
    """What one change would have added in one month. change: its place among those asked about, from 0. value, duty: of
    the rows that it touches, in dollars; added: dollars of duty, below zero where less would have been due, None where
    value does not tell."""

    change: int
    account: uuid.UUID
    identifier: int
    month: datetime.date
    value: Decimal
    duty: Decimal
    added: Decimal | None


def shortest(prefixes: Iterable[str]) -> list[str]:
    """The prefixes that no other of them begins: what two of them touch must count once."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


def as_data(changes: Sequence[DutyChange]) -> str:
    """The terms of changes as the database's function `duty_added` takes them. Saved or not."""
    return json.dumps(
        [
            {
                "place": place,
                "prefixes": shortest(one.prefixes) or [""],
                "excluded": shortest(one.excluded_prefixes),
                "origins": with_provinces(one.origins),
                "exempt": list(one.exempt_preferences),
                "accounts": [str(pk) for pk in one.accounts],
                "replaces": one.kind == DutyChange.Kind.REPLACES,
                "points": None if one.points is None else str(one.points),
            }
            for place, one in enumerate(changes)
        ]
    )


def added(
    changes: Sequence[DutyChange],
    first_month: datetime.date,
    last_month: datetime.date,
    *,
    accounts: Collection[uuid.UUID] | None = None,
) -> list[Added]:
    """What each change would have added to the entries of these months, both included; one statement.

    Of CBP's entries whose duty is deposited, and as far as whoever asks may read them: a worker all. accounts: of these
    alone. The days from which a change counts play no part: it is laid on the months as they were.
    """
    given: list[Any] = [as_data(changes), first_month, last_month]
    given.append(None if accounts is None else [str(pk) for pk in accounts])
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM duty_added(%s, %s, %s, %s::uuid[])", given)
        return [Added(*row) for row in cursor.fetchall()]
