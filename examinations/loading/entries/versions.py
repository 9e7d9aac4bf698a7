"""New versions of entries: what is new goes straight in, what is stored is compared, replaced and withdrawn."""

import uuid

from examinations.loading import examination_months
from examinations.loading.entries.fees import HMF, HMF_ESTIMATED, fees_are_all
from examinations.loading.session import Session
from examinations.models import Port

#: Columns of an entry that a file brings, in the staged table's words, and how rows of one entry become one value.
HEADER = {
    "entry_type": "s.entry_type",
    "port": "s.port",
    "entry_date": "s.entry_date",
    "summary_date": "max(s.summary_date)",
    "mode": "max(s.mode)",
    "importer_name": "max(s.importer_name)",
    "filer_name": "max(s.filer_name)",
    "review_team": "max(s.review_team)",
    "bond_number": "max(s.bond_number)",
    "liquidation_date": "max(s.liquidation_date)",
    "liquidation_status": "max(s.liquidation_status)",
    "liquidated_duty": "max(s.liquidated_duty)",
    "reconciliation_due": "max(s.reconciliation_due)",
    "extension_status": "max(s.extension_status)",
    "corrected": "bool_or(s.corrected)",
}
#: Columns of a row that a file brings.
ROW = {
    "stands_for_line": "n.row IS NULL",
    "counts_value": "s.spi <> 'V'",
    "entry_date": "s.entry_date",
    "port": "s.port",
    "mode": "s.mode",
    "origin": "s.origin",
    "export_country": "s.export_country",
    "manufacturer_id": "s.manufacturer_id",
    "spi": "s.spi",
    "hts": "s.hts",
    "value": "s.value",
    "duty": "s.duty",
    "mpf": "coalesce(s.mpf, f.mpf, 0)",
    "hmf": HMF,
    "tax": "coalesce(s.tax, 0)",
    "other_fees": "coalesce(s.fees, 0)",
    "fees_estimated": f"f.row IS NOT NULL OR {HMF_ESTIMATED}",
    "quantity": "s.quantity",
    "uom": "s.uom",
    "adcvd_case": "s.adcvd_case",
}
TOTALS = {
    "lines": "count(*) FILTER (WHERE {r}stands_for_line)",
    "value": "coalesce(sum({r}value) FILTER (WHERE {r}counts_value), 0)",
    "duty": "sum({r}duty)",
    "mpf": "sum({r}mpf)",
    "hmf": "CASE WHEN bool_and({r}hmf IS NOT NULL) THEN sum({r}hmf) END",
    "tax": "sum({r}tax)",
    "other_fees": "sum({r}other_fees)",
    "fees_estimated": "bool_or({r}fees_estimated)",
}
#: Columns of a row that its entry's totals are made of.
SUMMED = ("stands_for_line", "counts_value", "value", "duty", "mpf", "hmf", "tax", "other_fees", "fees_estimated")
LINE_COLUMNS = ("entry_id", "line", "ordinal", "account_id", "filer_id", "source", "load_id", *ROW)
ENTRY_COLUMNS = (
    *("id", "number", "identifier_id", "account_id", "filer_id", "source", "version_at", "load_id"),
    *HEADER,
    *TOTALS,
)


def _parameters(session: Session) -> dict[str, object]:
    return {
        "fees_are_all": fees_are_all(session),
        "seaports": list(Port.objects.filter(seaport_only=True).values_list("code", flat=True)),
    }


#: What a staged row `s` is joined with: whether it stands for its line, and its estimated processing fee.
BESIDE = "LEFT JOIN not_standing n ON n.row = s.row LEFT JOIN estimated f ON f.row = s.row"


def _ready(stored: str) -> str:
    """The rows as they will be stored, with the id of their entry: those of `staged`, and those that arrived whole.

    stored: a condition on their entry `e`.
    """
    of_entry = (
        "e.id AS entry_id, s.line, s.ordinal, e.account_id, e.filer_id, %(source)s AS source, %(load)s::uuid AS load_id"
    )
    staged = ", ".join(f"{sql} AS {name}" for name, sql in ROW.items())
    arrived = ", ".join(f"e.{name}" if name in ("entry_date", "port") else f"s.{name}" for name in ROW)
    return f"""
        SELECT {of_entry}, {staged} FROM staged s JOIN entries_in e ON e.number = s.entry_number {BESIDE} WHERE {stored}
        UNION ALL
        SELECT {of_entry}, {arrived} FROM arrived_rows s JOIN entries_in e ON e.place = s.place WHERE {stored}"""


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
                   min(s.summary_date) AS earliest_summary, {header}, {_totals("r.")}
            FROM staged s {BESIDE} CROSS JOIN LATERAL (SELECT {summed}) r
            GROUP BY s.entry_number, s.importer, s.entry_type, s.port, s.entry_date""",
        **_parameters(session),
    )
    session.run("ANALYZE grouped")


def add_arrived(session: Session) -> int:
    """Put the entries that arrived whole among the grouped ones. Returns how many they are."""
    columns = ", ".join(("place", "number", "importer", "importer_shown", *HEADER, *TOTALS))
    arrived = session.run(f"INSERT INTO grouped ({columns}) SELECT {columns} FROM arrived_entries")
    if arrived:
        session.run("ANALYZE grouped")
        session.run("ANALYZE arrived_rows")
    return arrived


def gather(session: Session) -> None:
    """Table `entries_in`: one row an entry, with its id, its accounts, and whether it is stored already."""
    session.run(
        """CREATE TEMPORARY TABLE entries_in ON COMMIT DROP AS
           SELECT coalesce(e.id, nextval(%(sequence)s::regclass)) AS id, g.*,
                  i.identifier AS identifier_id, i.account AS account_id, f.account AS filer_id,
                  e.id IS NOT NULL AS stored,
                  EXISTS (SELECT 1 FROM rejected r WHERE r.key = g.number) AS spoiled,
                  CASE WHEN e.id IS NULL THEN true END AS changed
           FROM grouped g JOIN importers i ON i.key = g.importer JOIN filers f ON f.key = left(g.number, 3)
           LEFT JOIN examinations_entry e ON e.number = g.number AND e.source = %(source)s
             AND (%(owner)s::uuid IS NULL OR e.account_id = %(owner)s)""",
        # Looked up here: inside the statement it would be looked up for every entry.
        sequence=session.rows("SELECT pg_get_serial_sequence('examinations_entry', 'id')")[0][0],
    )
    session.run("ANALYZE entries_in")
    spoiled = int(str(session.rows("SELECT count(*) FROM entries_in WHERE spoiled AND stored")[0][0]))
    if spoiled:
        session.said.append(
            f"{spoiled} stored {'entry has' if spoiled == 1 else 'entries have'} rejected rows: nothing of "
            f"{'it' if spoiled == 1 else 'them'} was withdrawn."
        )


def write(session: Session) -> None:
    """Write entries and rows; counts what came in, what stayed, what was withdrawn."""
    parameters = _parameters(session)
    _write_new(session, parameters)
    if session.rows("SELECT 1 FROM entries_in WHERE stored LIMIT 1"):
        _write_stored(session, parameters)
    # `filed` holds the parties of what went straight in, so far.
    changed = "SELECT {0} FROM entries_in WHERE changed UNION SELECT {0} FROM filed"
    for party in ("account_id", "filer_id"):
        session.touched |= {pk for (pk,) in session.rows(changed.format(party)) if isinstance(pk, uuid.UUID)}


def _totals(alias: str) -> str:
    return ", ".join(f"{sql.format(r=alias)} AS {name}" for name, sql in TOTALS.items())


def _write_new(session: Session, parameters: dict[str, object]) -> None:
    """Entries that nobody stored yet go straight in, with their rows."""
    own = ", ".join(name for name in ENTRY_COLUMNS if name not in ("source", "version_at", "load_id"))
    session.run(
        f"""INSERT INTO examinations_entry ({own}, source, version_at, load_id)
            SELECT {own}, %(source)s, %(version_at)s, %(load)s FROM entries_in WHERE NOT stored"""
    )
    columns = ", ".join(LINE_COLUMNS)
    chosen = ", ".join(f"r.{name}" for name in LINE_COLUMNS)
    session.loaded += session.run(
        f"INSERT INTO examinations_entryline ({columns}) SELECT {chosen} FROM ({_ready('NOT e.stored')}) r",
        **parameters,
    )


def _write_stored(session: Session, parameters: dict[str, object]) -> None:
    session.run(f"CREATE TEMPORARY TABLE ready ON COMMIT DROP AS {_ready('e.stored')}", **parameters)
    session.run("CREATE UNIQUE INDEX ON ready (entry_id, line, ordinal)")
    session.run("ANALYZE ready")
    compared = ("account_id", "filer_id", "source", *ROW)
    old, new = (", ".join(f"{side}.{name}" for name in compared) for side in ("l", "r"))
    session.run(
        f"""CREATE TEMPORARY TABLE replaced ON COMMIT DROP AS
            SELECT l.id, r.entry_id, r.line, r.ordinal FROM ready r
            JOIN examinations_entryline l USING (entry_id, line, ordinal)
            WHERE ({old}) IS DISTINCT FROM ({new})"""
    )
    session.run(
        """CREATE TEMPORARY TABLE missing ON COMMIT DROP AS
           SELECT l.id, l.entry_id FROM entries_in e JOIN examinations_entryline l ON l.entry_id = e.id
           LEFT JOIN ready r ON r.entry_id = l.entry_id AND r.line = l.line AND r.ordinal = l.ordinal
           WHERE e.stored AND r.entry_id IS NULL AND NOT (%(partial)s OR e.spoiled)"""
    )
    _keep_history(session)
    session.withdrawn += session.run("DELETE FROM examinations_entryline l USING missing m WHERE l.id = m.id")
    settings = ", ".join(f"{name} = r.{name}" for name in ("account_id", "filer_id", "source", "load_id", *ROW))
    replaced = session.run(
        f"""UPDATE examinations_entryline l SET {settings} FROM ready r JOIN replaced p USING (entry_id, line, ordinal)
            WHERE l.id = p.id"""
    )
    columns, chosen = ", ".join(LINE_COLUMNS), ", ".join(f"r.{name}" for name in LINE_COLUMNS)
    session.run(
        """CREATE TEMPORARY TABLE added ON COMMIT DROP AS
           SELECT r.entry_id, r.line, r.ordinal FROM ready r
           LEFT JOIN examinations_entryline l USING (entry_id, line, ordinal) WHERE l.id IS NULL"""
    )
    added = session.run(
        f"""INSERT INTO examinations_entryline ({columns})
            SELECT {chosen} FROM ready r JOIN added USING (entry_id, line, ordinal)"""
    )
    _update_headers(session)
    also = int(
        str(
            session.rows(
                """SELECT count(*) FROM ready r JOIN header_changed h ON h.id = r.entry_id
           WHERE NOT EXISTS (SELECT 1 FROM replaced p WHERE (p.entry_id, p.line, p.ordinal) = (r.entry_id, r.line, r.ordinal))
             AND NOT EXISTS (SELECT 1 FROM added a WHERE (a.entry_id, a.line, a.ordinal) = (r.entry_id, r.line, r.ordinal))"""
            )[0][0]
        )
    )
    whole = int(str(session.rows("SELECT count(*) FROM ready")[0][0]))
    session.loaded += replaced + added + also
    session.unchanged += whole - replaced - added - also


def _keep_history(session: Session) -> None:
    """What is replaced or withdrawn stays, as it was, with the load that did it."""
    for why in ("replaced", "withdrawn"):
        source = "replaced" if why == "replaced" else "missing"
        session.run(
            f"""INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
                SELECT %(load)s, l.account_id, l.filer_id, 'examinations_entryline',
                       e.number || '/' || l.line || '/' || l.ordinal, %(why)s, to_jsonb(l), now()
                FROM {source} x JOIN examinations_entryline l ON l.id = x.id JOIN entries_in e ON e.id = l.entry_id""",
            why=why,
        )


def _update_headers(session: Session) -> None:
    """Entries whose own columns or whose rows changed get a new version; the old one is kept."""
    compared = ("identifier_id", "account_id", "filer_id", *HEADER)
    old, new = (", ".join(f"{side}.{name}" for name in compared) for side in ("o", "e"))
    session.run(
        f"""CREATE TEMPORARY TABLE header_changed ON COMMIT DROP AS
            SELECT e.id FROM entries_in e JOIN examinations_entry o ON o.id = e.id
            WHERE e.stored AND ({old}) IS DISTINCT FROM ({new})"""
    )
    session.run(
        """UPDATE entries_in e SET changed = true WHERE e.id IN (
             SELECT id FROM header_changed UNION SELECT entry_id FROM replaced UNION SELECT entry_id FROM missing
             UNION SELECT entry_id FROM added)"""
    )
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, o.account_id, o.filer_id, 'examinations_entry', o.number, 'replaced', to_jsonb(o), now()
           FROM examinations_entry o JOIN entries_in e ON e.id = o.id WHERE e.stored AND e.changed"""
    )
    settings = ", ".join(f"{name} = e.{name}" for name in compared)
    totals = ", ".join(f"{name} = t.{name}" for name in TOTALS)
    session.run(
        f"""UPDATE examinations_entry o
            SET {settings}, {totals}, version_at = %(version_at)s, load_id = %(load)s
            FROM entries_in e JOIN (
              SELECT l.entry_id, {_totals("l.")} FROM examinations_entryline l
              JOIN entries_in i ON i.id = l.entry_id WHERE i.stored AND i.changed GROUP BY l.entry_id) t ON t.entry_id = e.id
            WHERE o.id = e.id AND e.stored AND e.changed"""
    )
    session.run(
        """INSERT INTO examinations_seenagain (load_id, "table", version_at, ids)
           SELECT %(load)s, 'examinations_entry', o.version_at, array_agg(o.id) FROM examinations_entry o
           JOIN entries_in e ON e.id = o.id
           WHERE e.stored AND e.changed IS NULL AND o.version_at < %(version_at)s GROUP BY o.version_at"""
    )
    session.run(
        """UPDATE examinations_entry o SET version_at = %(version_at)s FROM entries_in e
           WHERE o.id = e.id AND e.stored AND e.changed IS NULL AND o.version_at < %(version_at)s"""
    )


def link_waiting_examinations(session: Session) -> None:
    """Examinations that waited for an entry find it; those of an entry that changed hands follow it.

    Their months are counted again for the accounts that have them now and for those that had them before.
    """
    # Of entries that went straight in only examinations that wait can know: none of them was stored before.
    session.run(
        """CREATE TEMPORARY TABLE linking ON COMMIT DROP AS
           SELECT id, number, account_id, filer_id, identifier_id FROM entries_in WHERE changed
           UNION
           SELECT e.id, e.number, e.account_id, e.filer_id, e.identifier_id FROM examinations_entry e
           JOIN examinations_examination x ON x.entry_number = e.number AND x.entry_id IS NULL
           WHERE e.load_id = %(load)s AND e.source = 'cbp' """
    )
    session.run("ANALYZE linking")
    concerned = (
        "SELECT DISTINCT x.account_id FROM examinations_examination x JOIN linking e ON e.number = x.entry_number"
    )
    before = session.rows(concerned)
    session.run(
        """INSERT INTO examinations_supersededrow (load_id, account_id, filer_id, "table", key, why, was, at)
           SELECT %(load)s, x.account_id, x.filer_id, 'examinations_examination', x.key, 'linked', to_jsonb(x), now()
           FROM examinations_examination x JOIN linking e ON x.entry_number = e.number
           WHERE (x.entry_id, x.account_id, x.filer_id) IS DISTINCT FROM (e.id, e.account_id, e.filer_id)"""
    )
    session.run(
        """UPDATE examinations_examination x
           SET entry_id = e.id, account_id = e.account_id, filer_id = e.filer_id, identifier_id = e.identifier_id
           FROM linking e WHERE x.entry_number = e.number
             AND (x.entry_id, x.account_id, x.filer_id) IS DISTINCT FROM (e.id, e.account_id, e.filer_id)"""
    )
    for part in ("discrepancy", "selection", "draw", "cost"):
        session.run(
            f"""UPDATE examinations_{part} p SET account_id = x.account_id
                FROM examinations_examination x JOIN linking e ON e.number = x.entry_number
                WHERE p.examination_id = x.id AND p.account_id <> x.account_id"""
        )
    after = session.rows(concerned)
    examination_months.recompute(session, sorted({pk for (pk,) in before + after}, key=str))
