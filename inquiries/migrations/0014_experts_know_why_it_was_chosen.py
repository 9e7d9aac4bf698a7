from django.db import migrations

#: An expert may know why the examination that an inquiry is about was chosen, and of no other. With its owner's rights, since no
#: table of trade is open to experts (decision 0050); it asks inquiries_of_expert() for itself, and tells one word.
REASON = """
CREATE FUNCTION reason_of_attached(number bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
  SELECT s.reason FROM inquiries_inquiry i JOIN django_content_type t ON t.id = i.about_type_id
    JOIN examinations_selection s ON s.examination_id = CASE WHEN t.model = 'examination' THEN i.about_id::bigint END
  WHERE i.id = number AND i.id = ANY (inquiries_of_expert()) AND t.app_label = 'examinations' $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0013_what_tells_who_asked"),
        ("examinations", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunSQL(REASON, "DROP FUNCTION reason_of_attached(bigint);")]
