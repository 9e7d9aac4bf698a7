from django.db import migrations


class Migration(migrations.Migration):
    """A new month writes every row of the review: its new version fits beside the old one, and no index is touched."""

    dependencies = [
        ("bonds", "0005_row_security_of_reviews"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE bonds_bondreview SET (fillfactor = 50)", "ALTER TABLE bonds_bondreview RESET (fillfactor)"
        ),
    ]
