"""Entries on their way from the file: new ones straight into their tables, while the next block is read.

From the first entry on that is stored already, those that arrive are kept until the whole file is there, to be compared
with what is stored (`versions`). In both cases a block's entries come with their sums made (`whole`); what could not be
said of an entry inside a block waits in `staged` for the statements that see all its rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from examinations.loading.entries import parties, summaries, whole
from examinations.loading.entries.fees import fees_are_all
from examinations.loading.entries.versions import ENTRY_COLUMNS, HEADER, LINE_COLUMNS, ROW, TOTALS
from examinations.loading.session import Copy, Session, copy_of
from examinations.models import Port

#: Rows of one entry without a break after which they are no longer held back for their end.
LONGEST = 50_000


class Disorderly(Exception):
    """An entry's rows lie apart in the file, or the file is older than what is stored: all its rows must be seen first."""


@dataclass(frozen=True)
class Arrival:
    """The whole entries of a block with their rows, ready to be copied, and the rows of the others."""

    entries: Copy
    rows: Copy
    rest: Copy
    numbers: list[str]
    count: int
    parties: frozenset[str]


def make_tables(session: Session) -> None:
    """Tables `arrived_entries` and `arrived_rows`, with the columns of those where they will be stored."""
    own = ", ".join(f"e.{name}" for name in (*HEADER, *TOTALS))
    session.run(
        f"""CREATE TEMPORARY TABLE arrived_entries ON COMMIT DROP AS
            SELECT e.id, 0 AS place, e.number::text, ''::text AS importer, ''::text AS importer_shown, {own}
            FROM examinations_entry e LIMIT 0"""
    )
    sequence = session.rows("SELECT pg_get_serial_sequence('examinations_entry', 'id')")[0][0]
    session.run("ALTER TABLE arrived_entries ALTER id SET DEFAULT nextval(%(sequence)s::regclass)", sequence=sequence)
    of_entry = ("entry_date", "port")
    own = ", ".join(f"l.{name}" for name in ROW if name not in of_entry)
    session.run(
        f"""CREATE TEMPORARY TABLE arrived_rows ON COMMIT DROP AS
            SELECT 0 AS place, l.line, l.ordinal, {own} FROM examinations_entryline l LIMIT 0"""
    )
    for table in ("arrived_entries", "arrived_rows"):
        blank = session.rows(
            """SELECT string_agg(format('ALTER %%I SET DEFAULT ''''', attname), ', ') FROM pg_attribute
               WHERE attrelid = %(table)s::regclass AND attnum > 0 AND atttypid IN ('text'::regtype, 'varchar'::regtype)""",
            table=table,
        )[0][0]
        session.run(f"ALTER TABLE {table} {blank}")
    session.run("ALTER TABLE arrived_entries ALTER corrected SET DEFAULT false")


def bring_in(session: Session) -> None:
    """Read the file to its end: new entries are in their tables then, the others in `arrived_*` and `staged`.

    Raises Disorderly where rows of an entry turn up after it was brought in.
    """
    rule = whole.Rule(
        fees_are_all(session), list(Port.objects.filter(seaport_only=True).values_list("code", flat=True))
    )
    known: set[str] = set()
    straight = not session.rows("SELECT 1 FROM examinations_entry WHERE source = 'own' LIMIT 1")
    for arrival in session.ahead(_arrivals(session, rule)):
        session.copy_in("arrived_entries", arrival.entries)
        session.copy_in("arrived_rows", arrival.rows)
        session.copy_in("staged", arrival.rest)
        straight = straight and not _any_stored(session, arrival.numbers)
        if straight:
            if not arrival.parties <= known:
                parties.find_or_make(session, "arrived_entries")
                known |= arrival.parties
            parties.note_names(session, "arrived_entries")
            _store(session)
    session.run("ANALYZE staged")


def _arrivals(session: Session, rule: whole.Rule) -> Iterator[Arrival]:
    held: pl.DataFrame | None = None
    place = 0
    for block in session.blocks():
        rows = block if held is None else pl.concat([held, block])
        rows, held = whole.cut(rows)
        if len(held) > LONGEST:
            raise Disorderly
        if len(rows):
            arranged = whole.arrange(rows, rule, place)
            place += len(rows)
            yield _arrival(session, arranged)
    if held is not None:
        yield _arrival(session, whole.arrange(held, rule, place))


def _arrival(session: Session, arranged: whole.Arranged) -> Arrival:
    numbers = arranged.entries["number"]
    keys = [*arranged.entries["importer"].unique(), *numbers.str.slice(0, 3).unique()]
    return Arrival(
        copy_of(arranged.entries),
        copy_of(arranged.rows),
        session.copy_of(arranged.rest),
        numbers.to_list(),
        len(numbers),
        frozenset(keys),
    )


def _any_stored(session: Session, numbers: list[str]) -> bool:
    """Whether any of these entries is stored. Raises Disorderly where this load itself has stored it."""
    found = session.rows(
        """SELECT DISTINCT load_id = %(load)s FROM examinations_entry
           WHERE number = ANY (%(numbers)s::text[]) AND source = 'cbp'""",
        numbers="{" + ",".join(numbers) + "}",
    )
    if (True,) in found:
        raise Disorderly
    return bool(found)


def refuse_what_lies_apart(session: Session) -> None:
    """Raises Disorderly where an entry stands in the file twice: among those grouped, or once in its tables already."""
    twice = "SELECT number FROM grouped GROUP BY number HAVING count(*) > 1"
    stored = (
        "SELECT g.number FROM grouped g JOIN examinations_entry e ON e.number = g.number WHERE e.load_id = %(load)s"
    )
    if session.rows(f"({twice} LIMIT 1) UNION ALL ({stored} LIMIT 1)"):
        raise Disorderly


def _store(session: Session) -> None:
    """Everything that has arrived goes into its tables, and what it adds to the sums beside."""
    own = ("id", "number", *HEADER, *TOTALS)
    theirs = {"identifier_id": "i.identifier", "account_id": "i.account", "filer_id": "f.account"}
    of_load = {"source": "%(source)s", "version_at": "%(version_at)s", "load_id": "%(load)s::uuid"}
    values = {name: f"a.{name}" for name in own} | theirs | of_load
    session.run(
        f"""INSERT INTO examinations_entry ({", ".join(ENTRY_COLUMNS)})
            SELECT {", ".join(values[name] for name in ENTRY_COLUMNS)}
            FROM arrived_entries a JOIN importers i ON i.key = a.importer JOIN filers f ON f.key = left(a.number, 3)"""
    )
    of_entry = {"entry_id": "a.id", "entry_date": "a.entry_date", "port": "a.port"}
    values = {name: f"r.{name}" for name in LINE_COLUMNS} | theirs | of_load | of_entry
    session.loaded += session.run(
        f"""INSERT INTO examinations_entryline ({", ".join(LINE_COLUMNS)})
            SELECT {", ".join(values[name] for name in LINE_COLUMNS)}
            FROM arrived_rows r JOIN arrived_entries a ON a.place = r.place
            JOIN importers i ON i.key = a.importer JOIN filers f ON f.key = left(a.number, 3)"""
    )
    summaries.add(
        session,
        """(SELECT a.*, i.identifier AS identifier_id, i.account AS account_id, f.account AS filer_id, %(source)s AS source
            FROM arrived_entries a JOIN importers i ON i.key = a.importer JOIN filers f ON f.key = left(a.number, 3)) e""",
    )
    session.run("TRUNCATE arrived_entries, arrived_rows")
