from django.db import migrations

from accounts.row_security import protect

#: For headquarters and processes alone: what a study says tells who was near the threshold.
NOBODY_ELSE = "false"


class Migration(migrations.Migration):
    dependencies = [("effect", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("effect_effectstudy", NOBODY_ELSE),
        protect("effect_standing", NOBODY_ELSE),
    ]
