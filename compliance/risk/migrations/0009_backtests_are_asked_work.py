import uuid

from django.conf import settings
from django.db import migrations, models

#: Nothing refers to these rows; their numbers were in no address but that of a page's choice.
BY_UUID = """
ALTER TABLE risk_backtest DROP COLUMN id;
ALTER TABLE risk_backtest ADD COLUMN id uuid PRIMARY KEY DEFAULT gen_random_uuid();
ALTER TABLE risk_backtest ALTER COLUMN id DROP DEFAULT
"""
#: The worker's message of each was a number, and two could be unfinished.
DIED = """
UPDATE risk_backtest SET state = 'failed', finished_at = now(),
    message = 'It did not end before the portal was renewed. Ask again.'
WHERE state IN ('waiting', 'running');
-- The rows were written anew by this migration: what their keys refer to is looked at now, or no index could be made.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0008_only_what_moved")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BY_UUID)],
            state_operations=[
                migrations.AlterField(
                    model_name="backtest",
                    name="id",
                    field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
        migrations.RenameField(model_name="backtest", old_name="asked_at", new_name="created_at"),
        migrations.AddField(
            model_name="backtest",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="times begun"),
        ),
        migrations.AddField(
            model_name="backtest",
            name="message",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(model_name="backtest", name="started_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="backtest",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting for a worker"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("refused", "Refused"),
                    ("failed", "Failed"),
                ],
                default="waiting",
                max_length=7,
            ),
        ),
        migrations.AlterField(model_name="backtest", name="finished_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="backtest",
            name="by",
            field=models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterModelOptions(name="backtest", options={"ordering": ["-created_at"]}),
        migrations.RunSQL(DIED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="backtest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=("finished_at",),
                name="one_backtest_at_a_time",
                nulls_distinct=False,
            ),
        ),
    ]
