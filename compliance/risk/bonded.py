"""Of each account the newest continuous bond in force, and what the numbers on it owed in a year.

A bond answers for all numbers on it, those of other accounts too; of several in force the newest counts, as on the page of
the bond.
"""

from typing import Any

import polars as pl

from compliance.measurement.own_rates.reading import asked

NEWEST = """
SELECT m.account_id, m.id, m.amount, m.effective, m.number FROM bonds_bond m
WHERE m.bond_type = '8' AND m.activity_code = '1' AND m.effective <= %(as_of)s
  AND (m.terminates IS NULL OR m.terminates > %(as_of)s) {only_account}"""
BOND: dict[str, type[pl.DataType]] = {
    "id": pl.String,
    "bond": pl.Int64,
    "bond_amount": pl.Float64,
    "effective": pl.String,
    "number": pl.String,
}
# Of everybody from what is kept; of some from the months, for a bond may cover numbers of others, of whom nothing is asked.
NUMBERS = "SELECT unnest(m.numbers), unnest(m.of_numbers) FROM measurement_accountyear m WHERE m.month = %(this)s"
COVERS = "SELECT m.bond_id, m.identifier_id FROM bonds_coverednumber m"
COVERED_OF_SOME = """
SELECT c.bond_id, sum(n.dues) FROM bonds_coverednumber c CROSS JOIN LATERAL (
  SELECT sum(m.duties_taxes_fees) AS dues FROM examinations_entrymonth m
  WHERE m.identifier_id = c.identifier_id AND m.source = 'cbp' AND m.month >= %(year)s AND m.month < %(this)s) n
WHERE c.bond_id = ANY (%(bonds)s::bigint[]) GROUP BY c.bond_id"""
DUES = "duties_taxes_fees12"


def bonded(days: dict[str, Any], only: dict[str, str], *, everybody: bool) -> pl.DataFrame:
    """A row for each account with a bond: id, bond_amount, duties_taxes_fees12, dollars."""
    bonds = (
        asked(NEWEST.format(**only), days, BOND)
        .sort("id", "effective", "number", descending=[False, True, False])
        .unique("id", keep="first", maintain_order=True)
    )
    covered = _of_everybody(days) if everybody else _of_some(days | {"bonds": bonds["bond"].to_list()})
    return bonds.join(covered, on="bond", how="left").select("id", "bond_amount", DUES)


def _of_everybody(days: dict[str, Any]) -> pl.DataFrame:
    """What the numbers of each bond owed. In whole cents: however they are added up, to the last digit the same."""
    owed = asked(NUMBERS, days, {"number": pl.Int64, "dues": pl.Float64})
    covers = asked(COVERS, days, {"bond": pl.Int64, "number": pl.Int64})
    cents = owed.select("number", cents=(pl.col("dues") * 100).round().cast(pl.Int64))
    return covers.join(cents, on="number").group_by("bond").agg((pl.col("cents").sum() / 100).alias(DUES))


def _of_some(days: dict[str, Any]) -> pl.DataFrame:
    shape: dict[str, type[pl.DataType]] = {"bond": pl.Int64, DUES: pl.Float64}
    return asked(COVERED_OF_SOME, days, shape) if days["bonds"] else pl.DataFrame(schema=shape)
