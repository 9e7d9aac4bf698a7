"""Four foreign keys of an entry lose their constraint triggers, which cost most of what its insert costs.

The load looks all four up in the same transaction and locks them; Django's PROTECT still refuses to delete them.
"""

import django.db.models.deletion
from django.db import migrations, models


def plain_key(to: str, related_name: str, **options: bool) -> models.Field:
    return models.ForeignKey(
        to=to,
        related_name=related_name,
        on_delete=django.db.models.deletion.PROTECT,
        db_index=False,
        db_constraint=False,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_centers"), ("examinations", "0003_ports")]

    operations = [
        migrations.AlterField("entry", "account", plain_key("accounts.account", "entries")),
        migrations.AlterField("entry", "filer", plain_key("accounts.account", "filed_entries", null=True)),
        migrations.AlterField("entry", "identifier", plain_key("accounts.identifier", "+")),
        migrations.AlterField("entry", "load", plain_key("examinations.load", "+")),
    ]
