"""Who may read a part of an examination or request may read that: asked of the one row that it belongs to.

Without OFFSET, PostgreSQL may answer EXISTS by reading every examination of the portal once and looking parts up in
the answer: quicker for many parts, but its time then grows with the portal, for a page that shows a dozen.
"""

from django.db import migrations

from accounts.row_security import WORKER

ALL = "(SELECT reach_all())"
#: Table, policy, and who reads beside those who may see the row that `{}` is asked of.
POLICIES = (
    (
        "discrepancy",
        "web_reads",
        f"{ALL} OR account_id = ANY ((SELECT reach('managed'))::uuid[])",
        "examinations_examination e WHERE e.id = examination_id AND e.closed IS NOT NULL",
    ),
    (
        "cost",
        "of_an_examination_seen",
        f"{ALL} OR {WORKER}",
        "examinations_examination e WHERE e.id = examination_id",
    ),
    ("detention", "web_reads", ALL, "examinations_examination e WHERE e.id = examination_id"),
    ("detentionitem", "web_reads", ALL, "examinations_examination e WHERE e.id = detention_id"),
    ("requestline", "web_reads", ALL, "examinations_request r WHERE r.id = request_id"),
    ("requestrecord", "web_reads", ALL, "examinations_request r WHERE r.id = request_id"),
)


def _altered(ending: str) -> str:
    return "".join(
        f"ALTER POLICY {policy} ON examinations_{table} USING ({others} OR EXISTS (SELECT 1 FROM {row}{ending}));"
        for table, policy, others, row in POLICIES
    )


class Migration(migrations.Migration):
    dependencies = [("examinations", "0038_entries_by_the_days_on_which_they_close")]

    operations = [migrations.RunSQL(_altered(" OFFSET 0"), _altered(""))]
