"""Half of each page of entries and a quarter of each page of their rows is left free: room for one correction of each entry.

A new version on the page of the old one writes no index, of which entries have ten. The room of the old version is free
again after the load, for the next correction. Pages that are full already stay so until they are written anew.
"""

from django.db import migrations

FILLED = {"examinations_entry": (50, 85), "examinations_entryline": (75, 85)}


class Migration(migrations.Migration):
    dependencies = [("examinations", "0031_breakdowns_of_entries_by_entries")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET (fillfactor = {now})", f"ALTER TABLE {table} SET (fillfactor = {before})"
        )
        for table, (now, before) in FILLED.items()
    ]
