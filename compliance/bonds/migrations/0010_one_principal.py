import django.contrib.postgres.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bonds", "0009_told_by_the_year")]

    operations = [
        migrations.AddConstraint(
            model_name="coverednumber",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("role", "PRINCIPAL")),
                deferrable=models.Deferrable["DEFERRED"],
                expressions=[("bond", "=")],
                name="covered_number_one_principal",
            ),
        )
    ]
