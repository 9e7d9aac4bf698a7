import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measurement", "0013_account_years")]

    operations = [
        # What is kept without the numbers is counted again when it is next asked for.
        migrations.RunSQL("DELETE FROM measurement_accountyear", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="accountyear",
            name="numbers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="accountyear",
            name="of_numbers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DecimalField(decimal_places=2, max_digits=18), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="ownrate",
            name="digest",
            field=models.BigIntegerField(default=0),
        ),
    ]
