"""Papers that were sent belong to whom that belongs what they are about: its account, and the broker who filed it now.

Row security asks a document for both; it is told again whenever a load, its undoing or an identifier that changes hands
may have changed them.
"""

from typing import Any

from examinations.models import CustomsRequest, DetentionItem

#: By model: its table, and whose a row of it is. A request that waits for its entry is its broker's.
OF_MODEL = {
    DetentionItem: """SELECT i.id, x.account_id, x.filer_id FROM examinations_detentionitem i
                      JOIN examinations_examination x ON x.id = i.detention_id""",
    CustomsRequest: """SELECT id, coalesce(account_id, filer_id) AS account_id, filer_id FROM examinations_request""",
}


def papers_follow(cursor: Any) -> None:
    """Give every paper to whom it belongs now; a statement for each kind of thing that papers are about.

    What belongs to nobody for now, a request whose entry went and whose filer code nobody has, leaves its papers where
    they are.
    """
    for model, whose in OF_MODEL.items():
        cursor.execute(
            f"""WITH papers AS MATERIALIZED (
                  SELECT d.id, d.about_id::bigint AS about FROM documents_document d
                  JOIN django_content_type t ON t.id = d.about_type_id WHERE t.app_label = %s AND t.model = %s)
                UPDATE documents_document d SET account_id = w.account_id, filer_id = w.filer_id
                FROM papers p JOIN ({whose}) w ON w.id = p.about
                WHERE d.id = p.id AND w.account_id IS NOT NULL AND (d.account_id, d.filer_id) IS DISTINCT FROM (w.account_id, w.filer_id)""",
            [model._meta.app_label, model._meta.model_name],
        )
