"""New versions of requests: written where something changed; what was is kept with the load that replaced it."""

from examinations.loading import owners
from examinations.loading.session import Session

FIELDS = ("form", "entry_number", "issued", "answered", "outcome", "review_team")
COLUMNS = ("account_id", "filer_id", "identifier_id", "entry_id", *FIELDS)


def gather(session: Session) -> None:
    """Tables `requests_in` (a row a request, with its id and whose it is) and `asked_in` (a row a line of one)."""
    owners.hold(session, "SELECT e.identifier_id FROM examinations_entry e JOIN staged s ON s.entry_number = e.number")
    _find_filers(session)
    fields = ", ".join(f"max({name}) AS {name}" for name in FIELDS)
    session.run(
        f"""CREATE TEMPORARY TABLE requests_in ON COMMIT DROP AS
            SELECT coalesce(q.id, nextval(pg_get_serial_sequence('examinations_request', 'id'))) AS id,
                   q.id IS NOT NULL AS stored, a.*, e.id AS entry_id, e.identifier_id,
                   -- One that staff recorded by hand under an account stays there while its entry is to come.
                   coalesce(e.account_id, q.account_id) AS account_id, coalesce(e.filer_id, f.account) AS filer_id,
                   EXISTS (SELECT 1 FROM rejected r WHERE r.key = a.number) AS spoiled, true AS changed
            FROM (SELECT number, {fields} FROM staged GROUP BY number) a
            LEFT JOIN examinations_request q ON q.number = a.number
            LEFT JOIN examinations_entry e ON e.number = a.entry_number AND e.source = 'cbp'
            LEFT JOIN filers f ON f.key = left(a.entry_number, 3)"""
    )
    session.run(
        """CREATE TEMPORARY TABLE asked_in ON COMMIT DROP AS
           SELECT i.id AS request_id, s.line, s.subject FROM staged s JOIN requests_in i ON i.number = s.number"""
    )
    session.run("ANALYZE requests_in")
    session.run("ANALYZE asked_in")


def _find_filers(session: Session) -> None:
    """Table `filers`, of entries that are to come: an unknown code becomes a prospective broker, as with entries."""
    session.run(
        """CREATE TEMPORARY TABLE filers ON COMMIT DROP AS
           SELECT left(entry_number, 3) AS key, left(min(entry_number), 3) AS shown, ''::text AS name FROM staged s
           WHERE NOT EXISTS (SELECT 1 FROM examinations_entry e WHERE e.number = s.entry_number AND e.source = 'cbp')
           GROUP BY left(entry_number, 3)"""
    )
    owners.say_made(session, owners.complete(session, "filers", "filer"), "filer")


def write(session: Session) -> None:
    """Write what is new or changed, and count it."""
    _mark_unchanged(session)
    _touch(session, "SELECT q.account_id, q.filer_id FROM examinations_request q JOIN requests_in i ON i.id = q.id")
    _keep_history(session)
    columns = ", ".join(COLUMNS)
    session.run(
        f"""INSERT INTO examinations_request (id, number, {columns}, version_at, load_id)
            SELECT id, number, {columns}, %(version_at)s, %(load)s FROM requests_in i WHERE changed
            ON CONFLICT (number) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)},
              version_at = excluded.version_at, load_id = excluded.load_id"""
    )
    _write_lines(session)
    _confirm(session)
    _touch(session, "SELECT i.account_id, i.filer_id FROM requests_in i")
    count = "SELECT count(*) FROM asked_in a JOIN requests_in i ON i.id = a.request_id WHERE {}"
    session.loaded += session.counts(count.format("i.changed"))[0]
    session.unchanged += session.counts(count.format("NOT i.changed"))[0]


def _mark_unchanged(session: Session) -> None:
    old, new = (", ".join(f"{side}.{name}" for name in COLUMNS) for side in ("q", "i"))
    said = "SELECT line, subject FROM asked_in a WHERE a.request_id = i.id"
    stored = "SELECT line, subject FROM examinations_requestline l WHERE l.request_id = i.id"
    session.run(
        f"""UPDATE requests_in i SET changed = false FROM examinations_request q
            WHERE q.id = i.id AND ({old}) IS NOT DISTINCT FROM ({new}) AND NOT EXISTS ({said} EXCEPT {stored})
              AND (%(partial)s OR i.spoiled OR NOT EXISTS ({stored} EXCEPT {said}))"""
    )


def _touch(session: Session, sides: str) -> None:
    changed = session.rows(f"{sides} WHERE i.changed")
    session.touched |= {pk for pair in changed for pk in pair if pk}  # type: ignore[misc]


def _keep_history(session: Session) -> None:
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, coalesce(q.account_id, q.filer_id), q.filer_id, 'examinations_request', q.number, 'replaced',
                  to_jsonb(q) || jsonb_build_object('lines', (
                    SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id) FROM examinations_requestline l WHERE l.request_id = q.id)),
                  now()
           FROM requests_in i JOIN examinations_request q ON q.id = i.id WHERE i.stored AND i.changed"""
    )


def _write_lines(session: Session) -> None:
    """Lines that a version lacks are withdrawn, but for --partial or a rejected row."""
    session.withdrawn += session.run(
        """DELETE FROM examinations_requestline l USING requests_in i
           WHERE l.request_id = i.id AND i.changed AND NOT (%(partial)s OR i.spoiled) AND NOT EXISTS (
             SELECT 1 FROM asked_in a WHERE a.request_id = l.request_id AND a.line IS NOT DISTINCT FROM l.line
               AND a.subject = l.subject)"""
    )
    session.run(
        """INSERT INTO examinations_requestline (request_id, line, subject)
           SELECT a.request_id, a.line, a.subject FROM asked_in a JOIN requests_in i ON i.id = a.request_id WHERE i.changed
           ON CONFLICT (request_id, line, subject) DO NOTHING"""
    )


def _confirm(session: Session) -> None:
    """What the file says again unchanged was so as of its day."""
    again = """FROM examinations_request q JOIN requests_in i ON i.id = q.id
               WHERE NOT i.changed AND q.version_at < %(version_at)s"""
    session.run(
        f"""INSERT INTO examinations_seenagain (load_id, "table", version_at, ids)
            SELECT %(load)s, 'examinations_request', q.version_at, array_agg(q.id) {again} GROUP BY q.version_at"""
    )
    session.run(f"UPDATE examinations_request t SET version_at = %(version_at)s WHERE t.id IN (SELECT q.id {again})")
