import django.contrib.postgres.fields
from django.db import migrations, models

import compliance.measurement.models


class Migration(migrations.Migration):
    dependencies = [
        ("measurement", "0002_row_security"),
    ]

    operations = [
        migrations.AlterField(
            model_name="majorrules",
            name="admissibility",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("VALUE", "Value"),
                        ("CLASS", "Classification"),
                        ("ORIGIN", "Origin"),
                        ("MARKING", "Marking"),
                        ("QTY", "Quantity"),
                        ("IPR", "Intellectual property"),
                        ("ADCVD", "AD/CVD"),
                        ("PGA", "Other agency's rule"),
                        ("TEXTILE", "Textile"),
                        ("QUOTA", "Quota"),
                        ("SPI_CLAIM", "Preference claim"),
                        ("DESC", "Description"),
                        ("MISSING_DOC", "Missing document"),
                        ("FORCED_LABOR", "Forced labor"),
                        ("MANIFEST", "Manifest"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=compliance.measurement.models.default_admissibility,
                size=None,
                verbose_name="major whatever they cost",
            ),
        ),
    ]
