from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.row_security import protect, protect_ledger, within

#: Who sees scores sees by which weights they were made; who tries a draft out is headquarters alone.
MANAGERS = "cardinality((SELECT reach('managed'))::uuid[]) > 0"
NOBODY_ELSE = "false"

SCALES = {
    "duty_low": 1_000,
    "duty_high": 50_000_000,
    "rate_low": "0.01",
    "rate_high": "0.3",
    "severity_low": "0.05",
    "severity_high": 3,
    "severity_prior": "0.2",
    "loss_points": 70,
    "moderate_from": 40,
    "high_from": 60,
    "programs_points": 10,
}
FIRST = {"severity_weight": 3, "growth_points": 8, "bond_use_points": 12, "data_quality_points": 6}
SECOND = {
    "severity_weight": 10,
    "majors_points": 4,
    "exposure_points": 6,
    "change_points": 6,
    "controls_points": 4,
    "bond_use_points": 7,
    "data_quality_points": 3,
}


def put_in_force(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Model 1, by which the stored scores were made, and model 2, which asks more and takes its place."""
    models, activations = (apps.get_model("risk", name) for name in ("RiskModel", "Activation"))
    for number, state, note, own in (
        (1, "former", "The first one.", FIRST),
        (2, "active", "The own rate of each account; grave errors, trade issues and what is new count.", SECOND),
    ):
        numbers = {name: Decimal(value) for name, value in (SCALES | own).items()}
        model = models.objects.create(number=number, state=state, note=note, **numbers)
        activations.objects.create(model=model)


#: What older scores leant on, to the last bit, so that they can be computed again.
OLD_SCORES = """
UPDATE risk_assessment SET rate = (reviews_wrong + 2)::float8 / (reviews + 40),
  expected_loss = duty12 * (reviews_wrong + 2) / (reviews + 40)
    * (owed / greatest(duty12 / greatest(lines12, 1), 1) + 0.6) / (finds + 3)
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0003_model_in_the_database"), ("accounts", "0002_row_security")]

    operations = [
        protect("risk_riskmodel", MANAGERS),
        protect("risk_activation", MANAGERS),
        protect("risk_tryout", NOBODY_ELSE),
        protect("risk_tradefacts", within("account_id", "managed"), write="false"),
        protect_ledger("risk_riskmodelevent"),
        migrations.RunPython(put_in_force, migrations.RunPython.noop),
        migrations.RunSQL(OLD_SCORES, migrations.RunSQL.noop),
    ]
