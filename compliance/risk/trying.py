"""What a model would change: ranks and bands under it and under the one in force, from the stored inputs."""

import dataclasses
from typing import Any

import numpy as np
from django.db import connection

from accounts.models.account import IN_THE_DATA
from compliance.risk.inputs import NAMES, Inputs, Points
from compliance.risk.model import Model
from compliance.risk.score import BANDS, band_numbers, expected_loss, parts_of, score_of

#: So many accounts are told by name; of all others their number.
TOLD = 50
# Of each account the score that stands.
NEWEST = f"""
SELECT a.id::text, a.name, n.as_of, {", ".join(f"n.{name}::float8" for name in NAMES)}
FROM accounts_account a JOIN risk_assessment n ON n.account_id = a.id AND n.stands
WHERE {IN_THE_DATA} ORDER BY a.id
"""


@dataclasses.dataclass(frozen=True)
class Standing:
    """score in hundredths; rank: 1 is the highest, ties by expected loss; band: a number, 0 low."""

    score: Points
    rank: Points
    band: Points


def standing(given: Inputs, model: Model) -> Standing:
    """Scores, ranks and bands of all accounts together. Pure."""
    score = score_of(parts_of(given, model))
    order = np.lexsort((-expected_loss(given, model), -score))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return Standing(score, rank, band_numbers(score, model))


def compared(ids: list[str], names: list[str], given: Inputs, model: Model, now: Model) -> dict[str, Any]:
    """Counts by band before and after, whose rank moves most, who changes band. Pure; plain values for a JSON column."""
    then, today = standing(given, model), standing(given, now)
    bands = [[int(((today.band == a) & (then.band == b)).sum()) for b in range(3)] for a in range(3)]
    moved = np.abs(then.rank - today.rank)
    most = np.lexsort((then.rank, -moved))[:TOLD]
    crossing = np.flatnonzero(then.band != today.band)
    crossing = crossing[np.lexsort((then.rank[crossing], -np.abs(then.band - today.band)[crossing]))]

    def row(place: int) -> dict[str, Any]:
        return {
            "account": ids[place],
            "name": names[place],
            "rank": [int(today.rank[place]), int(then.rank[place])],
            "score": [int(today.score[place]), int(then.score[place])],
            "band": [BANDS[today.band[place]], BANDS[then.band[place]]],
        }

    return {
        "bands": bands,
        "moves": [row(place) for place in most if moved[place]],
        "moved": int((moved > 0).sum()),
        "crossing": [row(place) for place in crossing[:TOLD]],
        "crossed": len(crossing),
    }


def compare(model: Model, now: Model) -> dict[str, Any] | None:
    """The fields of a TryOut; None where no account has a score."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        rows = cursor.fetchall()
    if not rows:
        return None
    table = np.array([row[3:] for row in rows], dtype=np.float64)
    ids, names = [row[0] for row in rows], [row[1] for row in rows]
    found = compared(ids, names, Inputs(*table.T), model, now)
    return {"as_of": max(row[2] for row in rows), "accounts": len(rows), "found": found}
