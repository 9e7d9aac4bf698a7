from django.db import migrations

from accounts.row_security import protect, protect_ledger

MINE = "person_id = (SELECT acting_person())"
MY_ADDRESS = "address = (SELECT email FROM accounts_person WHERE id = (SELECT acting_person()))"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_how_people_are_told"), ("accounts", "0002_row_security")]

    operations = [
        protect("notifications_howtold", MINE, write=f"({MINE})"),
        protect_ledger("notifications_howtoldevent"),
        protect("notifications_suppression", MY_ADDRESS, write=f"((SELECT reach_all()) OR {MY_ADDRESS})"),
        # Nobody has signed in where a provider reports: the row is kept as it came, and a worker takes it in.
        protect_ledger("notifications_mailreport"),
    ]
