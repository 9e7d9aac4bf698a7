"""The inputs of scores, read for all accounts or some: one statement a source, whatever the number of accounts."""

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

import numpy as np

from accounts.models.account import IN_THE_DATA
from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates import years
from compliance.measurement.own_rates.recomputing import rates_on
from compliance.risk.asking import Asking
from compliance.risk.bonded import bonded, bonds_of
from compliance.risk.inputs import NAMES, Floats, Inputs
from compliance.risk.issues import in_force
from compliance.risk.trade import count_missing

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


def read_inputs(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> tuple[list[str], Inputs]:
    """The inputs of these accounts (all: None) as of a day: ids as text in their order, and arrays.

    What is not kept yet of the months before is counted first.
    """
    with Asking(accounts, as_of, WHO) as asking:
        year, trade = asking.placed(OF_YEAR, YEAR), asking.placed(OF_TRADE, TRADE)
        rates, declared = asking.placed(OF_RATES, RATES), asking.placed(DECLARED, OF_DECLARED)
        bonds = bonds_of(asking)
        if not year.result().there().all():
            years.count_missing(accounts, as_of)
            year = asking.placed(OF_YEAR, YEAR)
        if not trade.result().there().all():
            count_missing(accounts, as_of)
            trade = asking.placed(OF_TRADE, TRADE)
        sources = [one.result() for one in (year, trade, rates, declared, bonded(asking, bonds))]
        ids = asking.who.result()["id"].to_list()
    found: dict[str, Floats] = {}
    for source in sources:
        found |= source.columns()
    # Until rates are fitted everybody leans on a usual one: two in forty.
    usual = (found["reviews_wrong"] + 2) / (found["reviews"] + 40)
    found["rate"] = np.where(rates.result().there(), found["rate"], usual)
    found["finds"] = found["reviews_wrong"] + found["other_wrong"]
    given = in_force(Inputs(**{name: found[name] for name in NAMES}), as_of)
    return ids, as_rated_then(ids, given, as_of) if ids and _rates_are_of_later(as_of) else given


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
