from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

WHOLE = f"({within('account_id', 'own')} OR {within('account_id', 'managed')})"
#: Who manages the people of the account says whom to call at night, and nobody else.
ADMINISTERS = """account_id IN (SELECT account_id FROM accounts_membership
  WHERE person_id = (SELECT acting_person()) AND administrator AND ended_at IS NULL)"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_night_contacts")]

    operations = [
        protect("accounts_nightcontact", WHOLE, write=ADMINISTERS),
        protect_ledger("accounts_nightcontactevent"),
    ]
