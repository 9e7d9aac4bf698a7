"""The inputs of scores, read for all accounts or some: one statement a source, whatever the number of accounts."""

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from accounts.models.account import IN_THE_DATA
from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates import years
from compliance.measurement.own_rates.reading import asked
from compliance.measurement.own_rates.recomputing import rates_on
from compliance.risk.bonded import bonded
from compliance.risk.inputs import NAMES, Floats, Inputs
from compliance.risk.issues import in_force
from compliance.risk.months import windows
from compliance.risk.trade import ONLY_IDS, count_missing

# Importers are summed by what they imported, brokers by what they filed. Only CBP's rows count: what an account uploads itself
# never enters risk. Months are whole ones before the day: a score of the past is computed again from what was the past then.
# Each table is read as it lies, and arrays put them beside each other: PostgreSQL would take three times as long to join
# fifty thousand rows of eight tables as to read them.
WHO = f"SELECT a.id FROM accounts_account a WHERE {IN_THE_DATA} {{only_ids}}"
YEAR = (
    *("value12", "duty12", "entries12", "lines12", "value_last_half", "value_half_before", "unsure_entries"),
    *("reviews", "reviews_wrong", "reviews_major", "other_wrong", "owed"),
)
TRADE = (
    *("agriculture12", "textiles12", "adcvd12", "agreements12"),
    *("new_supplier_value", "new_origin_value", "new_heading_value", "new_suppliers", "new_origins", "new_headings"),
)
RATES = ("rate", "rate_low", "rate_high")


def _of(source: str, columns: Sequence[str], where: str) -> str:
    return f"SELECT m.account_id, {', '.join(f'm.{name}' for name in columns)} FROM {source} m WHERE {where} {{only_account}}"


OF_YEAR = _of("measurement_accountyear", YEAR, "m.month = %(this)s")
OF_TRADE = _of("risk_tradefacts", TRADE, "m.month = %(this)s")
OF_RATES = _of("measurement_ownrate", ("rate", "low", "high"), "m.as_of <= %(as_of)s")
# Of a self-assessment what the manager reviewed last counts, and nobody's own word; without one nobody's controls are weak.
# Late are actions of plans that are open now: that state has no past here.
DECLARED = """
WITH enrolled AS (
  SELECT m.account_id, max(coalesce(tier, 1)) FILTER (WHERE program = 'CTPAT') AS ctpat_tier,
    max((program = 'ISA')::int) AS isa
  FROM accounts_enrollment m WHERE (since IS NULL OR since <= %(as_of)s) {only_account} GROUP BY m.account_id),
assessed AS (
  SELECT DISTINCT ON (m.account_id) m.account_id, m.reviewed FROM controls_selfassessment m
  WHERE m.state = 'reviewed' AND m.reviewed_on <= %(as_of)s {only_account}
  ORDER BY m.account_id, m.reviewed_on DESC, m.year DESC),
late AS (
  SELECT m.account_id, count(*) AS actions FROM plans_action m JOIN plans_plan p ON p.id = m.plan_id
  WHERE m.due < %(as_of)s AND (m.done_on IS NULL OR m.done_on > %(as_of)s)
    AND (m.dropped_on IS NULL OR m.dropped_on > %(as_of)s) AND p.started_on <= %(as_of)s
    AND p.state NOT IN ('cured', 'closed') {only_account}
  GROUP BY m.account_id)
SELECT account_id, ctpat_tier, isa, 1 - reviewed / 100, actions
FROM enrolled FULL JOIN assessed USING (account_id) FULL JOIN late USING (account_id)
"""
OF_DECLARED = ("ctpat_tier", "isa", "controls_weak", "plan_overdue")
ONLY_ACCOUNT = "AND m.account_id = ANY (%(ids)s::uuid[])"


def read_inputs(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[list[str], Inputs]:
    """The inputs of these accounts (all: None) as of a day: ids as text in their order, and arrays.

    What is not kept yet of the months before is counted first.
    """
    everybody = accounts is None
    days: dict[str, Any] = windows(as_of) | {"ids": [str(pk) for pk in accounts or ()]}
    only = {"only_ids": "" if everybody else ONLY_IDS, "only_account": "" if everybody else ONLY_ACCOUNT}

    def source(sql: str, columns: Sequence[str]) -> pl.DataFrame:
        return asked(sql.format(**only), days, _shape(columns))

    who = source(WHO, ()).sort("id")
    found: dict[str, Floats] = {}
    for sql, columns, count in ((OF_YEAR, YEAR, years.count_missing), (OF_TRADE, TRADE, count_missing)):
        rows = source(sql, columns)
        places = _places(who, rows)
        if places.max(initial=-1) == len(rows):
            count(accounts, as_of)
            rows = source(sql, columns)
            places = _places(who, rows)
        found |= _beside(places, rows)
    # Until rates are fitted everybody leans on a usual one: two in forty.
    usual = (found["reviews_wrong"] + 2) / (found["reviews"] + 40)
    rates = source(OF_RATES, RATES)
    rated = _places(who, rates) < len(rates)
    for rows in (rates, source(DECLARED, OF_DECLARED), bonded(days, only, everybody=everybody)):
        found |= _beside(_places(who, rows), rows)
    found["rate"] = np.where(rated, found["rate"], usual)
    found["finds"] = found["reviews_wrong"] + found["other_wrong"]
    ids, given = who["id"].to_list(), in_force(Inputs(**{name: found[name] for name in NAMES}), as_of)
    return ids, as_rated_then(ids, given, as_of) if ids and _rates_are_of_later(as_of) else given


def _places(who: pl.DataFrame, rows: pl.DataFrame) -> NDArray[np.int64]:
    """Where among the rows of a source each account stands; behind the last of them where in none."""
    at = who.join(rows.select("id", at=pl.int_range(pl.len())), on="id", how="left", maintain_order="left")["at"]
    return at.fill_null(len(rows)).to_numpy()


def _beside(places: NDArray[np.int64], rows: pl.DataFrame) -> dict[str, Floats]:
    """The columns of a source in the order of the accounts, zero where it says nothing of one."""
    columns = rows.drop("id").get_columns()
    return {one.name: np.append(one.fill_null(0.0).to_numpy(), 0.0)[places] for one in columns}


def _shape(columns: Sequence[str]) -> dict[str, type[pl.DataType]]:
    return {"id": pl.String} | dict.fromkeys(columns, pl.Float64)


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
