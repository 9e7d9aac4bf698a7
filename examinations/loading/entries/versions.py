"""New versions of entries: what is new goes straight in, what is stored is compared (`corrections`)."""

import uuid

from examinations.loading import examination_months
from examinations.loading.entries import corrections, own, summaries
from examinations.loading.entries.columns import (
    BESIDE,
    ENTRY_COLUMNS,
    HEADER,
    LINE_COLUMNS,
    NOTED,
    READY,
    ROW,
    SUMMED,
    TOTALS,
    totals,
)
from examinations.loading.entries.fees import fees_are_all
from examinations.loading.session import Session
from examinations.models import Port

#: Of an entry `e`, beside those met `m`: whether the file brought it in already.
OF_THIS_LOAD = "(m.id IS NOT NULL OR e.load_id = %(load)s)"


class Disorderly(Exception):
    """An entry's rows lie apart in the file, or the file is older than what is stored: all its rows must be seen first."""


def parameters(session: Session) -> dict[str, object]:
    """What the statements over staged rows ask for beside the session's own."""
    return {
        "fees_are_all": fees_are_all(session),
        "seaports": list(Port.objects.filter(seaport_only=True).values_list("code", flat=True)),
    }


def _parameters(session: Session, entries: str) -> dict[str, object]:
    return parameters(session) if entries == "grouped" else {}


def group(session: Session) -> None:
    """Tables `not_standing` (rows that do not stand for their line) and `grouped` (one row an entry, its sums made).

    An entry whose rows disagree stands in it more than once: checks.refuse_entries_at_odds takes it out.
    """
    # The first commodity row stands for the line; chapters 98 and 99 only where there is no other.
    session.run(
        """CREATE TEMPORARY TABLE not_standing ON COMMIT DROP AS
           SELECT row FROM (
             SELECT row, row_number() OVER (PARTITION BY entry_number, line ORDER BY (hts >= '98'), ordinal) AS place
             FROM staged WHERE entry_number IN (SELECT entry_number FROM staged WHERE ordinal > 1)) r
           WHERE place > 1"""
    )
    session.run("ANALYZE not_standing")
    header = ", ".join(f"{sql} AS {name}" for name, sql in HEADER.items())
    summed = ", ".join(f"{ROW[name]} AS {name}" for name in SUMMED)
    session.run(
        f"""CREATE TEMPORARY TABLE grouped ON COMMIT DROP AS
            SELECT NULL::int AS place, s.entry_number AS number, s.importer, min(s.importer_shown) AS importer_shown,
                   count(*)::int AS rows, min(s.summary_date) AS earliest_summary, {header}, {totals("r.")}
            FROM staged s {BESIDE} CROSS JOIN LATERAL (SELECT {summed}) r
            GROUP BY s.entry_number, s.importer, s.entry_type, s.port, s.entry_date""",
        **parameters(session),
    )
    session.run("ANALYZE grouped")


def make_tables(session: Session) -> None:
    """Tables `entries_in`, the entries that are being brought in; `met`, those of them that were stored before, and
    `changed_in`, those that are new or changed, both over the whole file."""
    own = ", ".join(f"o.{name}" for name in (*HEADER, *TOTALS, "identifier_id", "account_id", "filer_id"))
    session.run(
        f"""CREATE TEMPORARY TABLE entries_in ON COMMIT DROP AS
            SELECT o.id, 0 AS place, 0 AS rows, o.number, {own}, true AS stored, true AS spoiled,
                   o.load_id AS load_before, o.version_at AS version_before FROM examinations_entry o LIMIT 0"""
    )
    session.run("CREATE TEMPORARY TABLE met (id bigint, spoiled boolean) ON COMMIT DROP")
    session.run(f"CREATE TEMPORARY TABLE changed_in ON COMMIT DROP AS SELECT {NOTED} FROM examinations_entry LIMIT 0")
    corrections.make_tables(session)


def take_in(session: Session, entries: str) -> None:
    """Bring in the entries of a table (`grouped`, `arrived_entries`) with their rows, whose parties are known.

    Raises Disorderly where the file had one of them before, or is older than what is stored.
    """
    new, stored = gather(session, entries)
    if not session.owner:
        own.give_way_to_cbp(session)
    if new:
        _write_new(session, entries)
    if stored:
        corrections.write(session, READY[entries], _parameters(session, entries))


def gather(session: Session, entries: str) -> tuple[int, int]:
    """Into `entries_in`: each with its id, its accounts, and whether it is stored. Returns how many are new, and stored."""
    own = ", ".join(f"g.{name}" for name in (*HEADER, *TOTALS))
    gathered, stored, again, stale = session.counts(
        f"""WITH put AS (
              INSERT INTO entries_in
              SELECT coalesce(e.id, nextval(%(sequence)s::regclass)), g.place, g.rows, g.number, {own},
                     i.identifier, i.account, f.account, e.id IS NOT NULL,
                     EXISTS (SELECT 1 FROM rejected r WHERE r.key = g.number), e.load_id, e.version_at
              FROM {entries} g JOIN importers i ON i.key = g.importer JOIN filers f ON f.key = left(g.number, 3)
              LEFT JOIN LATERAL (
                SELECT id, load_id, version_at FROM examinations_entry e WHERE e.number = g.number AND e.source = %(source)s
                  AND (%(owner)s::uuid IS NULL OR e.account_id = %(owner)s) OFFSET 0) e ON true
              RETURNING stored, load_before, version_before)
            SELECT count(*), count(*) FILTER (WHERE stored), count(*) FILTER (WHERE load_before = %(load)s),
                   count(*) FILTER (WHERE version_before > %(version_at)s) FROM put""",
        # Looked up here: inside the statement it would be looked up for every entry.
        sequence=session.once("SELECT pg_get_serial_sequence('examinations_entry', 'id')"),
    )
    if again or stale:
        raise Disorderly
    session.tell_planner(
        "entries_in (id, place, number, stored)", like=((gathered - stored).bit_length(), stored.bit_length())
    )
    if stored:
        session.run("INSERT INTO met SELECT id, spoiled FROM entries_in WHERE stored")
    return gathered - stored, stored


def refuse_what_was_met(session: Session) -> None:
    """Raises Disorderly where an entry was brought in before all that the file has to say of it had been read."""
    known = """SELECT 1 FROM {0} s JOIN examinations_entry e ON e.number = s.{1} AND e.source = 'cbp'
               LEFT JOIN met m ON m.id = e.id WHERE {2} LIMIT 1"""
    apart = known.format("staged", "entry_number", OF_THIS_LOAD)
    spoiled = known.format("rejected", "key", "NOT m.spoiled")
    if session.counted and (session.table.lost or session.rows(known.format("rejected", "key", OF_THIS_LOAD))):
        raise Disorderly  # a rejected row may be the one before the first
    twice = "SELECT 1 FROM met GROUP BY id HAVING count(*) > 1 LIMIT 1"
    if session.rows(f"({apart}) UNION ALL ({spoiled}) UNION ALL ({twice})") or (
        session.table.lost and session.withdrawn
    ):
        raise Disorderly


def note_touched(session: Session) -> None:
    """The accounts whose entries are new or changed, and those who filed them."""
    for (pk,) in session.rows("SELECT account_id FROM changed_in UNION SELECT filer_id FROM changed_in"):
        if isinstance(pk, uuid.UUID):
            session.touched.add(pk)


def _write_new(session: Session, entries: str) -> None:
    """Entries that nobody stored yet go straight in, with their rows and what they add to the sums."""
    own = ", ".join(name for name in ENTRY_COLUMNS if name not in ("source", "version_at", "load_id"))
    session.run(
        f"""INSERT INTO examinations_entry ({own}, source, version_at, load_id)
            SELECT {own}, %(source)s, %(version_at)s, %(load)s FROM entries_in WHERE NOT stored"""
    )
    columns = ", ".join(LINE_COLUMNS)
    session.loaded += session.run(
        f"INSERT INTO examinations_entryline ({columns}) {READY[entries]} WHERE NOT e.stored",
        **_parameters(session, entries),
    )
    summaries.add(session, "(SELECT *, %(source)s AS source FROM entries_in WHERE NOT stored) e")
    session.run(f"INSERT INTO changed_in SELECT {NOTED} FROM entries_in WHERE NOT stored")


def link_waiting_examinations(session: Session) -> None:
    """Examinations that waited for an entry find it; those of an entry that changed hands follow it.

    Their months are counted again for the accounts that have them now and for those that had them before.
    """
    session.run("ANALYZE changed_in")
    concerned = (
        "SELECT DISTINCT x.account_id FROM examinations_examination x JOIN changed_in e ON e.number = x.entry_number"
    )
    before = session.rows(concerned)
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, x.account_id, x.filer_id, 'examinations_examination', x.key, 'linked', to_jsonb(x), now()
           FROM examinations_examination x JOIN changed_in e ON x.entry_number = e.number
           WHERE (x.entry_id, x.account_id, x.filer_id) IS DISTINCT FROM (e.id, e.account_id, e.filer_id)"""
    )
    session.run(
        """UPDATE examinations_examination x
           SET entry_id = e.id, account_id = e.account_id, filer_id = e.filer_id, identifier_id = e.identifier_id
           FROM changed_in e WHERE x.entry_number = e.number
             AND (x.entry_id, x.account_id, x.filer_id) IS DISTINCT FROM (e.id, e.account_id, e.filer_id)"""
    )
    for part in ("discrepancy", "selection", "draw", "cost"):
        session.run(
            f"""UPDATE examinations_{part} p SET account_id = x.account_id
                FROM examinations_examination x JOIN changed_in e ON e.number = x.entry_number
                WHERE p.examination_id = x.id AND p.account_id <> x.account_id"""
        )
    after = session.rows(concerned)
    examination_months.recompute(session, sorted({pk for (pk,) in before + after}, key=str))
