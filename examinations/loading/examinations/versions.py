"""New versions of examinations and of their parts: what was found, why chosen, with what probability, at what cost."""

from accounts.access import discloses_reasons
from examinations.loading import examination_months
from examinations.loading.session import Session
from examinations.models.examination import OPEN_DISPOSITIONS, Disposition

#: Gravest last: where rows differ, the gravest counts.
GRAVITY = "array[" + ", ".join(f"'{one.value}'" for one in Disposition) + "]"
_OPEN = ", ".join(f"'{one.value}'" for one in OPEN_DISPOSITIONS)

FIELDS = (
    *("number", "entry_number", "line", "bill", "container", "mode", "hold", "type", "agency", "port"),
    *("selected", "notified", "presented", "examined", "released"),
)
COLUMNS = ("account_id", "filer_id", "identifier_id", "entry_id", *FIELDS, "disposition", "closed", "disclosed_reason")

#: Columns of a finding by which it is found again in a file that may lack some.
CONTENT = ("type", "declared", "found", "revenue_difference")


#: Mark examinations that are stored and of which the file may lack rows: nothing of them is withdrawn. Where a rejected row may be
#: of any, those that have fewer findings now than before.
ADDED_TO = """
UPDATE examinations_in i SET added_to = true
WHERE i.stored AND (%(in_parts)s OR i.spoiled OR %(partial)s AND i.id IN (
  SELECT d.examination_id FROM examinations_discrepancy d JOIN examinations_in s ON s.id = d.examination_id
  EXCEPT ALL SELECT examination_id FROM found_in))
"""


def gather(session: Session) -> None:
    """Table `examinations_in`: one row an examination, with its id, its owner, its result; and `found_in`, what was found."""
    fields = ", ".join(f"max({name}) AS {name}" for name in FIELDS)
    session.run(
        f"""CREATE TEMPORARY TABLE examinations_in ON COMMIT DROP AS
            SELECT coalesce(x.id, nextval(pg_get_serial_sequence('examinations_examination', 'id'))) AS id,
                   x.id IS NOT NULL AS stored, a.*,
                   coalesce(e.account_id, i.account) AS account_id, e.filer_id,
                   coalesce(e.identifier_id, i.identifier) AS identifier_id, e.id AS entry_id,
                   {_result("a")},
                   EXISTS (SELECT 1 FROM rejected r WHERE r.key = a.key) AS spoiled, false AS added_to
            FROM (SELECT s.name AS key, max(s.importer) AS importer, {fields}, max(reason) AS reason,
                         max(probability) AS probability, max(cost) AS cost,
                         min(nullif(s.bill, '')) <> max(s.bill) OR min(nullif(s.container, '')) <> max(s.container) AS several,
                         ({GRAVITY})[max(array_position({GRAVITY}, s.disposition))] AS disposition
                  FROM staged s GROUP BY s.name) a
            LEFT JOIN examinations_examination x ON x.key = a.key
            LEFT JOIN examinations_entry e ON e.number = a.entry_number AND e.source = 'cbp'
            LEFT JOIN importers i ON i.key = a.importer"""
    )
    session.run("ANALYZE examinations_in")
    _say_several(session)
    session.run(
        """CREATE TEMPORARY TABLE found_in ON COMMIT DROP AS
           SELECT i.id AS examination_id, i.account_id, row_number() OVER (PARTITION BY i.id ORDER BY s.row) AS ordinal,
                  s.discrepancy AS type, s.disposition, s.declared, s.found, s.revenue_difference
           FROM staged s JOIN examinations_in i ON i.key = s.name WHERE s.discrepancy <> ''"""
    )
    if session.run(ADDED_TO):
        _stand_beside_what_is_stored(session)
    session.run("ANALYZE found_in")


def _say_several(session: Session) -> None:
    """An examination has room for one bill and one container."""
    several = session.counts("SELECT count(*) FROM examinations_in WHERE several")[0]
    if several:
        noun = "examination names" if several == 1 else "examinations name"
        session.said.append(f"{several:,} {noun} several bills or containers: of each the last in order is kept.")


def _result(alias: str) -> str:
    """SQL: when the result was known, of the examination stored as `x` its first day where none is told; and what may be told
    of the reason then."""
    known = f"{alias}.disposition NOT IN ({_OPEN})"
    disclosed = f"CASE {alias}.reason WHEN 'RANDOM' THEN 'random' WHEN 'UNKNOWN' THEN '' ELSE 'other' END"
    return f"""CASE WHEN {known} THEN coalesce({alias}.released, {alias}.examined, x.closed,
                   (%(version_at)s AT TIME ZONE 'America/New_York')::date) END AS closed,
               CASE WHEN {known} THEN {disclosed if discloses_reasons() else "''"} ELSE '' END AS disclosed_reason"""


def _stand_beside_what_is_stored(session: Session) -> None:
    """Of an examination of which the file may lack rows what was found before stands: the same found again is the same
    finding, all else is added; and no graver result is taken back, but a detention that ended with the release."""
    session.run(
        f"""UPDATE examinations_in i
            SET bill = greatest(i.bill, x.bill), container = greatest(i.container, x.container),
                disposition = CASE WHEN x.disposition = 'DETAINED' AND i.released IS NOT NULL THEN i.disposition
                  ELSE ({GRAVITY})[greatest(array_position({GRAVITY}, i.disposition::text),
                                            array_position({GRAVITY}, x.disposition::text))] END
            FROM examinations_examination x WHERE x.id = i.id AND i.added_to"""
    )
    session.run(
        f"""UPDATE examinations_in i SET closed = r.closed, disclosed_reason = r.disclosed_reason
            FROM examinations_examination x, examinations_in o CROSS JOIN LATERAL (SELECT {_result("o")}) r
            WHERE x.id = i.id AND o.id = i.id AND i.added_to"""
    )
    d, f, g = (", ".join(f"{one}.{name}" for name in CONTENT) for one in "dfg")
    session.run(
        f"""CREATE TEMPORARY TABLE standing ON COMMIT DROP AS
            SELECT d.examination_id, i.account_id, d.ordinal, d.type, d.disposition, d.declared, d.found, d.revenue_difference,
                   row_number() OVER (PARTITION BY d.examination_id, {d} ORDER BY d.ordinal) AS again
            FROM examinations_discrepancy d JOIN examinations_in i ON i.id = d.examination_id WHERE i.added_to"""
    )
    session.run(
        f"""UPDATE found_in f SET ordinal = n.ordinal FROM (
              SELECT g.examination_id, g.ordinal AS place, coalesce(d.ordinal, row_number() OVER (
                       PARTITION BY g.examination_id, d.ordinal IS NULL ORDER BY g.ordinal) + (
                       SELECT coalesce(max(ordinal), 0) FROM standing m WHERE m.examination_id = g.examination_id)) AS ordinal
              FROM (SELECT f.*, row_number() OVER (PARTITION BY f.examination_id, {f} ORDER BY f.ordinal) AS again
                    FROM found_in f JOIN examinations_in i ON i.id = f.examination_id WHERE i.added_to) g
              LEFT JOIN standing d ON d.examination_id = g.examination_id AND d.again = g.again
                AND ({d}) IS NOT DISTINCT FROM ({g})) n
            WHERE f.examination_id = n.examination_id AND f.ordinal = n.place"""
    )
    _say_added(session)
    session.run(
        """INSERT INTO found_in SELECT examination_id, account_id, ordinal, type, disposition, declared, found, revenue_difference
           FROM standing s WHERE NOT EXISTS (
             SELECT 1 FROM found_in f WHERE f.examination_id = s.examination_id AND f.ordinal = s.ordinal)"""
    )


def _say_added(session: Session) -> None:
    """Of a finding that was corrected nobody but its sender knows that it is not one more."""
    ((added,),) = session.rows(
        """SELECT count(*) FROM found_in f JOIN examinations_in i ON i.id = f.examination_id AND i.added_to
           WHERE EXISTS (SELECT 1 FROM standing s WHERE s.examination_id = f.examination_id) AND NOT EXISTS (
             SELECT 1 FROM standing s WHERE s.examination_id = f.examination_id AND s.ordinal = f.ordinal)"""
    )
    if added:
        stand = "finding stands" if added == 1 else "findings stand"
        session.said.append(
            f"{added:,} {stand} beside those on file: where one was corrected, load its examination whole."
        )


def write(session: Session) -> None:
    """Write what is new or changed; what was is kept with the load that replaced it."""
    touched = {pk for (pk,) in session.rows("SELECT DISTINCT account_id FROM examinations_in")}
    _mark_changed(session)
    _keep_history(session)
    columns = ", ".join(COLUMNS)
    session.run(
        f"""INSERT INTO examinations_examination AS x (id, key, {columns}, version_at, load_id)
            SELECT id, key, {columns}, %(version_at)s, %(load)s FROM examinations_in i WHERE changed
            ON CONFLICT (key) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)},
              version_at = excluded.version_at, load_id = excluded.load_id"""
    )
    session.run(
        """INSERT INTO examinations_seenagain (load_id, "table", version_at, ids)
           SELECT %(load)s, 'examinations_examination', x.version_at, array_agg(x.id) FROM examinations_examination x
           JOIN examinations_in i ON x.id = i.id WHERE NOT i.changed AND x.version_at < %(version_at)s
           GROUP BY x.version_at"""
    )
    session.run(
        """UPDATE examinations_examination x SET version_at = %(version_at)s FROM examinations_in i
           WHERE x.id = i.id AND NOT i.changed AND x.version_at < %(version_at)s"""
    )
    _write_found(session)
    _write_parts(session)
    session.touched |= {pk for (pk,) in session.rows("SELECT DISTINCT account_id FROM examinations_in WHERE changed")}  # type: ignore[misc]
    session.touched |= {  # type: ignore[misc]
        pk
        for (pk,) in session.rows(
            "SELECT DISTINCT filer_id FROM examinations_in WHERE changed AND filer_id IS NOT NULL"
        )
    }
    examination_months.recompute(session, sorted(touched, key=str))
    count = "SELECT count(*) FROM staged s JOIN examinations_in i ON i.key = s.name WHERE {}"
    session.loaded += session.counts(count.format("i.changed"))[0]
    session.unchanged += session.counts(count.format("NOT i.changed"))[0]


def _mark_changed(session: Session) -> None:
    old, new = (", ".join(f"{side}.{name}" for name in COLUMNS) for side in ("x", "i"))
    rows = "SELECT array_agg((type, disposition, declared, found, revenue_difference)::text ORDER BY ordinal) FROM {} d WHERE d.examination_id = i.id"
    session.run("ALTER TABLE examinations_in ADD COLUMN changed boolean NOT NULL DEFAULT true")
    session.run(
        f"""UPDATE examinations_in i SET changed = false
            FROM examinations_examination x JOIN examinations_selection s ON s.examination_id = x.id
            WHERE x.id = i.id AND ({old}) IS NOT DISTINCT FROM ({new}) AND s.reason = i.reason
              AND i.probability IS NOT DISTINCT FROM (SELECT probability FROM examinations_draw d WHERE d.examination_id = x.id)
              AND i.cost IS NOT DISTINCT FROM (
                SELECT amount FROM examinations_cost c WHERE c.examination_id = x.id AND c.by = 'file')
              AND ({rows.format("found_in")}) IS NOT DISTINCT FROM ({rows.format("examinations_discrepancy")})"""
    )


def _keep_history(session: Session) -> None:
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, x.account_id, x.filer_id, 'examinations_examination', x.key, 'replaced',
                  to_jsonb(x) || jsonb_build_object('discrepancies', (
                    SELECT jsonb_agg(to_jsonb(d) ORDER BY d.ordinal) FROM examinations_discrepancy d
                    WHERE d.examination_id = x.id)), now()
           FROM examinations_in i JOIN examinations_examination x ON x.id = i.id WHERE i.stored AND i.changed"""
    )
    # Apart from the row: who may see the one may not see the other.
    for part in ("selection", "draw", "cost"):
        session.run(
            f"""INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
                SELECT %(load)s, x.account_id, x.filer_id, 'examinations_{part}', x.key, 'replaced', to_jsonb(p), now()
                FROM examinations_in i JOIN examinations_examination x ON x.id = i.id
                JOIN examinations_{part} p ON p.examination_id = x.id
                WHERE i.stored AND i.changed {"AND p.by = 'file'" if part == "cost" else ""}"""
        )


def _write_found(session: Session) -> None:
    """What was found: of a version that lacks rows they are withdrawn; of one that may lack some, all stand in `found_in`."""
    session.withdrawn += session.run(
        """DELETE FROM examinations_discrepancy d USING examinations_in i
           WHERE d.examination_id = i.id AND i.changed
             AND NOT EXISTS (SELECT 1 FROM found_in f WHERE f.examination_id = d.examination_id AND f.ordinal = d.ordinal)"""
    )
    session.run(
        """INSERT INTO examinations_discrepancy
             (examination_id, account_id, ordinal, type, disposition, declared, found, revenue_difference)
           SELECT f.* FROM (SELECT examination_id, account_id, ordinal, type, disposition, declared, found,
                                   revenue_difference FROM found_in) f
           JOIN examinations_in i ON i.id = f.examination_id WHERE i.changed
           ON CONFLICT (examination_id, ordinal) DO UPDATE SET account_id = excluded.account_id, type = excluded.type,
             disposition = excluded.disposition, declared = excluded.declared, found = excluded.found,
             revenue_difference = excluded.revenue_difference"""
    )


def _write_parts(session: Session) -> None:
    session.run(
        """INSERT INTO examinations_selection (examination_id, account_id, reason)
           SELECT id, account_id, reason FROM examinations_in WHERE changed
           ON CONFLICT (examination_id) DO UPDATE SET account_id = excluded.account_id, reason = excluded.reason"""
    )
    session.run(
        """INSERT INTO examinations_draw (examination_id, account_id, probability)
           SELECT id, account_id, probability FROM examinations_in WHERE changed AND probability IS NOT NULL
           ON CONFLICT (examination_id) DO UPDATE
           SET account_id = excluded.account_id, probability = excluded.probability"""
    )
    session.run(
        """DELETE FROM examinations_draw d USING examinations_in i
           WHERE d.examination_id = i.id AND i.changed AND i.probability IS NULL"""
    )
    # What the account recorded itself (by = account) no load touches, but for whose it is.
    session.run(
        """INSERT INTO examinations_cost (examination_id, account_id, by, kind, amount)
           SELECT id, account_id, 'file', '', cost FROM examinations_in WHERE changed AND cost IS NOT NULL
           ON CONFLICT (examination_id) WHERE by = 'file' DO UPDATE
           SET account_id = excluded.account_id, amount = excluded.amount"""
    )
    session.run(
        """DELETE FROM examinations_cost c USING examinations_in i
           WHERE c.examination_id = i.id AND i.changed AND c.by = 'file' AND i.cost IS NULL"""
    )
