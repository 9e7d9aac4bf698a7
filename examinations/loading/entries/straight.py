"""Entries on their way from the file into their tables, while the next block is read.

A block's entries come with their sums made (`whole`) and are brought in at once: new ones as they are, stored ones
compared (`versions`, `corrections`). What could not be said of an entry inside a block waits in `staged` for the statements
that see all its rows.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from examinations.loading.entries import parties, versions, whole
from examinations.loading.entries.columns import HEADER, ROW, TOTALS
from examinations.loading.entries.fees import fees_are_all
from examinations.loading.entries.versions import Disorderly
from examinations.loading.session import Copy, Session, copy_of
from examinations.models import Port

#: Rows of one entry without a break after which they are no longer held back for their end.
LONGEST = 50_000


@dataclass(frozen=True)
class Arrival:
    """The whole entries of a block with their rows, ready to be copied, and the rows of the others."""

    entries: Copy
    rows: Copy
    rest: Copy | None
    parties: parties.Named


def make_tables(session: Session) -> None:
    """Tables `arrived_entries` and `arrived_rows`, with the columns of those where they will be stored."""
    own = ", ".join(f"e.{name}" for name in (*HEADER, *TOTALS))
    session.run(
        f"""CREATE TEMPORARY TABLE arrived_entries ON COMMIT DROP AS
            SELECT 0 AS place, 0 AS rows, e.number::text, ''::text AS importer, ''::text AS importer_shown, {own}
            FROM examinations_entry e LIMIT 0"""
    )
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
    """Read the file to its end: whole entries are in their tables then, the others in `staged`.

    Raises Disorderly where rows of an entry turn up after it was brought in, or the file is older than what is stored.
    """
    rule = whole.Rule(
        fees_are_all(session),
        list(Port.objects.filter(seaport_only=True).values_list("code", flat=True)),
        session.in_parts,
    )
    known: parties.Keys = defaultdict(set)
    names: parties.Names = {}
    made = 0
    for arrived in session.ahead(_arrivals(session, rule), lambda arrival: _copied(session, arrival)):
        lacking = {table for table, keys in arrived.keys.items() if not keys <= known[table]}
        made += parties.find_or_make(session, "arrived_entries", lacking)
        for table in lacking:
            known[table] |= arrived.keys[table]
        if made:  # who is made later was in no block before
            parties.keep_greater(names, arrived.names)
        versions.take_in(session, "arrived_entries")
        session.run("TRUNCATE arrived_entries, arrived_rows, entries_in")
    parties.note_names(session, names)
    session.run("ANALYZE staged")
    versions.refuse_what_was_met(session)


def _copied(session: Session, arrival: Arrival) -> parties.Named:
    """Copy a block into its tables; its columns are not kept while the next one is made."""
    session.copy_in("arrived_entries", arrival.entries)
    session.copy_in("arrived_rows", arrival.rows)
    if arrival.rest:
        session.copy_in("staged", arrival.rest)
    session.keep_put_by()
    # From a row on that may be anybody's nothing is withdrawn; where something was before, the whole file must be seen.
    session.partial = session.partial or session.table.lost
    return arrival.parties


def _arrivals(session: Session, rule: whole.Rule) -> Iterator[Arrival]:
    held: pl.DataFrame | None = None
    spoiled: set[str] = set()
    place = 0
    for block in session.blocks():
        session.counted = session.counted or "ordinal" not in block.columns or bool((block["ordinal"] == "").any())
        spoiled |= session.spoiled
        rows, held = whole.cut(block if held is None else pl.concat([held, block]))
        if len(held) > LONGEST:
            raise Disorderly
        # Nothing of a block is kept here while the next one is read, but the rows held back.
        held, many = held.rechunk(), len(rows)
        made = [_arrival(session, whole.arrange(rows, rule, place, spoiled))] if many else []
        place += many
        spoiled &= {held["entry_number"][0]}
        del block, rows
        if made:
            yield made.pop()
    if held is not None:
        yield _arrival(session, whole.arrange(held, rule, place, spoiled | session.spoiled))


def _arrival(session: Session, arranged: whole.Arranged) -> Arrival:
    rest = session.copy_of(arranged.rest) if len(arranged.rest) else None
    return Arrival(copy_of(arranged.entries), copy_of(arranged.rows), rest, parties.Named.of(arranged.entries))
