import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from accounts.row_security import protect, within

# A person of two accounts is told once; the managers of both see that it was told.
MANAGED = "(person_id = (SELECT acting_person()) OR told_for && (SELECT reach('managed'))::uuid[])"
BEFORE = f"(person_id = (SELECT acting_person()) OR {within('account_id', 'managed')})"


def policy(read: str) -> str:
    return f"ALTER POLICY web_reads ON notifications_delivery USING ((SELECT reach_all()) OR {read})"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_row_security")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="told_for",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                default=list,
                help_text="every account for which they are told",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="claim",
            field=models.UUIDField(null=True, verbose_name="who claimed it last"),
        ),
        migrations.RunSQL(
            "UPDATE notifications_delivery SET told_for = ARRAY[account_id] WHERE account_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "claimed")), fields=["claim"], name="delivery_claim"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=django.contrib.postgres.indexes.GinIndex(fields=["told_for"], name="delivery_told_for"),
        ),
        migrations.RunSQL(policy(MANAGED), policy(BEFORE)),
        migrations.CreateModel(
            name="MailHome",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=255)),
                ("database", models.CharField(max_length=60)),
                ("since", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="mail_home_is_one")],
            },
        ),
        # Whoever sends must be able to read it; only the worker and the owner write it.
        protect("notifications_mailhome", "true", write="false"),
    ]
