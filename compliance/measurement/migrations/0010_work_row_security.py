from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    dependencies = [("measurement", "0009_work_on_plans"), ("accounts", "0002_row_security")]

    operations = [protect("measurement_planwork", "false")]
