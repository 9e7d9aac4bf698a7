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
#: The inputs that any score of the round kept. A round is frozen in one statement, so each score keeps the same.
KEPT = """
SELECT array_agg(input) FROM unnest(%(names)s::text[]) AS input WHERE EXISTS (
  SELECT FROM selection_candidate WHERE round_id = %(round)s AND jsonb_typeof(inputs -> input) = 'number')
"""


def _sound(column: str) -> str:
    """What was kept, or null where it is no object, or holds anything but numbers under the names that are read."""
    there = f"CASE WHEN jsonb_typeof({column}) = 'object' THEN {column} ELSE '{{}}' END"
    return f"""(SELECT {column} WHERE jsonb_typeof({column}) = 'object' AND NOT EXISTS (
      SELECT FROM jsonb_each({there}) WHERE key = ANY (%({column.partition(".")[2]})s) AND jsonb_typeof(value) <> 'null'
        AND NOT pg_input_is_valid(value::text, 'float8')))"""


#: A part that an older score did not have counts as none; an input that it did not keep makes it one that cannot be
#: computed. What the list itself was ranked by are the columns, so they are held to it and not their copies. Forged is
#: what freezing cannot have written: no score beside inputs, fewer names than others of the round, no number.
READ = f"""
SELECT c.rank, c.score::float8 AS total, array_position(%(bands)s, c.band) - 1 AS band, c.expected_loss::float8 AS loss,
  c.value12::float8 AS ranked_value, c.duty12::float8 AS shown_duty,
  (c.score IS NULL OR sound.parts IS NULL OR sound.inputs IS NULL OR NOT jsonb_strip_nulls(sound.inputs) ?& %(kept)s::text[])::int AS forged,
  {", ".join(f"coalesce(p.{name}, 0)" for name in PARTS)}, {", ".join(f"i.{name}" for name in NAMES)}
FROM selection_candidate c
CROSS JOIN LATERAL (SELECT {_sound("c.parts")} AS parts, {_sound("c.inputs")} AS inputs OFFSET 0) AS sound
CROSS JOIN jsonb_to_record(coalesce(sound.parts, '{{}}')) AS p ({", ".join(f"{name} float8" for name in PARTS)})
CROSS JOIN jsonb_to_record(coalesce(sound.inputs, '{{}}')) AS i ({", ".join(f"{name} float8" for name in NAMES)})
WHERE c.round_id = %(round)s AND c.rank > %(after)s AND (c.score IS NOT NULL OR c.inputs <> '{{}}')
ORDER BY c.rank LIMIT {BATCH}
"""
COLUMNS = 7
#: Half a cent: amounts of money are the same that are nearer.
CENT = 0.005


@dataclass(frozen=True)
class Scores:
    """How many candidates had a score; of these, how many come out otherwise or cannot have been frozen so, and of how
    many the record is too old to hold every input, so that theirs is taken as it stands. model: by which; known: whether
    it is still there."""

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
    names = _kept_names(chosen.pk)
    while len(table := _batch(chosen.pk, after, names)):
        after = int(table[-1, 0])
        forged = table[:, COLUMNS - 1] != 0
        whole = ~np.isnan(table[:, COLUMNS + len(PARTS) :]).any(axis=1)
        many, unknown = many + len(table), unknown + int((~whole & ~forged).sum())
        kept = table[whole & ~forged]
        total, band, loss, value, duty = kept[:, 1 : COLUMNS - 1].T
        given = Inputs(*kept[:, COLUMNS + len(PARTS) :].T)
        parts = parts_of(given, model)
        score = score_of(parts)
        stored = kept[:, COLUMNS : COLUMNS + len(PARTS)]
        same = (np.column_stack([parts[name] for name in PARTS]) == np.rint(stored * 100)).all(axis=1)
        same &= (score == np.rint(total * 100)) & (band_numbers(score, model) == band)
        for now, then in ((expected_loss(given, model), loss), (given.value12, value), (given.duty12, duty)):
            same &= np.abs(now - then) <= CENT + 1e-9 * np.abs(then)
        differing += int(forged.sum()) + int((~same).sum())
    return Scores(many, differing, unknown, model.version)


def _kept_names(round_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"round": round_id, "names": list(NAMES)})
        return list(cursor.fetchone()[0] or ())


def _batch(round_id: int, after: int, kept: list[str]) -> Floats:
    given = {"round": round_id, "after": after, "bands": list(BANDS), "kept": kept}
    with connection.cursor() as cursor:
        cursor.execute(READ, given | {"parts": list(PARTS), "inputs": list(NAMES)})
        rows = cursor.fetchall()
    return np.array(rows, dtype=np.float64).reshape(len(rows), COLUMNS + len(PARTS) + len(NAMES))
