from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("trends", "0006_costs"),
        ("trends", "0007_names_may_be_exchanged"),
    ]

    operations = [AtOnce(replaces)]
