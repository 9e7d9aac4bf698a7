from django.db import migrations

WAS = "person_id = (SELECT acting_person())"
#: Told for no account, such as an invitation; or for one that is one's own still, or in one's care.
MINE = f"""({WAS} AND (told_for = '{{}}' OR told_for && ((SELECT reach('own'))::uuid[] || (SELECT reach('managed'))::uuid[])))"""
MANAGED = "told_for && (SELECT reach('managed'))::uuid[]"


def policy(mine: str) -> str:
    return f"ALTER POLICY web_reads ON notifications_delivery USING ((SELECT reach_all()) OR {mine} OR {MANAGED})"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0010_marked_when_sent")]

    operations = [migrations.RunSQL(policy(MINE), policy(WAS))]
