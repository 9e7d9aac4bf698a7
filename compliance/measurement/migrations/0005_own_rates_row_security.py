from django.db import migrations

from accounts.row_security import protect, within


class Migration(migrations.Migration):
    dependencies = [("measurement", "0004_own_rates"), ("accounts", "0002_row_security")]

    operations = [
        protect("measurement_ratefit", "false", write="false"),
        protect("measurement_ownrate", within("account_id", "trends"), write="false"),
    ]
