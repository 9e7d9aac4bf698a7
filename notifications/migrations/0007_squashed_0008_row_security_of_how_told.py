from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0007_how_people_are_told"),
        ("notifications", "0008_row_security_of_how_told"),
    ]

    operations = [AtOnce(replaces)]
