"""Of each account the newest continuous bond in force, and what the numbers on it owed in a year.

A bond answers for all numbers on it, those of other accounts too. Of several in force the newest counts, also where the page
of the bond tells of another first: which is the worst hangs on the review and on letters that people entered, as they stand
now, and a score of a past day, or computed before the review behind a load, must come out the same.
"""

from concurrent.futures import Future

import polars as pl

from compliance.risk.asking import Asking, Placed, Shape

NEWEST = """
SELECT m.account_id, m.id, m.amount, m.effective, m.number FROM bonds_bond m
WHERE m.bond_type = '8' AND m.activity_code = '1' AND m.effective <= %(as_of)s
  AND (m.terminates IS NULL OR m.terminates > %(as_of)s) {only_account}"""
BOND: Shape = {
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


def bonds_of(asking: Asking) -> "Future[pl.DataFrame]":
    """The newest bond in force of each account that has one."""
    return asking.ask(NEWEST, BOND, _newest)


def bonded(asking: Asking, bonds: "Future[pl.DataFrame]") -> "Future[Placed]":
    """Columns bond_amount and duties_taxes_fees12, dollars. Asked when what is kept of the months is there."""
    if asking.everybody:
        covers = asking.ask(COVERS, {"bond": pl.Int64, "number": pl.Int64}, _as_they_are)
        number: Shape = {"number": pl.Int64, "dues": pl.Float64}
        covered = asking.ask(NUMBERS, number, lambda owed: _covered(covers.result(), owed))
    else:
        these = bonds.result()["bond"].to_list()
        covered = asking.ask(COVERED_OF_SOME, {"bond": pl.Int64, DUES: pl.Float64}, _as_they_are, bonds=these)
    return asking.then(lambda: asking.place(_beside(bonds.result(), covered.result())))


def _as_they_are(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def _newest(bonds: pl.DataFrame) -> pl.DataFrame:
    ordered = bonds.sort("id", "effective", "number", descending=[False, True, False])
    return ordered.unique("id", keep="first", maintain_order=True)


def _covered(covers: pl.DataFrame, owed: pl.DataFrame) -> pl.DataFrame:
    """What the numbers of each bond owed. In whole cents: however they are added up, to the last digit the same."""
    cents = owed.select("number", cents=(pl.col("dues") * 100).round().cast(pl.Int64))
    sums = covers.join(cents, on="number").group_by("bond").agg(pl.col("cents").sum())
    # numpy divides to the last digit; polars multiplies by a hundredth.
    return pl.DataFrame({"bond": sums["bond"], DUES: sums["cents"].to_numpy() / 100})


def _beside(bonds: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    return bonds.join(covered, on="bond", how="left").select("id", "bond_amount", DUES)
