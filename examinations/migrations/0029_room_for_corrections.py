"""A sixth of each page of entries and their rows is left free, for the new versions of what stands on it.

A new version on the same page writes no index: corrections, and files that only confirm what is stored, gain by it.
Pages that are full already stay so until they are written anew.
"""

from django.db import migrations

TABLES = ("examinations_entry", "examinations_entryline")


class Migration(migrations.Migration):
    dependencies = [("examinations", "0028_superseded_rows_with_fewer_indexes")]

    operations = [
        migrations.RunSQL(f"ALTER TABLE {table} SET (fillfactor = 85)", f"ALTER TABLE {table} RESET (fillfactor)")
        for table in TABLES
    ]
