from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("examinations", "0041_costs_are_found_by_account")]

    operations = [
        migrations.RemoveConstraint(model_name="export", name="export_format_known"),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["csv", "xlsx", "pdf"])), name="export_format_known"
            ),
        ),
    ]
