"""Requests as they were before a load, with what they asked about."""

from examinations.loading import undoing
from examinations.loading.requests import linking
from examinations.loading.session import Session
from examinations.models import CustomsRequest

TABLE = "examinations_request"


def undo(session: Session) -> None:
    """Put back requests and their lines. Raises CannotUndo where somebody wrote something down about one since, or sent
    papers of one that would be gone.

    What an account says and sends of one that stood before stays with it.
    """
    undoing.find(session, TABLE)
    if session.rows(
        """SELECT 1 FROM documents_document d JOIN django_content_type t ON t.id = d.about_type_id
           JOIN undone_rows u ON d.about_id = u.id::text
           WHERE t.app_label = %(app)s AND t.model = %(model)s AND d.withdrawn_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM undone_was b WHERE b.id = u.id) LIMIT 1""",
        app=CustomsRequest._meta.app_label,
        model=CustomsRequest._meta.model_name,
    ):
        raise undoing.CannotUndo("Somebody has sent papers of an answer to one of these requests since.")
    if session.rows(
        """SELECT 1 FROM examinations_requestrecord w JOIN undone_rows u ON u.id = w.request_id
           WHERE w.at > %(version_at)s AND (w.kind <> 'said' OR NOT EXISTS (
             SELECT 1 FROM undone_was b WHERE b.id = u.id)) LIMIT 1"""
    ):
        raise undoing.CannotUndo("Somebody has written down an answer, an extension or an outcome of a request since.")
    session.touched |= {  # type: ignore[misc]
        pk
        for pair in session.rows(f"SELECT account_id, filer_id FROM {TABLE} WHERE id IN (SELECT id FROM undone_rows)")
        for pk in pair
        if pk
    }
    session.run("DELETE FROM examinations_requestline WHERE request_id IN (SELECT id FROM undone_rows)")
    undoing.put_back(session, TABLE)
    session.run(
        """INSERT INTO examinations_requestline SELECT r.* FROM undone_was u,
             jsonb_array_elements(nullif(u.was -> 'lines', 'null')) one,
             jsonb_populate_record(NULL::examinations_requestline, one) r"""
    )
    # An entry may have come, gone or changed hands since the row before was written.
    linking.follow_entries(session, f"SELECT entry_number FROM {TABLE} WHERE id IN (SELECT id FROM undone_was)")
    undoing.refuse_where_moved(
        session,
        f"""SELECT r.identifier_id, r.account_id, r.filer_id, r.entry_number
            FROM {TABLE} r JOIN undone_was u ON u.id = r.id""",
    )
