from django.db import migrations

from accounts.row_security import WORKER, within

#: What an examination has from the lines of its entry is open to who may read entries, whatever else was delegated.
OF_ENTRIES = "('entry_type', 'chapter', 'heading', 'origin', 'manufacturer')"


def lines_are_of_entries(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""CREATE POLICY lines_are_of_entries ON {table} AS RESTRICTIVE FOR SELECT TO portal_web
            USING ({WORKER} OR dimension NOT IN {OF_ENTRIES} OR (SELECT reach_all())
              OR {within("account_id", "entries")} OR {within("filer_id", "filed")})""",
        f"DROP POLICY lines_are_of_entries ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("examinations", "0030_discrepancy_money_of_account")]

    operations = [
        lines_are_of_entries("examinations_examinationbreakdown"),
        lines_are_of_entries("examinations_discrepancybreakdown"),
    ]
