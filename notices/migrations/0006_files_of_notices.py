from django.db import migrations

# A file of no account that belongs to a notice: the policy of notices applies inside.
OF_NOTICES = """
CREATE POLICY of_notices ON documents_document FOR SELECT TO portal_web USING (
  account_id IS NULL
  AND about_type_id = (SELECT id FROM django_content_type WHERE app_label = 'notices' AND model = 'notice')
  AND EXISTS (SELECT 1 FROM notices_notice n WHERE n.id::text = about_id))
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0005_touched"),
        ("documents", "0003_of_no_account"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunSQL(OF_NOTICES, "DROP POLICY of_notices ON documents_document")]
