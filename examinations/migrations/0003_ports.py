from django.db import migrations

# Schedule D district and port codes. The last column: takes vessels only, so that harbor fees are due there
# even where a file gives no mode of transport (project default).
PORTS = [
    ("0401", "Boston", False),
    ("0901", "Buffalo", False),
    ("1001", "New York", False),
    ("1303", "Baltimore", False),
    ("1401", "Norfolk", True),
    ("1601", "Charleston", True),
    ("1703", "Savannah", True),
    ("1704", "Atlanta", False),
    ("2304", "Laredo", False),
    ("2402", "El Paso", False),
    ("2506", "Otay Mesa", False),
    ("2704", "Los Angeles", True),
    ("2709", "Long Beach", True),
    ("2720", "Los Angeles Airport", False),
    ("2809", "San Francisco", False),
    ("3001", "Seattle", False),
    ("3004", "Blaine", False),
    ("3801", "Detroit", False),
    ("3802", "Port Huron", False),
    ("3901", "Chicago", False),
    ("4601", "Newark", False),
    ("4701", "J.F.K. Airport", False),
    ("5201", "Miami", False),
    ("5206", "Miami Airport", False),
    ("5301", "Houston", False),
]


def add(apps, schema_editor):
    Port = apps.get_model("examinations", "Port")
    Port.objects.bulk_create(Port(code=code, name=name, seaport_only=sea) for code, name, sea in PORTS)


class Migration(migrations.Migration):
    dependencies = [("examinations", "0002_row_security")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
