"""Monthly sums, brought up to date by the difference that a load makes, in the same transaction."""

from examinations.loading.session import Session
from examinations.models.entry import COUNTED_TYPES, NO_DUTY_TYPES

_COUNTED = ", ".join(f"'{kind}'" for kind in COUNTED_TYPES)
_NO_DUTY = ", ".join(f"'{kind}'" for kind in NO_DUTY_TYPES)

#: What one entry adds to its month; the columns of EntryMonth.
ADDS = {
    "entries": f"(entry_type IN ({_COUNTED}))::int",
    "lines": f"CASE WHEN entry_type IN ({_COUNTED}) THEN lines ELSE 0 END",
    "value": "value",
    "duty": "duty",
    "mpf": "mpf",
    "hmf": "coalesce(hmf, 0)",
    "tax": "tax",
    "other_fees": "other_fees",
    "duties_taxes_fees": f"""CASE WHEN entry_type IN ({_NO_DUTY}) THEN 0
        ELSE duty + mpf + coalesce(hmf, 0) + tax + other_fees END""",
    "refunded": "greatest(duty - coalesce(liquidated_duty, duty), 0)",
    "estimated_entries": "fees_estimated::int",
    "hmf_unknown_entries": "(hmf IS NULL)::int",
}
SUMS = ", ".join(f"sum({name}) AS {name}" for name in ADDS)
GROUP = "identifier_id, account_id, filer_id, source, month"
KEY = "identifier_id, account_id, filer_id, source, date_trunc('month', entry_date)::date AS month"
#: Columns of an entry that its contribution is made of.
OF_ENTRY = (
    *("identifier_id", "account_id", "filer_id", "source", "entry_date", "entry_type", "lines", "value", "duty", "mpf"),
    *("hmf", "tax", "other_fees", "liquidated_duty", "fees_estimated"),
)


def contributions(sign: int, entries: str = "examinations_entry") -> str:
    """SQL: what each entry adds to its month (sign 1) or took part in before (sign -1)."""
    return (
        f"SELECT {KEY}, " + ", ".join(f"{sign} * ({sql}) AS {name}" for name, sql in ADDS.items()) + f" FROM {entries}"
    )


def make_tables(session: Session) -> None:
    """Table `difference`, what a load adds to the months, empty."""
    session.run(f"CREATE TEMPORARY TABLE difference ON COMMIT DROP AS {contributions(-1)} LIMIT 0")


def adding(contributed: str) -> str:
    """SQL: add to the difference what a query of contributions holds."""
    return f"INSERT INTO difference SELECT {GROUP}, {SUMS} FROM ({contributed}) c GROUP BY {GROUP}"


def add(session: Session, entries: str) -> None:
    """Add what these entries (a query with its alias) contribute now."""
    session.run(adding(contributions(1, entries)))


def take_away(session: Session, entries: str) -> None:
    """Take away what these entries (a query with its alias) contributed before they are changed or go."""
    session.run(adding(contributions(-1, entries)))


def bring_up_to_date(session: Session) -> None:
    """Add the difference to the months, and keep the sums that are not empty."""
    names = ", ".join(ADDS)
    changed = " OR ".join(f"sum({name}) <> 0" for name in ADDS)
    session.run(
        f"""INSERT INTO examinations_entrymonth AS m (identifier_id, account_id, filer_id, source, month, {names})
            SELECT identifier_id, account_id, filer_id, source, month, {SUMS} FROM difference
            GROUP BY identifier_id, account_id, filer_id, source, month HAVING {changed}
            ON CONFLICT (identifier_id, filer_id, source, month) DO UPDATE
            SET {", ".join(f"{name} = m.{name} + excluded.{name}" for name in ADDS)}"""
    )
    empty = " AND ".join(f"{name} = 0" for name in ADDS)
    session.run(
        f"""DELETE FROM examinations_entrymonth m USING (
              SELECT DISTINCT identifier_id, filer_id, source, month FROM difference) d
            WHERE m.identifier_id = d.identifier_id AND m.filer_id IS NOT DISTINCT FROM d.filer_id
              AND m.source = d.source AND m.month = d.month AND {empty}"""
    )


def relate(session: Session, entries: str) -> None:
    """Who filed for whom, and when first and last, from these entries too."""
    session.run(
        f"""INSERT INTO accounts_filingrelation AS r (importer_id, broker_id, first_filed, last_filed)
           SELECT account_id, filer_id, min(entry_date), max(entry_date) FROM {entries}
           WHERE filer_id IS NOT NULL AND filer_id <> account_id GROUP BY account_id, filer_id
           ON CONFLICT (importer_id, broker_id) DO UPDATE
           SET first_filed = least(r.first_filed, excluded.first_filed),
               last_filed = greatest(r.last_filed, excluded.last_filed)"""
    )
