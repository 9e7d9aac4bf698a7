from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

OWN, MANAGED = within("account_id", "own"), within("account_id", "managed")
STAFF = "EXISTS (SELECT FROM accounts_person p WHERE p.id = (SELECT acting_person()) AND p.role <> 'member' AND p.is_active)"
INTO = "inquiry_id = ANY ((SELECT inquiries_of_expert())::bigint[])"
OF_CBP = f"({MANAGED} OR {INTO})"

#: The words of each message are added to those of its thread, as the owner: nobody writes them by hand. A thread that has
#: very many keeps the first ones, since a vector has an end.
KEEP = """
CREATE FUNCTION keep_thread_text() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO inquiries_threadtext AS t (inquiry_id, account_id, vector)
  SELECT i.id, i.account_id,
         setweight(to_tsvector('english', i.subject), 'A') || setweight(to_tsvector('english', NEW.text), 'B')
  FROM inquiries_inquiry i WHERE i.id = NEW.inquiry_id
  ON CONFLICT (inquiry_id) DO UPDATE SET vector = CASE WHEN pg_column_size(t.vector) < 200000
    THEN t.vector || setweight(to_tsvector('english', NEW.text), 'B') ELSE t.vector END;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_thread_text AFTER INSERT ON inquiries_message FOR EACH ROW EXECUTE FUNCTION keep_thread_text();
CREATE INDEX thread_text_of_account ON inquiries_threadtext USING gin (account_id, vector);
CREATE INDEX thread_text_of_all ON inquiries_threadtext USING gin (vector);
"""
DROP_KEEP = """
DROP INDEX thread_text_of_all; DROP INDEX thread_text_of_account;
DROP TRIGGER keep_thread_text ON inquiries_message; DROP FUNCTION keep_thread_text();
"""
KNOWN = """
INSERT INTO inquiries_threadtext (inquiry_id, account_id, vector)
SELECT i.id, i.account_id, setweight(to_tsvector('english', i.subject), 'A')
       || setweight(to_tsvector('english', left(string_agg(m.text, ' ' ORDER BY m.id), 100000)), 'B')
FROM inquiries_inquiry i JOIN inquiries_message m ON m.inquiry_id = i.id GROUP BY i.id
"""
#: Finds with the owner's rights and asks who may see for itself, the same as the policy on inquiries: comparing words is not
#: leakproof, so under row security no index of words could be used. It tells numbers alone, and only of what opens anyhow.
FIND = """
CREATE FUNCTION find_threads(every tsquery, ranks tsquery, most integer) RETURNS TABLE (number bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE accounts uuid[] := reach('own') || reach('managed'); brought bigint[] := inquiries_of_expert();
BEGIN
  IF reach_all() THEN
    RETURN QUERY SELECT f.inquiry_id FROM (SELECT t.inquiry_id, t.vector FROM inquiries_threadtext t
      WHERE t.vector @@ every LIMIT 1000) f ORDER BY ts_rank(f.vector, ranks) DESC, f.inquiry_id DESC LIMIT most;
  ELSE
    RETURN QUERY SELECT f.inquiry_id FROM (
      (SELECT t.inquiry_id, t.vector FROM inquiries_threadtext t
       WHERE t.account_id = ANY (accounts) AND t.vector @@ every LIMIT 1000)
      UNION
      (SELECT t.inquiry_id, t.vector FROM inquiries_threadtext t
       WHERE t.inquiry_id = ANY (brought) AND t.vector @@ every LIMIT 1000)) f
      ORDER BY ts_rank(f.vector, ranks) DESC, f.inquiry_id DESC LIMIT most;
  END IF;
END $$;
CREATE FUNCTION find_knowledge(every tsquery, ranks tsquery, most integer) RETURNS TABLE (number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT f.id FROM (SELECT e.id, e.search FROM inquiries_knowledgeentry e
    WHERE e.state = 'published' AND e.search @@ every LIMIT 1000) f
  ORDER BY ts_rank(f.search, ranks) DESC, f.id DESC LIMIT most
$$;
"""
DROP_FIND = """
DROP FUNCTION find_knowledge(tsquery, tsquery, integer); DROP FUNCTION find_threads(tsquery, tsquery, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0008_knowledge"), ("accounts", "0002_row_security")]

    operations = [
        BtreeGinExtension(),
        protect(
            "inquiries_knowledgeentry",
            f"((state = 'published' AND (SELECT acting_person()) IS NOT NULL) OR {STAFF})",
            write=f"((SELECT reach_all()) OR {STAFF})",
        ),
        protect("inquiries_knowledgesource", OF_CBP, write=f"((SELECT reach_all()) OR {OF_CBP})"),
        protect("inquiries_threadtext", "false", write="false"),
        protect_ledger("inquiries_knowledgeentryevent"),
        migrations.RunSQL(KEEP, DROP_KEEP),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(FIND, DROP_FIND),
    ]
