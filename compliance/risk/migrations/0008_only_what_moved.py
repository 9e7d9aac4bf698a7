from django.db import migrations, models

NEWEST = """
UPDATE risk_assessment SET stands = true
WHERE id IN (SELECT DISTINCT ON (account_id) id FROM risk_assessment ORDER BY account_id, as_of DESC)
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0007_scores_without_constraint_triggers")]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="digest",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="assessment",
            name="stands",
            field=models.BooleanField(default=False, verbose_name="no later score of this account"),
        ),
        migrations.RunSQL(NEWEST, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stands", True)),
                fields=("account",),
                include=("score", "expected_loss"),
                name="assessment_that_stands",
            ),
        ),
    ]
