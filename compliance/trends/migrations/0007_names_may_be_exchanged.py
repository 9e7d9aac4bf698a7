import django.db.models.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_squashed_0018_invitations_keep_the_name_that_was_written"),
        ("trends", "0006_costs"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="trend",
            name="trend_one_of_its_cell",
        ),
        migrations.AddConstraint(
            model_name="trend",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                fields=(
                    "account",
                    "measure",
                    "port",
                    "heading",
                    "origin",
                    "manufacturer_id",
                    "other_side",
                    "discrepancy_type",
                ),
                name="trend_one_of_its_cell",
                nulls_distinct=False,
            ),
        ),
    ]
