from django.db import migrations

from accounts.row_security import protect, within

ENTRIES = f"({within('account_id', 'entries')} OR {within('filer_id', 'filed')})"
EXAMINATIONS = f"({within('account_id', 'examinations')} OR {within('filer_id', 'filed')})"
MANAGED = within("account_id", "managed")
# The policy of examinations applies inside the subquery as well: one answer for a row and its parts.
OF_CLOSED = "EXISTS (SELECT 1 FROM examinations_examination e WHERE e.id = examination_id AND e.closed IS NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [("examinations", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("examinations_entry", ENTRIES),
        protect("examinations_entryline", ENTRIES),
        protect("examinations_entrymonth", ENTRIES),
        # A review of papers is told only when closed: an open one would give the draw away.
        protect(
            "examinations_examination",
            f"{MANAGED} OR ({EXAMINATIONS} AND (type <> 'ESR' OR closed IS NOT NULL))",
        ),
        protect("examinations_examinationmonth", EXAMINATIONS),
        protect("examinations_discrepancy", f"{MANAGED} OR {OF_CLOSED}"),
        protect("examinations_selection", MANAGED),
        protect("examinations_draw", "false"),
        protect("examinations_cost", within("account_id", "cost"), write=within("account_id", "own")),
        protect("examinations_load", "false"),
        protect("examinations_reject", "false"),
        protect("examinations_supersededrow", MANAGED),
    ]
