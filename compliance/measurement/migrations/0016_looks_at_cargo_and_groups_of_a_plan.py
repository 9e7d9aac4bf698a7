import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.row_security import protect


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0015_groups_of_chapters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CargoLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reviewer", models.CharField(max_length=120, verbose_name="reviewer who asks")),
                ("because", models.CharField(max_length=300)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("taken_back_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "looks at cargo",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="cargolook",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cargolook",
            name="drawn",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="measurement.drawnline"
            ),
        ),
        migrations.AddField(
            model_name="cargolook",
            name="taken_back_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="cargolook",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)),
                fields=("drawn",),
                name="one_look_at_a_line_asked_for_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="cargolook",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_at", None), ("taken_back_by", None)),
                    models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                    _connector="OR",
                ),
                name="look_taken_back_by_somebody",
            ),
        ),
        protect("measurement_cargolook", "false"),
        pgtrigger.migrations.RemoveTrigger(
            model_name="measurementplan",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="measurementplan",
            name="update_update",
        ),
        migrations.AddField(
            model_name="measurementplan",
            name="groups",
            field=models.ForeignKey(
                default=1,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="measurement.chaptergroups",
                to_field="number",
                verbose_name="groups of chapters",
            ),
        ),
        migrations.AddField(
            model_name="measurementplanevent",
            name="groups",
            field=models.ForeignKey(
                db_constraint=False,
                default=1,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="measurement.chaptergroups",
                to_field="number",
                verbose_name="groups of chapters",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measurementplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "measurement_measurementplanevent" ("bands", "closed_by_id", "closed_on", "ends", "expected_rate", "floor", "frozen_by_id", "frozen_on", "group_by", "groups_id", "id", "lines", "made_at", "made_by_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_days", "seed", "starts", "state", "whole_from") VALUES (NEW."bands", NEW."closed_by_id", NEW."closed_on", NEW."ends", NEW."expected_rate", NEW."floor", NEW."frozen_by_id", NEW."frozen_on", NEW."group_by", NEW."groups_id", NEW."id", NEW."lines", NEW."made_at", NEW."made_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."review_days", NEW."seed", NEW."starts", NEW."state", NEW."whole_from"); RETURN NULL;',
                    hash="9d17d89951f5f3148575da2d77aff84158ff7edf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_589ee",
                    table="measurement_measurementplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measurementplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "measurement_measurementplanevent" ("bands", "closed_by_id", "closed_on", "ends", "expected_rate", "floor", "frozen_by_id", "frozen_on", "group_by", "groups_id", "id", "lines", "made_at", "made_by_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_days", "seed", "starts", "state", "whole_from") VALUES (NEW."bands", NEW."closed_by_id", NEW."closed_on", NEW."ends", NEW."expected_rate", NEW."floor", NEW."frozen_by_id", NEW."frozen_on", NEW."group_by", NEW."groups_id", NEW."id", NEW."lines", NEW."made_at", NEW."made_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."review_days", NEW."seed", NEW."starts", NEW."state", NEW."whole_from"); RETURN NULL;',
                    hash="d701db9effb263642e36f178756039bff6f6ac28",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f516b",
                    table="measurement_measurementplan",
                    when="AFTER",
                ),
            ),
        ),
    ]
