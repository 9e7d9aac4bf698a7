from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("inquiries", "0006_mails_that_come_in"),
        ("inquiries", "0007_row_security_of_mails"),
        ("inquiries", "0008_knowledge"),
        ("inquiries", "0009_row_security_of_knowledge"),
        ("inquiries", "0010_outcome_at_the_row"),
        ("inquiries", "0011_contacts_concern"),
    ]

    operations = [AtOnce(replaces)]
