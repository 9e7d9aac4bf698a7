"""The scores of a round computed again from what was frozen of each candidate, by the model that the round names."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection

from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.inputs import NAMES, Floats, Inputs
from compliance.risk.models import RiskModel
from compliance.risk.score import BANDS, band_numbers, expected_loss, parts_of, score_of

if TYPE_CHECKING:
    from compliance.selection.models.round import Round

PARTS = (*FACTORS, LIMIT)
#: Candidates that are in memory at once.
BATCH = 10_000
#: A part that an older score did not have counts as none; an input that it did not keep makes it one that cannot be
#: computed. What the list itself was ranked by are the columns, so they are held to it and not their copies.
READ = f"""
SELECT c.rank, c.score::float8 AS total, array_position(%(bands)s, c.band) - 1 AS band, c.expected_loss::float8 AS loss,
  c.value12::float8 AS ranked_value, c.duty12::float8 AS shown_duty,
  {", ".join(f"coalesce(p.{name}, 0)" for name in PARTS)}, {", ".join(f"i.{name}" for name in NAMES)}
FROM selection_candidate c
CROSS JOIN jsonb_to_record(c.parts) AS p ({", ".join(f"{name} float8" for name in PARTS)})
CROSS JOIN jsonb_to_record(c.inputs) AS i ({", ".join(f"{name} float8" for name in NAMES)})
WHERE c.round_id = %(round)s AND c.rank > %(after)s AND c.score IS NOT NULL ORDER BY c.rank LIMIT {BATCH}
"""
COLUMNS = 6
#: Half a cent: amounts of money are the same that are nearer.
CENT = 0.005


@dataclass(frozen=True)
class Scores:
    """How many candidates had a score; of these, how many come out otherwise, and of how many the record is too old to
    hold every input, so that theirs is taken as it stands. model: by which; known: whether it is still there."""

    many: int
    differing: int
    unknown: int
    model: int
    known: bool = True


def computed_again(chosen: "Round") -> Scores:
    """Compute every score of a round again, a batch at a time.

    A score comes out where each part, their sum, the band, the expected loss, and the value and duty beside it do.
    """
    row = RiskModel.objects.filter(number=chosen.model_version).first()
    if row is None:
        scored = chosen.candidates.exclude(score=None).count()
        return Scores(scored, 0, scored, chosen.model_version, known=False)
    model = row.weights
    many = differing = unknown = after = 0
    while len(table := _batch(chosen.pk, after)):
        after = int(table[-1, 0])
        whole = ~np.isnan(table[:, COLUMNS + len(PARTS) :]).any(axis=1)
        many, unknown = many + len(table), unknown + int((~whole).sum())
        kept = table[whole]
        total, band, loss, value, duty = kept[:, 1:COLUMNS].T
        given = Inputs(*kept[:, COLUMNS + len(PARTS) :].T)
        parts = parts_of(given, model)
        score = score_of(parts)
        stored = kept[:, COLUMNS : COLUMNS + len(PARTS)]
        same = (np.column_stack([parts[name] for name in PARTS]) == np.rint(stored * 100)).all(axis=1)
        same &= (score == np.rint(total * 100)) & (band_numbers(score, model) == band)
        for now, then in ((expected_loss(given, model), loss), (given.value12, value), (given.duty12, duty)):
            same &= np.abs(now - then) <= CENT + 1e-9 * np.abs(then)
        differing += int((~same).sum())
    return Scores(many, differing, unknown, model.version)


def _batch(round_id: int, after: int) -> Floats:
    with connection.cursor() as cursor:
        cursor.execute(READ, {"round": round_id, "after": after, "bands": list(BANDS)})
        rows = cursor.fetchall()
    return np.array(rows, dtype=np.float64).reshape(len(rows), COLUMNS + len(PARTS) + len(NAMES))
