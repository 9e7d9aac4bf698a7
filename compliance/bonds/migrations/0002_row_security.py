from django.db import migrations

from accounts.row_security import protect, within

COVERED = (
    "EXISTS (SELECT 1 FROM bonds_coverednumber c WHERE c.bond_id = bonds_bond.id AND "
    + within("c.account_id", "bonds")
    + ")"
)


class Migration(migrations.Migration):
    dependencies = [("bonds", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("bonds_bond", f"({within('account_id', 'bonds')} OR {COVERED})"),
        protect(
            "bonds_coverednumber",
            f"({within('account_id', 'bonds')} OR {within('principal_account_id', 'bonds')})",
        ),
    ]
