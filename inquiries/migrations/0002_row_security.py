from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

#: CBP's side alone: who manages the account today or covers for that colleague, and headquarters.
CBP = f"((SELECT reach_all()) OR {within('account_id', 'managed')})"


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("inquiries_contact", within("account_id", "managed"), write=CBP),
        protect("inquiries_followup", within("account_id", "managed"), write=CBP),
        protect_ledger("inquiries_contactevent"),
        protect_ledger("inquiries_followupevent"),
    ]
