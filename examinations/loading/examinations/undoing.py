"""Examinations as they were before a load, with what was found, why chosen, with what probability, at what cost."""

from examinations.loading import examination_months, undoing
from examinations.loading.session import Session

TABLE = "examinations_examination"
PARTS_KEPT = {
    "selection": "r.examination_id, r.account_id, r.reason",
    "draw": "r.examination_id, r.account_id, r.probability",
    "cost": "r.id, r.examination_id, r.account_id, r.by, r.kind, r.dated, r.amount",
}


def undo(session: Session) -> None:
    """Put back examinations and their parts. Raises CannotUndo where the account recorded costs on a new one."""
    undoing.find(session, TABLE)
    if session.rows(
        """SELECT 1 FROM examinations_cost c JOIN undone_rows u ON u.id = c.examination_id
           WHERE c.by <> 'file' AND NOT EXISTS (SELECT 1 FROM undone_was w WHERE w.id = u.id) LIMIT 1"""
    ):
        raise undoing.CannotUndo("An account has recorded its own costs on an examination of this load.")
    before = session.rows(
        f"SELECT account_id FROM {TABLE} WHERE id IN (SELECT id FROM undone_rows) UNION SELECT account_id FROM undone_was"
    )
    for part in ("discrepancy", "selection", "draw", "cost"):
        also = " AND p.by = 'file'" if part == "cost" else ""
        session.run(f"DELETE FROM examinations_{part} p WHERE p.examination_id IN (SELECT id FROM undone_rows){also}")
    undoing.put_back(session, TABLE)
    undoing.refuse_where_moved(
        session,
        f"""SELECT x.identifier_id, x.account_id, x.filer_id, x.entry_number
            FROM {TABLE} x JOIN undone_was u ON u.id = x.id""",
    )
    _put_back_parts(session)
    accounts = sorted({pk for (pk,) in before}, key=str)
    session.touched |= set(accounts)  # type: ignore[arg-type]
    examination_months.recompute(session, accounts)


def _put_back_parts(session: Session) -> None:
    session.run(
        """INSERT INTO examinations_discrepancy SELECT r.* FROM undone_was u,
             jsonb_array_elements(nullif(u.was -> 'discrepancies', 'null')) one,
             jsonb_populate_record(NULL::examinations_discrepancy, one) r"""
    )
    # Columns by name: a row that was kept before a column came has nothing for it.
    for part, columns in PARTS_KEPT.items():
        session.run(
            f"""INSERT INTO examinations_{part} ({columns.replace("r.", "")}) SELECT {columns} FROM examinations_supersededrow s,
                  LATERAL jsonb_populate_record(NULL::examinations_{part}, s.was) r
                WHERE s.load_id = %(load)s AND s."table" = 'examinations_{part}'"""
        )
    # What the account recorded itself belongs to whom the examination belongs to.
    session.run(
        f"""UPDATE examinations_cost c SET account_id = x.account_id FROM {TABLE} x
            WHERE x.id = c.examination_id AND x.id IN (SELECT id FROM undone_was) AND c.account_id <> x.account_id"""
    )
