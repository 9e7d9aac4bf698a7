import datetime
from dataclasses import dataclass
from typing import Any

from examinations.checks.check import Check


@dataclass(frozen=True)
class Agreement:
    """Claims that only goods of these origins can make, for entries of these days."""

    name: str
    claims: tuple[str, ...]
    origins: tuple[str, ...]
    since: datetime.date
    until: datetime.date = datetime.date(9999, 12, 31)


def _of(name: str, claims: str, origins: str, since: str, until: str = "9999-12-31") -> Agreement:
    days = (datetime.date.fromisoformat(since), datetime.date.fromisoformat(until))
    return Agreement(name, tuple(claims.split()), tuple(origins.split()), *days)


#: Project default, to be verified against general note 3(c) of the tariff: programs with a list of beneficiaries that
#: changes by the year (A, D, E, J, N, R, W) are left out.
AGREEMENTS = (
    _of("USMCA", "S S+", "CA MX US", "2020-07-01"),
    _of("NAFTA", "CA MX", "CA MX US", "1994-01-01", "2020-06-30"),
    _of("Australia", "AU", "AU", "2005-01-01"),
    _of("Bahrain", "BH", "BH", "2006-08-01"),
    _of("Chile", "CL", "CL", "2004-01-01"),
    _of("Colombia", "CO", "CO", "2012-05-15"),
    _of("Israel", "IL", "IL PS", "1985-09-01"),
    _of("Jordan", "JO", "JO", "2001-12-17"),
    _of("Japan", "JP", "JP", "2020-01-01"),
    _of("Korea", "KR", "KR", "2012-03-15"),
    _of("Morocco", "MA", "MA", "2006-01-01"),
    _of("Oman", "OM", "OM", "2009-01-01"),
    _of("CAFTA-DR", "P P+", "CR DO GT HN NI SV", "2006-03-01"),
    _of("Panama", "PA", "PA", "2012-10-31"),
    _of("Peru", "PE", "PE", "2009-02-01"),
    _of("Singapore", "SG", "SG", "2004-01-01"),
)


def _values() -> str:
    rows = (
        f"('{one.name}', '{claim}', ARRAY{list(one.origins)}, date '{one.since}', date '{one.until}')"
        for one in AGREEMENTS
        for claim in one.claims
    )
    return ", ".join(rows)


def _because(facts: dict[str, Any]) -> str:
    if facts["in_force"]:
        return f"{facts['claim']} is the claim of {facts['name']}; the origin is {facts['origin']}."
    return f"{facts['claim']} is the claim of {facts['name']}, which was not in force on the day of entry."


def preference_and_origin() -> Check:
    """A preference claimed where the origin cannot have it, or on a day when its agreement was not in force."""
    return Check(
        key="spi-origin",
        title="A preference that this origin cannot have",
        asks="Each claim (SPI) of a trade agreement is open to goods of its members only. Programs whose list of "
        "countries changes by the year are not checked. Goods of two members may name either as their origin.",
        money="duty that the claim saved, estimated from the account’s own rows of the same HTS number without a claim.",
        rule="HTSUS general note 3(c); table of agreements: project default",
        because=_because,
        sql=f"""WITH rates AS (
                  SELECT account_id, source, hts, sum(duty) / sum(value) AS regular FROM held
                  WHERE spi = '' AND adcvd_case = '' GROUP BY 1, 2, 3 HAVING sum(value) > 0)
                SELECT h.id AS row_id, round((h.value * regular - h.duty) * (h.value * regular > h.duty)::int, 2) AS money,
                  jsonb_build_object('claim', h.spi, 'name', a.name, 'origin', h.origin,
                    'in_force', h.entry_date BETWEEN a.since AND a.until) AS facts
                FROM held h
                JOIN (VALUES {_values()}) AS a (name, claim, origins, since, until) ON a.claim = h.spi
                LEFT JOIN rates USING (account_id, source, hts)
                WHERE NOT (h.country = ANY (a.origins)) OR h.entry_date NOT BETWEEN a.since AND a.until""",
    )
