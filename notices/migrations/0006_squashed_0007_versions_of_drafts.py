from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("notices", "0006_files_of_notices"),
        ("notices", "0007_versions_of_drafts"),
    ]

    operations = [AtOnce(replaces)]
