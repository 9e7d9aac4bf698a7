"""Bonds: one row for each number covered, the first the principal's; all rows of a bond are its version."""

from examinations.loading import owners, undoing
from examinations.loading.kinds import Kind, register
from examinations.loading.reading import Naming
from examinations.loading.reading.columns import BONDS
from examinations.loading.session import Session

TYPES = {
    "amount": "numeric(14,2)",
    "executed": "date",
    "effective": "date",
    "terminates": "date",
    "riders": "varchar(12)[] DEFAULT '{}'",
}
#: Columns on which all rows of a bond agree.
AGREED = {
    "activity_code": "Activity Code",
    "amount": "Bond Amount",
    "effective": "Effective Date",
    "terminates": "Termination Date",
    "surety_code": "Surety Code",
    "bond_type": "Bond Type Code",
}
COLUMNS = (
    "account_id",
    "bond_type",
    "activity_code",
    "amount",
    "surety_code",
    "executed",
    "effective",
    "terminates",
    "riders",
)
#: Whether rows of a bond are rejected: one of them may have been the principal's.
SPOILED = "EXISTS (SELECT 1 FROM rejected r WHERE r.key = {}.number)"

#: Bonds whose first row comes right behind one that does not tell of which bond it is: it may have been the principal's.
BEHIND_A_LOST_ROW = """
  SELECT number FROM (
    SELECT row, number, lag(number IS NULL) OVER (ORDER BY row) AS behind FROM (
      SELECT row, number FROM staged UNION ALL
      SELECT row, CASE WHEN NOT lost THEN key END FROM rejected WHERE lost OR key <> '') all_rows) placed
  WHERE number IS NOT NULL GROUP BY number HAVING (array_agg(behind ORDER BY row))[1]"""


def bring_in(session: Session) -> None:
    """Check what is staged, then write the bonds and the numbers they cover."""
    session.stage()
    _refuse(session)
    _find_kept(session)
    _refuse_without_principal(session)
    session.run(
        """CREATE TEMPORARY TABLE importers ON COMMIT DROP AS
           SELECT importer AS key, min(importer_shown) AS shown, ''::text AS name FROM staged GROUP BY importer"""
    )
    owners.say_made(session, owners.complete(session, "importers", "importer"), "importer")
    _gather(session)
    session.say_spoiled("bond", "bonds", "bonds_in JOIN bonds_bond USING (number)")
    _write(session)


def _refuse(session: Session) -> None:
    session.reject(
        "Bond Amount", "a bond of nothing is none (%s)", "SELECT row, amount::text AS said FROM staged WHERE amount = 0"
    )
    session.reject(
        "Termination Date",
        "the bond ends before it takes effect (%s)",
        "SELECT row, terminates::text AS said FROM staged WHERE terminates < effective",
    )
    for name, header in AGREED.items():
        session.reject(
            header,
            f"rows of bond %s disagree on {header}; none of them is used",
            f"""SELECT row, number AS said FROM staged WHERE number IN (
                  SELECT number FROM staged GROUP BY number
                  HAVING count(DISTINCT {name}) + bool_or({name} IS NULL)::int > 1)""",
        )
    session.reject(
        "Party Role",
        "bond %s has more than one principal",
        """SELECT row, number AS said FROM staged WHERE number IN (
             SELECT number FROM staged WHERE role = 'PRINCIPAL' GROUP BY number HAVING count(DISTINCT importer) > 1)""",
    )
    session.reject(
        "Bond Number",
        "stale: a version of bond %s is stored that is newer than this file",
        """SELECT s.row, s.number AS said FROM staged s JOIN bonds_bond b ON b.number = s.number
           WHERE b.version_at > %(version_at)s""",
    )


def _find_kept(session: Session) -> None:
    """Table `kept`: stored bonds of which no usable row says who the principal is, while a row may be missing: theirs stays."""
    found = f"""bonds_bond b WHERE (%(partial)s OR {SPOILED.format("b")})
                  AND b.number IN (SELECT number FROM staged GROUP BY number HAVING NOT bool_or(role = 'PRINCIPAL'))"""
    # Whose bond it is follows the principal's number: that one must not change hands until the load is in.
    owners.hold(
        session,
        f"""SELECT c.identifier_id FROM bonds_coverednumber c
            WHERE c.role = 'PRINCIPAL' AND c.bond_id IN (SELECT b.id FROM {found})""",
    )
    session.run(
        f"""CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
            SELECT b.id, b.number, b.account_id, b.executed, b.riders FROM {found}"""
    )


def _refuse_without_principal(session: Session) -> None:
    """Refuse the rows of bonds of which nobody can say who the principal is, and those that leave a kept one without."""
    without = """AND number IN (SELECT number FROM staged GROUP BY number HAVING NOT bool_or(role = 'PRINCIPAL')
                                EXCEPT SELECT number FROM kept)"""
    # First, while the rows of the other bonds still show which row stands right behind which.
    session.reject(
        "Party Role",
        "the row before bond %s cannot be used and may be its principal's, and none of its rows says PRINCIPAL",
        f"SELECT row, number AS said FROM staged WHERE number IN ({BEHIND_A_LOST_ROW}) {without}",
    )
    session.reject(
        "Party Role",
        "rows of bond %s are rejected, and none of the others says PRINCIPAL: none of them is used",
        f"SELECT row, number AS said FROM staged s WHERE {SPOILED.format('s')} {without}",
    )
    session.reject(
        "Party Role",
        "bond %s has rows and none of them is the principal's",
        """SELECT row, number AS said FROM staged WHERE number IN (
             SELECT number FROM staged GROUP BY number
             HAVING NOT bool_or(role = 'PRINCIPAL') AND (array_agg(role ORDER BY row))[1] <> ''
             EXCEPT SELECT number FROM kept)""",
    )
    session.reject(
        "Party Role",
        "the number is the principal of bond %s, and no row names another",
        """SELECT s.row, s.number AS said FROM staged s JOIN kept k ON k.number = s.number
           JOIN accounts_identifier i ON i.kind = 'importer' AND i.key = s.importer
           JOIN bonds_coverednumber c ON c.bond_id = k.id AND c.identifier_id = i.id AND c.role = 'PRINCIPAL'
           WHERE s.role <> ''""",
    )


def _gather(session: Session) -> None:
    """Tables `covered_in` (a row a number) and `bonds_in` (a row a bond, its principal the first row's).

    A kept bond stays with its account, its numbers in their roles; what its rows leave blank, they do not take back.
    """
    session.run(
        """CREATE TEMPORARY TABLE covered_in ON COMMIT DROP AS
           SELECT DISTINCT ON (s.number, s.importer) s.number, s.row, i.identifier AS identifier_id, i.account AS account_id,
                  coalesce(nullif(s.role, ''), c.role, CASE WHEN k.id IS NULL AND s.row = min(s.row) OVER bond
                                                             AND NOT bool_or(s.role = 'PRINCIPAL') OVER bond
                                                            THEN 'PRINCIPAL' ELSE 'USER' END) AS role
           FROM staged s JOIN importers i ON i.key = s.importer LEFT JOIN kept k ON k.number = s.number
           LEFT JOIN bonds_coverednumber c ON c.bond_id = k.id AND c.identifier_id = i.identifier
           WINDOW bond AS (PARTITION BY s.number)
           ORDER BY s.number, s.importer, s.role <> 'PRINCIPAL', s.row"""
    )
    session.run(
        f"""CREATE TEMPORARY TABLE bonds_in ON COMMIT DROP AS
            SELECT DISTINCT ON (s.number) s.number, coalesce(k.account_id, c.account_id) AS account_id,
                   coalesce(nullif(s.bond_type, ''), '8') AS bond_type, lower(s.activity_code) AS activity_code, s.amount,
                   s.surety_code, coalesce(s.executed, k.executed) AS executed, s.effective, s.terminates,
                   coalesce(nullif(s.riders, '{{}}'), k.riders, '{{}}') AS riders,
                   {SPOILED.format("s")} AS spoiled, true AS changed
            FROM staged s LEFT JOIN kept k ON k.number = s.number
            LEFT JOIN covered_in c ON c.number = s.number AND c.role = 'PRINCIPAL'
            ORDER BY s.number, s.row"""
    )


def _write(session: Session) -> None:
    _tell_changed(session)
    # Whose bond it was until now is touched, whose it is, and who holds a number on it: an older bond of theirs may be followed now.
    _touch(session, "SELECT b.account_id FROM bonds_bond b JOIN bonds_in i ON i.number = b.number WHERE i.changed")
    _touch(session, "SELECT account_id FROM bonds_in WHERE changed")
    _touch(
        session,
        """SELECT c.account_id FROM bonds_in i JOIN bonds_bond b ON b.number = i.number
           JOIN bonds_coverednumber c ON c.bond_id = b.id WHERE i.changed""",
    )
    _touch(session, "SELECT c.account_id FROM covered_in c JOIN bonds_in i ON i.number = c.number WHERE i.changed")
    _keep_replaced(session)
    _write_bonds(session)
    _confirm_unchanged(session)
    _write_covered(session)
    count = "SELECT count(*) FROM staged s JOIN bonds_in i ON i.number = s.number WHERE {}"
    session.loaded += session.counts(count.format("i.changed"))[0]
    session.unchanged += session.counts(count.format("NOT i.changed"))[0]


def _tell_changed(session: Session) -> None:
    """Mark in `bonds_in` what is stored just so already, with the same numbers covered."""
    old, new = (", ".join(f"{side}.{name}" for name in COLUMNS) for side in ("b", "i"))
    said = "SELECT identifier_id, role FROM covered_in c WHERE c.number = i.number"
    stored = "SELECT identifier_id, role FROM bonds_coverednumber c WHERE c.bond_id = b.id"
    session.run(
        f"""UPDATE bonds_in i SET changed = false FROM bonds_bond b
            WHERE b.number = i.number AND ({old}) IS NOT DISTINCT FROM ({new})
              AND NOT EXISTS ({said} EXCEPT {stored})
              AND (%(partial)s OR i.spoiled OR NOT EXISTS ({stored} EXCEPT {said}))"""
    )


def _touch(session: Session, accounts: str) -> None:
    session.touched |= {pk for (pk,) in session.rows(accounts)}  # type: ignore[misc]


def _keep_replaced(session: Session) -> None:
    """Into history what changes, with the numbers that it covered."""
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, "table", key, why, was, at)
           SELECT %(load)s, b.account_id, 'bonds_bond', b.number, 'replaced', to_jsonb(b) || jsonb_build_object('covered', (
             SELECT jsonb_agg(to_jsonb(c)) FROM bonds_coverednumber c WHERE c.bond_id = b.id)), now()
           FROM bonds_bond b JOIN bonds_in i ON i.number = b.number WHERE i.changed"""
    )


def _write_bonds(session: Session) -> None:
    columns = ", ".join(COLUMNS)
    session.run(
        f"""INSERT INTO bonds_bond (number, {columns}, version_at, load_id)
            SELECT number, {columns}, %(version_at)s, %(load)s FROM bonds_in WHERE changed
            ON CONFLICT (number) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)},
              version_at = excluded.version_at, load_id = excluded.load_id"""
    )


def _confirm_unchanged(session: Session) -> None:
    """Bonds that the file only repeats were said as of now; as of when before is kept, to undo it by."""
    session.run(
        """INSERT INTO examinations_seenagain (load_id, "table", version_at, ids)
           SELECT %(load)s, 'bonds_bond', b.version_at, array_agg(b.id) FROM bonds_bond b
           JOIN bonds_in i ON b.number = i.number WHERE NOT i.changed AND b.version_at < %(version_at)s
           GROUP BY b.version_at"""
    )
    session.run(
        """UPDATE bonds_bond b SET version_at = %(version_at)s FROM bonds_in i
           WHERE b.number = i.number AND NOT i.changed AND b.version_at < %(version_at)s"""
    )


def _write_covered(session: Session) -> None:
    """The numbers that a bond covers; those that the file lacks are withdrawn, unless it may lack some.

    Of those that stay, the one that was the principal gives way to another that the file names.
    """
    session.withdrawn += session.run(
        """DELETE FROM bonds_coverednumber c USING bonds_bond b, bonds_in i
           WHERE c.bond_id = b.id AND b.number = i.number AND i.changed AND NOT (%(partial)s OR i.spoiled)
             AND NOT EXISTS (SELECT 1 FROM covered_in n WHERE n.number = i.number AND n.identifier_id = c.identifier_id)"""
    )
    session.run(
        """INSERT INTO bonds_coverednumber (bond_id, identifier_id, account_id, principal_account_id, role)
           SELECT b.id, c.identifier_id, c.account_id, b.account_id, c.role
           FROM covered_in c JOIN bonds_in i ON i.number = c.number JOIN bonds_bond b ON b.number = c.number WHERE i.changed
           ON CONFLICT (bond_id, identifier_id) DO UPDATE SET account_id = excluded.account_id,
             principal_account_id = excluded.principal_account_id, role = excluded.role"""
    )
    session.run(
        """UPDATE bonds_coverednumber c SET principal_account_id = b.account_id,
             role = CASE c.role WHEN 'PRINCIPAL' THEN 'USER' ELSE c.role END
           FROM bonds_bond b, bonds_in i WHERE c.bond_id = b.id AND b.number = i.number AND i.changed
             AND i.number NOT IN (SELECT number FROM kept) AND (c.principal_account_id <> b.account_id OR c.role = 'PRINCIPAL')
             AND NOT EXISTS (SELECT 1 FROM covered_in n WHERE n.number = i.number AND n.identifier_id = c.identifier_id)"""
    )


#: Bonds that were not before the load.
MADE = "(SELECT id FROM undone_rows EXCEPT SELECT id FROM undone_was)"


def undo(session: Session) -> None:
    """Bonds and the numbers they cover, as they were before the load.

    What the review found of bonds that were not before goes with them; what people entered of one stands in the way.
    """
    undoing.find(session, "bonds_bond")
    # Who holds a number on one, before or after, is touched too: an older bond of theirs may be followed no more, or again.
    holders = "SELECT account_id FROM bonds_coverednumber WHERE bond_id IN (SELECT id FROM undone_rows)"
    _touch(session, f"SELECT account_id FROM undone_rows UNION {holders}")
    session.run(f"DELETE FROM bonds_bondreview WHERE bond_id IN {MADE}")
    session.run(f"DELETE FROM bonds_bondstep WHERE by_id IS NULL AND bond_id IN {MADE}")
    session.run("DELETE FROM bonds_coverednumber WHERE bond_id IN (SELECT id FROM undone_rows)")
    undoing.put_back(session, "bonds_bond")
    session.run(
        """INSERT INTO bonds_coverednumber
           SELECT c.* FROM undone_was u, jsonb_array_elements(nullif(u.was -> 'covered', 'null')) one,
                  jsonb_populate_record(NULL::bonds_coverednumber, one) c"""
    )
    undoing.refuse_where_moved(
        session,
        """SELECT c.identifier_id, c.account_id, NULL::uuid AS filer_id, '' AS entry_number
           FROM bonds_coverednumber c JOIN undone_was u ON u.id = c.bond_id""",
    )
    _touch(session, holders)


register(Kind("bonds", BONDS, "number", TYPES, bring_in, undo=undo, naming=Naming(("number",))))
