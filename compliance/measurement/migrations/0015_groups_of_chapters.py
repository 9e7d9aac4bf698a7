import datetime

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.row_security import protect

#: The first and the last chapter of each, as plans were divided before headquarters could say otherwise.
FIRST = (
    ("Food and farm goods", 1, 24),
    ("Minerals, chemicals, plastics", 25, 40),
    ("Hides, wood, paper", 41, 49),
    ("Textiles, apparel, footwear", 50, 67),
    ("Stone, glass, metals", 68, 83),
    ("Machinery and electronics", 84, 85),
    ("Vehicles", 86, 89),
    ("Instruments, furniture, toys, other", 90, 99),
)


def first_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The project's own groups; no published ones of CBP's were found."""
    groups = [{"name": name, "chapters": [*range(first, last + 1)]} for name, first, last in FIRST]
    apps.get_model("measurement", "ChapterGroups").objects.create(
        number=1, since=datetime.date(2024, 1, 1), groups=groups, project_default=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0014_only_what_moved"),
        ("accounts", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChapterGroups",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(unique=True)),
                ("since", models.DateField(verbose_name="in force since")),
                ("groups", models.JSONField(verbose_name="groups: name and chapters of each")),
                ("project_default", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "groups of chapters",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="chaptergroups",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        protect("measurement_chaptergroups", "false"),
        migrations.RunPython(first_groups, migrations.RunPython.noop),
    ]
