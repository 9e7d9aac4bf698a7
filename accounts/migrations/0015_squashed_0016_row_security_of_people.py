from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0015_people_of_accounts"),
        ("accounts", "0016_row_security_of_people"),
    ]

    operations = [AtOnce(replaces)]
