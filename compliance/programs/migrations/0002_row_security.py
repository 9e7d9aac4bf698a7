from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

MANAGED, OWN = within("account_id", "managed"), within("account_id", "own")
STAFF = f"((SELECT reach_all()) OR {MANAGED})"
WHOLE = f"({OWN} OR {MANAGED})"
#: What decides who takes part, headquarters alone writes down.
DECIDED = f"((SELECT reach_all()) OR ({MANAGED} AND state NOT IN ('accepted', 'left')))"


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("programs_step", WHOLE, write=DECIDED),
        protect("programs_confirmation", WHOLE, write=STAFF),
        protect("programs_done", WHOLE, write=f"((SELECT reach_all()) OR {WHOLE})"),
        protect_ledger("programs_confirmationevent"),
        protect_ledger("programs_doneevent"),
    ]
