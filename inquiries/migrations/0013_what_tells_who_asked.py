from django.db import migrations

#: Words of a text that tell who asked: of the account's names (former ones too), its numbers, its people (past and invited
#: ones too), its entries. It reads with the owner's rights, for who looks may see few of these, and tells only what stands in
#: the text that it was given: nothing that the reader does not have before them already. For those who work for CBP alone, and
#: of an inquiry only to those who may read it; of an entry of the knowledge base to all of them, since any may publish it.
FIND = """
CREATE FUNCTION what_tells_who_asked(of_inquiry bigint, of_entry bigint, words text, common text[]) RETURNS TABLE (told text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
  whose uuid; asked_in bigint;
  unbound boolean := current_setting('role') = 'none' AND pg_has_role(session_user, 'portal_worker', 'USAGE');
BEGIN
  IF NOT unbound AND NOT EXISTS (SELECT FROM accounts_person p WHERE p.id = acting_person() AND p.is_active AND p.role <> 'member')
  THEN RETURN; END IF;
  IF of_entry IS NOT NULL THEN
    SELECT s.account_id, s.inquiry_id INTO whose, asked_in FROM inquiries_knowledgesource s WHERE s.entry_id = of_entry;
  ELSE
    SELECT i.account_id, i.id INTO whose, asked_in FROM inquiries_inquiry i WHERE i.id = of_inquiry
      AND (unbound OR reach_all() OR i.account_id = ANY (reach('managed')) OR i.id = ANY (inquiries_of_expert()));
  END IF;
  IF whose IS NULL THEN RETURN; END IF;
  RETURN QUERY
  WITH people AS (
    SELECT m.person_id AS id FROM accounts_membership m WHERE m.account_id = whose
    UNION SELECT v.person_id FROM accounts_invitation v WHERE v.account_id = whose
    UNION SELECT i.asked_by_id FROM inquiries_inquiry i WHERE i.id = asked_in
    UNION SELECT m.by_id FROM inquiries_message m WHERE m.inquiry_id = asked_in AND NOT m.from_cbp),
  names AS (
    SELECT a.name FROM accounts_account a WHERE a.id = whose
    UNION SELECT e.name FROM accounts_accountevent e WHERE e.pgh_obj_id = whose
    UNION SELECT p.name FROM accounts_person p JOIN people USING (id)
    UNION SELECT n.name FROM accounts_nightcontact n WHERE n.account_id = whose),
  whole AS (
    SELECT name FROM names
    UNION SELECT p.email FROM accounts_person p JOIN people USING (id)
    UNION SELECT p.telephone FROM accounts_person p JOIN people USING (id)
    UNION SELECT d.value FROM accounts_identifier d WHERE d.account_id = whose
    UNION SELECT replace(d.value, '-', '') FROM accounts_identifier d WHERE d.account_id = whose),
  patterns AS (
    SELECT '(?<!\\w)' || regexp_replace(regexp_replace(btrim(name), '([^\\w\\s])', '\\\\\\1', 'g'), '\\s+', '\\\\s+', 'g')
           || '(?!\\w)' AS pattern, 'gi' AS flags
    FROM whole WHERE length(btrim(name)) > 2
    UNION
    SELECT '(?<!\\w)' || word || '(?!\\w)', 'g'
    FROM names, regexp_split_to_table(name, '\\W+') AS word
    WHERE length(word) > 3 AND word ~ '^[[:upper:]]' AND lower(word) <> ALL (common)),
  entries AS (
    SELECT found[1] AS hit, upper(regexp_replace(found[1], '[^0-9A-Za-z]', '', 'g')) AS key
    FROM regexp_matches(words, '(?<!\\w)[0-9A-Za-z]{3}[- ]?[0-9]{7}[- ]?[0-9](?!\\w)', 'g') AS found)
  SELECT DISTINCT hit FROM (
    SELECT found[1] AS hit FROM patterns, regexp_matches(words, '(' || pattern || ')', flags) AS found
    UNION ALL
    SELECT n.hit FROM entries n WHERE EXISTS (
      SELECT FROM examinations_entry e WHERE e.number = n.key AND (e.account_id = whose OR e.filer_id = whose))) AS hits
  ORDER BY 1;
END $$;
"""
DROP = "DROP FUNCTION what_tells_who_asked(bigint, bigint, text, text[]);"


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0012_answers_name_what_they_rest_on"),
        ("accounts", "0017_who_is_demoted_has_invited_nobody"),
        ("examinations", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FIND, DROP)]
