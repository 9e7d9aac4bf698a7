from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("risk", "0009_backtests_are_asked_work")]

    operations = [
        migrations.RemoveConstraint(model_name="assessment", name="assessment_that_stands"),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stands", True)),
                fields=("account",),
                include=("score", "expected_loss", "as_of", "digest"),
                name="assessment_that_stands",
            ),
        ),
    ]
