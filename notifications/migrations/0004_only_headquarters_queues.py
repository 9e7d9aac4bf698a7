from django.db import migrations

# A person writes of their own deliveries that they were read, and nothing else: one who could add a delivery to
# themselves could open any message, and one who could remove one could deny having been told.
EVERYONE_OWN = "(SELECT reach_all()) OR person_id = (SELECT acting_person())"


def policies(write: str) -> str:
    return f"""
    ALTER POLICY web_adds ON notifications_delivery WITH CHECK ({write});
    ALTER POLICY web_removes ON notifications_delivery USING ({write});
    """


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_claims_and_mail_home")]

    operations = [migrations.RunSQL(policies("(SELECT reach_all())"), policies(EVERYONE_OWN))]
