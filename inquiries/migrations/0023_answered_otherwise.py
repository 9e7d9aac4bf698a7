from django.db import migrations

#: What inquiries that are alike were answered with, where it is another authority of the same kind; for those who work for CBP
#: and may read this inquiry. It reads with the owner's rights, since an expert sees few threads and a manager one's own, and
#: tells authorities, how often and when: no account, no words. Planned each time, as every search of threads (0019).
FIND = """
CREATE FUNCTION answered_otherwise(of_inquiry bigint, alike tsquery, ranks tsquery, most integer)
RETURNS TABLE (authority text, times bigint, newest timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE own record;
BEGIN
  SELECT i.category_id, i.heading, m.authority_kind, m.authority INTO own
  FROM inquiries_inquiry i CROSS JOIN LATERAL (
    SELECT a.authority_kind, a.authority FROM inquiries_message a
    WHERE a.inquiry_id = i.id AND a.kind = 'answer' AND a.authority <> '' ORDER BY a.id DESC LIMIT 1) m
  WHERE i.id = of_inquiry
    AND EXISTS (SELECT FROM accounts_person p WHERE p.id = acting_person() AND p.is_active AND p.role <> 'member')
    AND (reach_all() OR i.account_id = ANY (reach('managed')) OR i.id = ANY (inquiries_of_expert()));
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY
  SELECT given.authority::text, count(*), max(given.at)
  FROM (SELECT t.inquiry_id FROM (
          SELECT t.inquiry_id, t.vector FROM inquiries_threadtext t WHERE t.vector @@ alike LIMIT 1000) t
        ORDER BY ts_rank(t.vector, ranks) DESC, t.inquiry_id DESC LIMIT most) found
  JOIN inquiries_inquiry i ON i.id = found.inquiry_id AND i.id <> of_inquiry AND i.category_id = own.category_id
    AND (i.heading = '' OR own.heading = '' OR left(i.heading, 4) = left(own.heading, 4))
  CROSS JOIN LATERAL (
    SELECT a.authority_kind, a.authority, a.at FROM inquiries_message a
    WHERE a.inquiry_id = i.id AND a.kind = 'answer' AND a.authority <> '' ORDER BY a.id DESC LIMIT 1) given
  WHERE given.authority_kind = own.authority_kind AND given.authority <> own.authority
  GROUP BY given.authority ORDER BY count(*) DESC, max(given.at) DESC;
END $$;
"""
DROP = "DROP FUNCTION answered_otherwise(bigint, tsquery, tsquery, integer);"


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0022_more_reasons_of_refused_mails")]

    operations = [migrations.RunSQL(FIND, DROP)]
