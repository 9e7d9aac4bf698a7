import uuid

from django.db import migrations, models

#: Nothing refers to these rows; their numbers were in no address but that of a page's choice.
BY_UUID = """
ALTER TABLE effect_studyrun DROP COLUMN id;
ALTER TABLE effect_studyrun ADD COLUMN id uuid PRIMARY KEY DEFAULT gen_random_uuid();
ALTER TABLE effect_studyrun ALTER COLUMN id DROP DEFAULT
"""
#: What ended, ended well or was ended for the next; which of both was not kept.
DIED = """
UPDATE effect_studyrun SET state = 'done' WHERE finished_at IS NOT NULL;
UPDATE effect_studyrun SET state = 'failed', finished_at = now(),
    message = 'The studies did not end before the portal was renewed. Compute them again.'
WHERE finished_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("effect", "0003_study_runs")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BY_UUID)],
            state_operations=[
                migrations.AlterField(
                    model_name="studyrun",
                    name="id",
                    field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
        migrations.RenameField(model_name="studyrun", old_name="asked_at", new_name="created_at"),
        migrations.AddField(
            model_name="studyrun",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="times begun"),
        ),
        migrations.AddField(
            model_name="studyrun",
            name="message",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(model_name="studyrun", name="started_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(model_name="studyrun", name="created_at", field=models.DateTimeField(auto_now_add=True)),
        migrations.AddField(
            model_name="studyrun",
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
        migrations.AlterModelOptions(name="studyrun", options={"ordering": ["-created_at"]}),
        migrations.RunSQL(DIED, migrations.RunSQL.noop),
    ]
