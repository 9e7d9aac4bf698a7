"""The inputs of scores, read by one statement for all accounts or some."""

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from accounts.models.account import IN_THE_DATA
from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates import years
from compliance.measurement.own_rates.reading import copied
from compliance.measurement.own_rates.recomputing import rates_on
from compliance.risk.inputs import NAMES, Inputs
from compliance.risk.issues import in_force
from compliance.risk.months import windows
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
covered AS ({{covered}}),
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
SELECT who.id::text, (y.id IS NULL OR t.id IS NULL)::int, {", ".join(f"coalesce({OF.get(name, name)}, 0)" for name in NAMES)}
FROM who
LEFT JOIN measurement_accountyear y ON y.account_id = who.id AND y.month = %(this)s
LEFT JOIN risk_tradefacts t ON t.account_id = who.id AND t.month = %(this)s
LEFT JOIN bonded ON bonded.account_id = who.id LEFT JOIN enrolled ON enrolled.account_id = who.id
LEFT JOIN assessed ON assessed.account_id = who.id
LEFT JOIN late ON late.account_id = who.id
LEFT JOIN measurement_ownrate o ON o.account_id = who.id AND o.as_of <= %(as_of)s
ORDER BY who.id
"""
# Of everybody from what is kept; of some from the months, for a bond may cover numbers of others, of whom nothing is asked.
COVERED = """
  SELECT c.bond_id, sum(n.dues) AS duties_taxes_fees12
  FROM measurement_accountyear y CROSS JOIN LATERAL unnest(y.numbers, y.of_numbers) AS n (number, dues)
  JOIN bonds_coverednumber c ON c.identifier_id = n.number
  WHERE y.month = %(this)s GROUP BY c.bond_id"""
COVERED_OF_SOME = """
  SELECT c.bond_id, sum(n.dues) AS duties_taxes_fees12
  FROM bonds_coverednumber c CROSS JOIN LATERAL (
    SELECT sum(m.duties_taxes_fees) AS dues FROM examinations_entrymonth m
    WHERE m.identifier_id = c.identifier_id AND m.source = 'cbp' AND m.month >= %(year)s AND m.month < %(this)s) n
  WHERE c.bond_id IN (SELECT id FROM bond) GROUP BY c.bond_id"""
#: `missing`: nothing is kept of the months of this account.
SHAPE: dict[str, type[pl.DataType]] = {"id": pl.String, "missing": pl.Int64} | dict.fromkeys(NAMES, pl.Float64)


def read_inputs(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[list[str], Inputs]:
    """The inputs of these accounts (all: None) as of a day: ids as text, and arrays in their order.

    What is not kept yet of the months before is counted, and all read once more.
    """
    some = accounts is not None
    sql = READ.format(
        only_ids=ONLY_IDS if some else "",
        only_account="AND m.account_id = ANY (%(ids)s::uuid[])" if some else "",
        covered=COVERED_OF_SOME if some else COVERED,
    )
    parameters: dict[str, Any] = windows(as_of) | ({"ids": [str(pk) for pk in accounts]} if some else {})  # type: ignore[union-attr]
    statement = _mogrified(sql, parameters)
    rows = _read(statement, everybody=not some)
    if len(rows) and rows["missing"].max():
        years.count_missing(accounts, as_of)
        count_missing(accounts, as_of)
        rows = _read(statement, everybody=not some)
    table = rows.select(NAMES).to_numpy()
    ids, given = rows["id"].to_list(), in_force(Inputs(*np.ascontiguousarray(table.T)), as_of)
    return ids, as_rated_then(ids, given, as_of) if ids and _rates_are_of_later(as_of) else given


def _read(statement: str, *, everybody: bool) -> pl.DataFrame:
    if not everybody:
        return copied(statement, SHAPE)
    with connection.cursor() as cursor:
        # The planner does not know how many numbers an account has: of everybody it would look each of them up.
        cursor.execute("SET LOCAL enable_nestloop = off")
        rows = copied(statement, SHAPE)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return rows


def _mogrified(sql: str, parameters: dict[str, Any]) -> str:
    """COPY takes no parameters: they stand in the text, quoted by the driver."""
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, parameters).decode())


def _rates_are_of_later(as_of: datetime.date) -> bool:
    fitted = RateFit.objects.order_by("-pk").values_list("as_of", flat=True).first()
    return fitted is not None and (fitted > as_of or OwnRate.objects.filter(as_of__gt=as_of).exists())


def as_rated_then(ids: list[str], given: Inputs, as_of: datetime.date) -> Inputs:
    """The inputs with the rates that a fit of that day gives: those that are kept know what came later."""
    known, _, rated = rates_on(as_of)
    places = {account: place for place, account in enumerate(known.ids)}
    at = [places[account] for account in ids]
    found = rated.posterior
    return dataclasses.replace(given, rate=found.mean[at], rate_low=found.low[at], rate_high=found.high[at])
