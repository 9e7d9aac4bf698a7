import django.contrib.postgres.constraints
from django.db import migrations, models

# A file of some of a bond's rows once made a second number its principal and left the first. The company whose bond it is keeps it.
ONE = """
UPDATE bonds_coverednumber c SET role = 'USER' FROM (
  SELECT id, row_number() OVER (PARTITION BY bond_id ORDER BY account_id = principal_account_id DESC, id) AS place
  FROM bonds_coverednumber WHERE role = 'PRINCIPAL') p
WHERE p.id = c.id AND p.place > 1;
"""


class Migration(migrations.Migration):
    dependencies = [("bonds", "0009_told_by_the_year")]

    operations = [
        migrations.RunSQL(ONE, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="coverednumber",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("role", "PRINCIPAL")),
                deferrable=models.Deferrable["DEFERRED"],
                expressions=[("bond", "=")],
                name="covered_number_one_principal",
            ),
        ),
    ]
