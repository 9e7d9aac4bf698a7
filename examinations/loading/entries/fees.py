"""Fees that the file lacks, estimated by the dated rule of examinations.fees, as SQL over what is staged."""

from examinations import fees
from examinations.loading.session import Session

#: The harbor fee of a row: as filed, or by mode and port; NULL where nobody can say. `mpf`, `hmf` absent and
#: `fees` given: the sum of all fees, kept as other fees.
HMF = f"""CASE WHEN s.hmf IS NOT NULL THEN s.hmf
    WHEN %(fees_are_all)s THEN 0
    WHEN s.mode IN ({", ".join(f"'{mode}'" for mode in fees.VESSEL_MODES)})
      OR (s.mode = '' AND s.port = ANY (%(seaports)s)) THEN round(s.value * {fees.HMF_RATE}, 2)
    WHEN s.mode <> '' THEN 0 END"""
HMF_ESTIMATED = "(s.hmf IS NULL AND NOT %(fees_are_all)s)"


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _schedule() -> str:
    """The dated amounts as a VALUES list: from, until before, least, most, informal."""
    following = [*fees.SCHEDULES[1:], None]
    return ", ".join(
        f"(date '{one.since}', date '{after.since if after else '9999-12-31'}', {one.least}, {one.most}, {one.informal})"
        for one, after in zip(fees.SCHEDULES, following, strict=True)
    )


ESTIMATE = f"""
CREATE TEMPORARY TABLE estimated ON COMMIT DROP AS
WITH lacking AS (SELECT entry_number FROM staged GROUP BY entry_number HAVING count(mpf) = 0),
paying AS (
  SELECT s.row, s.entry_number, s.entry_type, s.entry_date, s.line, s.ordinal,
         CASE WHEN s.spi IN ({_list(fees.SPI_WITHOUT_MPF)}) OR s.spi = 'V' THEN 0 ELSE s.value END AS value
  FROM staged s JOIN lacking USING (entry_number)),
summed AS (
  SELECT row, entry_type, entry_date, value,
         sum(value) OVER whole AS total, sum(value) OVER (whole ORDER BY line, ordinal, row) AS upto
  FROM paying WINDOW whole AS (PARTITION BY entry_number)),
owed AS (
  SELECT row, value, total, upto, CASE
           WHEN entry_type IN ({_list(fees.TYPES_WITHOUT_MPF)}) OR total = 0 THEN 0
           WHEN entry_type IN ({_list(fees.INFORMAL_TYPES)}) THEN informal
           ELSE least(greatest(round(total * {fees.MPF_RATE}, 2), least), most) END AS fee
  FROM summed JOIN (VALUES {_schedule()}) AS schedule (since, until, least, most, informal)
    ON entry_date >= since AND entry_date < until)
SELECT row, CASE WHEN total = 0 THEN 0
       ELSE round(fee * upto / total, 2) - round(fee * (upto - value) / total, 2) END AS mpf
FROM owed
"""


def fees_are_all(session: Session) -> bool:
    """Whether `Line Fee Amount` is the sum of all fees: where the file has it and neither of the two others."""
    present = session.table.present
    return "fees" in present and not {"mpf", "hmf"} & present


def estimate_missing(session: Session) -> None:
    """Table `estimated` (row, mpf): the processing fee of entries of which no row has one, prorated to the cent."""
    if fees_are_all(session):
        session.run("CREATE TEMPORARY TABLE estimated (row int, mpf numeric) ON COMMIT DROP")
    else:
        session.run(ESTIMATE)
    session.run("ANALYZE estimated")
