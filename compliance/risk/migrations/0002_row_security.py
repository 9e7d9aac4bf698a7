from django.db import migrations

from accounts.row_security import protect, within


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [protect("risk_assessment", within("account_id", "managed"), write="false")]
