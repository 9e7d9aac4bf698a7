from importlib import import_module

from django.db import migrations

#: As 0013, and more: words of a company's name in any case, where they begin large ("electric" is also what motors are); short
#: ones, such as LG or 3M; and the numbers of its bonds, examinations and requests.
FIND = """
CREATE OR REPLACE FUNCTION what_tells_who_asked(of_inquiry bigint, of_entry bigint, words text, common text[]) RETURNS TABLE (told text)
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
  companies AS (
    SELECT a.name FROM accounts_account a WHERE a.id = whose
    UNION SELECT e.name FROM accounts_accountevent e WHERE e.pgh_obj_id = whose),
  names AS (
    SELECT name FROM companies
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
           || '(?!\\w)' AS pattern, 'gi' AS flags, false AS large
    FROM whole WHERE length(btrim(name)) > 2
    UNION
    SELECT '(?<!\\w)' || word || '(?!\\w)', 'g', false
    FROM names, regexp_split_to_table(name, '\\W+') AS word
    WHERE length(word) > 3 AND word ~ '^[[:upper:]]' AND lower(word) <> ALL (common)
    UNION
    SELECT '(?<!\\w)' || word || '(?!\\w)', CASE WHEN length(word) > 3 THEN 'gi' ELSE 'g' END, true
    FROM companies, regexp_split_to_table(name, '\\W+') AS word
    WHERE lower(word) <> ALL (common)
      AND (length(word) > 3 OR length(word) > 1 AND word ~ '[[:upper:]]' AND word = upper(word))),
  entries AS (
    SELECT found[1] AS hit, upper(regexp_replace(found[1], '[^0-9A-Za-z]', '', 'g')) AS key
    FROM regexp_matches(words, '(?<!\\w)[0-9A-Za-z]{3}[- ]?[0-9]{7}[- ]?[0-9](?!\\w)', 'g') AS found),
  tokens AS (
    SELECT DISTINCT found[1] AS hit, upper(found[1]) AS key
    FROM regexp_matches(words, '(?<![\\w-])([0-9A-Za-z][0-9A-Za-z-]{3,19})(?![\\w-])', 'g') AS found WHERE found[1] ~ '[0-9]')
  SELECT DISTINCT hit FROM (
    -- A word of a company's name in another case counts where it begins large: "electric" is also what motors are.
    SELECT found[1] AS hit FROM patterns, regexp_matches(words, '(' || pattern || ')', flags) AS found
    WHERE NOT large OR found[1] ~ '^[[:upper:][:digit:]]'
    UNION ALL
    SELECT t.hit FROM tokens t WHERE EXISTS (
        SELECT FROM examinations_examination x WHERE x.number = t.key AND (x.account_id = whose OR x.filer_id = whose))
      OR EXISTS (SELECT FROM examinations_request r WHERE r.number = t.key AND r.account_id = whose)
      OR EXISTS (SELECT FROM bonds_bond b WHERE b.number = t.key AND (b.account_id = whose
        OR EXISTS (SELECT FROM bonds_coverednumber n WHERE n.bond_id = b.id AND n.account_id = whose)))
    UNION ALL
    SELECT n.hit FROM entries n WHERE EXISTS (
      SELECT FROM examinations_entry e WHERE e.number = n.key AND (e.account_id = whose OR e.filer_id = whose))) AS hits
  ORDER BY 1;
END $$;
"""
BEFORE = import_module("inquiries.migrations.0013_what_tells_who_asked").FIND.replace(
    "CREATE F", "CREATE OR REPLACE F", 1
)


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0020_mails_are_tried_again"),
        ("bonds", "0001_initial"),
        ("examinations", "0014_requests"),
    ]

    operations = [migrations.RunSQL(FIND, BEFORE)]
