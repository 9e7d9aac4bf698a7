"""The ledger of old versions loses a constraint trigger and two indexes; by account those of entries alone are looked up.

A file that corrects every entry writes as many of them as it writes rows.
"""

import django.db.models.deletion
from django.db import migrations, models


def plain_key(to: str, on_delete: object, related_name: str, **options: bool) -> models.Field:
    return models.ForeignKey(to=to, on_delete=on_delete, related_name=related_name, db_constraint=False, **options)


CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("examinations", "0027_nothing_stays_with_a_former_holder")]

    operations = [
        migrations.AlterField("supersededrow", "account", plain_key("accounts.account", CASCADE, "+", db_index=False)),
        migrations.AlterField(
            "supersededrow", "filer", plain_key("accounts.account", CASCADE, "+", db_index=False, null=True)
        ),
        migrations.AlterField("supersededrow", "load", plain_key("examinations.load", PROTECT, "superseded")),
        migrations.AddIndex(
            "supersededrow",
            models.Index(
                fields=["account"], condition=models.Q(table="examinations_entry"), name="superseded_entry_of"
            ),
        ),
    ]
