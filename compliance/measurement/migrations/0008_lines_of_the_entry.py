from django.db import migrations, models
from django.db.models import Q

# Of lines that are drawn already, what their entries are now; of one that is gone, the line alone.
FILL = """
UPDATE measurement_drawnline d SET entry_lines = greatest(e.lines, 1), entry_duty = e.duty
FROM examinations_entry e WHERE e.number = d.entry_number AND e.source = 'cbp'
"""
ALONE = "UPDATE measurement_drawnline SET entry_lines = 1, entry_duty = duty WHERE entry_lines IS NULL"


class Migration(migrations.Migration):
    dependencies = [("measurement", "0007_a_closed_plan_keeps_its_results")]

    operations = [
        migrations.AddField(
            model_name="drawnline",
            name="entry_lines",
            field=models.PositiveIntegerField(null=True, verbose_name="lines of its entry"),
        ),
        migrations.AddField(
            model_name="drawnline",
            name="entry_duty",
            field=models.DecimalField(null=True, decimal_places=2, max_digits=18, verbose_name="duty of its entry"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
        # Foreign keys of the rows just written are checked before the table may be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="drawnline",
            name="entry_lines",
            field=models.PositiveIntegerField(verbose_name="lines of its entry"),
        ),
        migrations.AlterField(
            model_name="drawnline",
            name="entry_duty",
            field=models.DecimalField(decimal_places=2, max_digits=18, verbose_name="duty of its entry"),
        ),
        migrations.AddConstraint(
            model_name="drawnline",
            constraint=models.CheckConstraint(condition=Q(entry_lines__gt=0), name="drawn_of_an_entry_with_lines"),
        ),
    ]
