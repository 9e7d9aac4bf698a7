from typing import Any

from examinations.checks.check import DUTY_OF_LINE, Check

DAYS = 90


def _because(facts: dict[str, Any]) -> str:
    why = f"{facts['found']} discrepancies were found in it" if facts["found"] else "AD/CVD cases stand in it"
    if facts["found"] == 1:
        why = "a discrepancy was found in it"
    return f"First goods of this manufacturer in heading {facts['heading']}; {why} in the last two years."


def new_supplier() -> Check:
    """A manufacturer that is new to the account in a heading where discrepancies were found, or under AD/CVD cases.

    Closed examinations alone count: an open one would tell what is being looked at.
    """
    return Check(
        key="new-supplier",
        title="A new supplier in a heading at risk",
        asks=f"A heading is at risk where closed examinations found a discrepancy in it, or rows of it stand under "
        f"AD/CVD cases, in the last two years. A manufacturer is new where its first goods in that heading came in "
        f"the last {DAYS} days, and others delivered before.",
        money="duty on the line.",
        rule="Project default",
        because=_because,
        of_line_alone=False,
        sql=f"""WITH firsts AS (
                  SELECT account_id, source, left(hts, 4) AS heading, manufacturer_id, min(entry_date) AS first
                  FROM held WHERE manufacturer_id <> '' GROUP BY 1, 2, 3, 4),
                known AS (
                  SELECT account_id, source, heading, min(first) AS first FROM firsts GROUP BY 1, 2, 3),
                wrong AS (
                  SELECT l.account_id, left(l.hts, 4) AS heading, count(DISTINCT d.id) AS found
                  FROM examinations_discrepancy d
                  JOIN examinations_examination x ON x.id = d.examination_id AND x.closed IS NOT NULL
                  JOIN held l ON l.entry_id = x.entry_id AND (l.line = x.line OR x.line IS NULL)
                  WHERE d.account_id = ANY (%(accounts)s::uuid[]) AND d.type <> ''
                  GROUP BY 1, 2),
                dumped AS (
                  SELECT DISTINCT account_id, left(hts, 4) AS heading FROM held WHERE adcvd_case <> '')
                SELECT h.id AS row_id, {DUTY_OF_LINE} AS money,
                  jsonb_build_object('heading', f.heading, 'found', coalesce(w.found, 0)) AS facts
                FROM firsts f
                JOIN known k USING (account_id, source, heading)
                LEFT JOIN wrong w USING (account_id, heading)
                LEFT JOIN dumped c USING (account_id, heading)
                JOIN held h ON h.account_id = f.account_id AND h.source = f.source
                  AND h.manufacturer_id = f.manufacturer_id AND left(h.hts, 4) = f.heading
                WHERE f.first > %(as_of)s::date - {DAYS} AND k.first < f.first AND (w.found > 0 OR c.heading <> '')""",
    )
