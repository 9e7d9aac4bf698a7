import datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.row_security import protect, protect_ledger

#: For headquarters and processes alone: whoever knows a draw can steer around it.
NOBODY_ELSE = "false"


def first_rules(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The project's own thresholds; no published ones of CBP's were found (domain 4.2)."""
    apps.get_model("measurement", "MajorRules").objects.create(
        number=1, since=datetime.date(2024, 1, 1), project_default=True
    )


class Migration(migrations.Migration):
    dependencies = [("measurement", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("measurement_majorrules", NOBODY_ELSE),
        protect("measurement_measurementplan", NOBODY_ELSE),
        protect("measurement_stratum", NOBODY_ELSE),
        protect("measurement_stratumpart", NOBODY_ELSE),
        protect("measurement_drawnline", NOBODY_ELSE),
        protect_ledger("measurement_measurementplanevent"),
        migrations.RunPython(first_rules, migrations.RunPython.noop),
    ]
