from django.db import migrations

from accounts.row_security import protect, protect_ledger

#: For headquarters and processes alone: ranks and decisions are law-enforcement information.
NOBODY_ELSE = "false"


class Migration(migrations.Migration):
    dependencies = [("selection", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("selection_round", NOBODY_ELSE),
        protect("selection_candidate", NOBODY_ELSE),
        protect_ledger("selection_roundevent"),
        protect_ledger("selection_decisionevent"),
    ]
