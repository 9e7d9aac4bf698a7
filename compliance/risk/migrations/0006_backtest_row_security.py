from django.db import migrations

from accounts.row_security import protect


class Migration(migrations.Migration):
    dependencies = [("risk", "0005_backtest"), ("accounts", "0002_row_security")]

    operations = [protect("risk_backtest", "false")]
