from django.db import migrations

#: The examination must still be of the account that asks, or of what it filed: when a number moves to another account its
#: examinations move, and the inquiries about them stay where they were asked.
REASON = """
CREATE OR REPLACE FUNCTION reason_of_attached(number bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT s.reason FROM inquiries_inquiry i JOIN django_content_type t ON t.id = i.about_type_id
    JOIN examinations_examination x ON x.id = CASE WHEN t.model = 'examination' THEN i.about_id::bigint END
      AND i.account_id IN (x.account_id, x.filer_id)
    JOIN examinations_selection s ON s.examination_id = x.id
  WHERE i.id = reason_of_attached.number AND i.id = ANY (inquiries_of_expert()) AND t.app_label = 'examinations' $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION reason_of_attached(number bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT s.reason FROM inquiries_inquiry i JOIN django_content_type t ON t.id = i.about_type_id
    JOIN examinations_selection s ON s.examination_id = CASE WHEN t.model = 'examination' THEN i.about_id::bigint END
  WHERE i.id = number AND i.id = ANY (inquiries_of_expert()) AND t.app_label = 'examinations' $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0017_whether_a_sender_is_proved"),
        ("examinations", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunSQL(REASON, BEFORE)]
