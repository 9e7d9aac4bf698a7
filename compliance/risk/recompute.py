"""Score all accounts, or some: one statement reads the inputs, array functions score, one statement writes."""

import dataclasses
import datetime
import io
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from django.db import connection, transaction

from accounts.models.account import IN_THE_DATA
from compliance.measurement.models import RateFit
from compliance.measurement.own_rates import years
from compliance.measurement.own_rates.reading import copied
from compliance.measurement.own_rates.recomputing import rates_on
from compliance.risk.factors import FACTORS, LIMIT
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.issues import in_force
from compliance.risk.model import Model
from compliance.risk.models.risk_model import LOCK, RiskModel
from compliance.risk.months import windows
from compliance.risk.score import bands_of, expected_loss, parts_of, score_of
from compliance.risk.trade import ONLY_IDS, count_missing

# Importers are summed by what they imported, brokers by what they filed; the ids stand inside each part, for a filter
# outside does not reach them. Only CBP's rows count: what an account uploads itself never enters risk. Months are whole
# ones before the day: a score of the past is computed again from what was the past then. A bond answers for all numbers
# on it; of several in force the newest counts, as on the page of the bond. Until rates are fitted everybody leans on a
# usual one: two in forty.
#: Inputs that are not a column of their name. Of a self-assessment what the manager reviewed last counts, and nobody's own
#: word; without one nobody's controls are weak. Late are actions of plans that are open now: that state has no past here.
OF = {
    "rate": "o.rate, (coalesce(y.reviews_wrong, 0) + 2)::float8 / (coalesce(y.reviews, 0) + 40)",
    "rate_low": "o.low",
    "rate_high": "o.high",
    "reviews": "y.reviews",
    "finds": "y.reviews_wrong + y.other_wrong",
    "controls_weak": "1 - assessed.reviewed / 100",
    "plan_overdue": "late.actions",
}
READ = f"""
WITH who AS MATERIALIZED (SELECT id, kind FROM accounts_account a WHERE {IN_THE_DATA} {{only_ids}}),
bond AS (
  SELECT DISTINCT ON (m.account_id) m.account_id, m.id, m.amount FROM bonds_bond m
  WHERE bond_type = '8' AND activity_code = '1' AND effective <= %(as_of)s
    AND (terminates IS NULL OR terminates > %(as_of)s) {{only_account}}
  ORDER BY m.account_id, effective DESC, m.number),
covered AS (
  SELECT c.bond_id, sum(m.duties_taxes_fees) AS duties_taxes_fees12
  FROM bonds_coverednumber c JOIN examinations_entrymonth m ON m.identifier_id = c.identifier_id
  WHERE m.source = 'cbp' AND m.month >= %(year)s AND m.month < %(this)s {{only_bonds}} GROUP BY c.bond_id),
bonded AS (
  SELECT bond.account_id, bond.amount AS bond_amount, duties_taxes_fees12
  FROM bond LEFT JOIN covered ON covered.bond_id = bond.id),
enrolled AS (
  SELECT account_id, max(coalesce(tier, 1)) FILTER (WHERE program = 'CTPAT') AS ctpat_tier,
         max((program = 'ISA')::int) AS isa
  FROM accounts_enrollment m WHERE (since IS NULL OR since <= %(as_of)s) {{only_account}} GROUP BY account_id),
assessed AS (
  SELECT DISTINCT ON (m.account_id) m.account_id, m.reviewed FROM controls_selfassessment m
  WHERE m.state = 'reviewed' AND m.reviewed_on <= %(as_of)s {{only_account}}
  ORDER BY m.account_id, m.reviewed_on DESC, m.year DESC),
late AS (
  SELECT m.account_id, count(*) AS actions FROM plans_action m JOIN plans_plan p ON p.id = m.plan_id
  WHERE m.due < %(as_of)s AND (m.done_on IS NULL OR m.done_on > %(as_of)s)
    AND (m.dropped_on IS NULL OR m.dropped_on > %(as_of)s) AND p.started_on <= %(as_of)s
    AND p.state NOT IN ('cured', 'closed') {{only_account}}
  GROUP BY m.account_id)
SELECT who.id::text, {", ".join(f"coalesce({OF.get(name, name)}, 0)::float8" for name in NAMES)}
FROM who
LEFT JOIN measurement_accountyear y ON y.account_id = who.id AND y.month = %(this)s
LEFT JOIN risk_tradefacts t ON t.account_id = who.id AND t.month = %(this)s
LEFT JOIN bonded ON bonded.account_id = who.id LEFT JOIN enrolled ON enrolled.account_id = who.id
LEFT JOIN assessed ON assessed.account_id = who.id
LEFT JOIN late ON late.account_id = who.id
LEFT JOIN measurement_ownrate o ON o.account_id = who.id AND o.as_of <= %(as_of)s
ORDER BY who.id
"""
SHAPE: dict[str, type[pl.DataType]] = {"id": pl.String} | dict.fromkeys(NAMES, pl.Float64)
PARTS = (*FACTORS, LIMIT)
COLUMNS = ("account_id", "as_of", "model_version", "score", "band", *PARTS, "expected_loss", *NAMES)
WHOLE = frozenset(
    {"entries12", "lines12", "reviews", "reviews_wrong", "reviews_major", "finds", "unsure_entries", "plan_overdue"}
    | {"new_suppliers", "new_origins", "new_headings", "ctpat_tier", "isa"}
)
STAGE = (
    # Two days scored in one transaction would find each other's staging.
    "DROP TABLE IF EXISTS pg_temp.scored;"
    "CREATE TEMPORARY TABLE scored (LIKE risk_assessment INCLUDING DEFAULTS) ON COMMIT DROP;"
    "ALTER TABLE scored DROP COLUMN id, ALTER COLUMN computed_at SET DEFAULT now()"
)
WRITE = """
INSERT INTO risk_assessment ({columns}, computed_at) SELECT {columns}, now() FROM scored
ON CONFLICT (account_id, as_of) DO UPDATE SET ({rest}, computed_at) = ROW ({excluded}, now())
WHERE ({old}) IS DISTINCT FROM ({excluded})
"""


def read_inputs(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[list[str], Inputs]:
    """The inputs of these accounts (all: None) as of a day: ids as text, and arrays in their order.

    What is not kept yet of the months before is counted first.
    """
    years.count_missing(accounts, as_of)
    count_missing(accounts, as_of)
    some = accounts is not None
    sql = READ.format(
        only_ids=ONLY_IDS if some else "",
        only_account="AND m.account_id = ANY (%(ids)s::uuid[])" if some else "",
        only_bonds="AND c.bond_id IN (SELECT id FROM bond)" if some else "",
    )
    parameters: dict[str, Any] = windows(as_of) | ({"ids": [str(pk) for pk in accounts]} if some else {})  # type: ignore[union-attr]
    rows = copied(_mogrified(sql, parameters), SHAPE)
    table = rows.drop("id").to_numpy()
    ids, given = rows["id"].to_list(), in_force(Inputs(*np.ascontiguousarray(table.T)), as_of)
    return ids, as_rated_then(ids, given, as_of) if ids and _rates_are_of_later(as_of) else given


def _mogrified(sql: str, parameters: dict[str, Any]) -> str:
    """COPY takes no parameters: they stand in the text, quoted by the driver."""
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, parameters).decode())


def _rates_are_of_later(as_of: datetime.date) -> bool:
    fitted = RateFit.objects.order_by("-pk").values_list("as_of", flat=True).first()
    return fitted is not None and fitted > as_of


def as_rated_then(ids: list[str], given: Inputs, as_of: datetime.date) -> Inputs:
    """The inputs with the rates that a fit of that day gives: those that are kept know what came later."""
    known, _, rated = rates_on(as_of)
    places = {account: place for place, account in enumerate(known.ids)}
    at = [places[account] for account in ids]
    found = rated.posterior
    return dataclasses.replace(given, rate=found.mean[at], rate_low=found.low[at], rate_high=found.high[at])


def _lines(ids: list[str], given: Inputs, as_of: datetime.date, model: Model) -> io.StringIO:
    """The rows to write, as COPY reads them."""
    parts = parts_of(given, model)
    score = score_of(parts)
    rows = pl.DataFrame(
        {"account_id": ids}
        | {"as_of": pl.repeat(as_of.isoformat(), len(ids), eager=True)}
        | {"model_version": pl.repeat(model.version, len(ids), eager=True)}
        | {"score": score / 100, "band": bands_of(score, model)}
        | {name: parts[name] / 100 for name in PARTS}
        | {"expected_loss": expected_loss(given, model).round(2)}
        | {name: getattr(given, name).astype(np.int64) if name in WHOLE else getattr(given, name) for name in NAMES}
    )
    # Shares go in to the last bit, so that the score can be computed again from them.
    return io.StringIO(rows.select(COLUMNS).write_csv(include_header=False, float_scientific=False))


def recompute(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date, model: Model | None = None) -> int:
    """Score accounts as of a day and keep the scores; None scores all. Returns how many were scored.

    model: None takes the one in force. Twice at once or dying half-way harms nothing: one lock, one transaction, one row
    an account and day; and while the lock is held no other model is put in force.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        model = model or RiskModel.active().weights
        ids, given = read_inputs(accounts, as_of)
        if ids:
            _write(cursor, _lines(ids, given, as_of, model))
    return len(ids)


def _write(cursor: Any, lines: io.StringIO) -> None:
    cursor.execute(STAGE)
    names = ", ".join(COLUMNS)
    cursor.copy_expert(f"COPY scored ({names}) FROM STDIN WITH (FORMAT csv)", lines)
    rest = COLUMNS[2:]
    cursor.execute(
        WRITE.format(
            columns=names,
            rest=", ".join(rest),
            old=", ".join(f"risk_assessment.{name}" for name in rest),
            excluded=", ".join(f"excluded.{name}" for name in rest),
        )
    )
