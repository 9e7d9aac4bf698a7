from django.db import migrations

from accounts.row_security import WORKER

#: What was told about an inquiry is read by who may read the inquiry: an expert who was let go, a manager who handed over.
POLICY = f"""
CREATE FUNCTION inquiry_type() RETURNS integer LANGUAGE sql STABLE AS
  $$ SELECT id FROM django_content_type WHERE app_label = 'inquiries' AND model = 'inquiry' $$;
CREATE POLICY of_its_inquiry ON notifications_message AS RESTRICTIVE FOR SELECT TO portal_web
  USING (CASE WHEN about_type_id = (SELECT inquiry_type())
    THEN {WORKER} OR EXISTS (SELECT FROM inquiries_inquiry i
      WHERE i.id = CASE WHEN notifications_message.about_id ~ '^[0-9]{{1,18}}$' THEN notifications_message.about_id::bigint END) ELSE true END);
"""
DROP = "DROP POLICY of_its_inquiry ON notifications_message; DROP FUNCTION inquiry_type();"


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0015_questions_written_down"),
        ("notifications", "0011_who_left_reads_nothing_more"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunSQL(POLICY, DROP)]
