from django.db import migrations

# Centers of Excellence and Expertise (19 CFR 101.10), their seats, and the time zone of each seat.
CENTERS = [
    ("001", "Pharmaceuticals, Health & Chemicals", "New York", "America/New_York"),
    ("002", "Agriculture & Prepared Products", "Miami", "America/New_York"),
    ("003", "Automotive & Aerospace", "Detroit", "America/Detroit"),
    ("004", "Apparel, Footwear & Textiles", "San Francisco", "America/Los_Angeles"),
    ("005", "Base Metals", "Chicago", "America/Chicago"),
    ("006", "Petroleum, Natural Gas & Minerals", "Houston", "America/Chicago"),
    ("007", "Electronics", "Los Angeles", "America/Los_Angeles"),
    ("008", "Consumer Products & Mass Merchandising", "Atlanta", "America/New_York"),
    ("009", "Industrial & Manufacturing Materials", "Buffalo", "America/New_York"),
    ("010", "Machinery", "Laredo", "America/Chicago"),
]


def add(apps, schema_editor):
    Center = apps.get_model("accounts", "Center")
    Center.objects.bulk_create(
        Center(code=code, name=name, city=city, time_zone=zone) for code, name, city, zone in CENTERS
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_row_security")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
