from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

#: The inquiries that the acting person was brought into as an expert; asked once a statement. With its owner's rights,
#: since it reads the table that its answer protects; it says nothing of anybody but who acts.
OF_EXPERT = """
CREATE FUNCTION inquiries_of_expert() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS
  $$ SELECT coalesce(array_agg(i.inquiry_id), '{}') FROM inquiries_involvement i JOIN accounts_person p ON p.id = i.expert_id
     WHERE i.until IS NULL AND p.role = 'expert' AND p.is_active AND p.id = acting_person() $$;
CREATE FUNCTION accounts_of_expert() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS
  $$ SELECT coalesce(array_agg(i.account_id), '{}') FROM inquiries_involvement i JOIN accounts_person p ON p.id = i.expert_id
     WHERE i.until IS NULL AND p.role = 'expert' AND p.is_active AND p.id = acting_person() $$;
"""
DROP_OF_EXPERT = "DROP FUNCTION inquiries_of_expert(); DROP FUNCTION accounts_of_expert();"

OWN, MANAGED = within("account_id", "own"), within("account_id", "managed")
ALL, ME = "(SELECT reach_all())", "by_id = (SELECT acting_person())"


def into(column: str) -> str:
    """SQL: an expert was brought into this inquiry."""
    return f"{column} = ANY ((SELECT inquiries_of_expert())::bigint[])"


STAFF = f"({MANAGED} OR {into('inquiry_id')})"
SEEN = f"({OWN} OR {MANAGED} OR {into('inquiry_id')})"
SIDES = f"({ALL} OR {OWN} OR {MANAGED})"
CBP = f"({ALL} OR {MANAGED})"
#: Each side writes as itself alone.
WRITES = f"({ME} AND CASE WHEN from_cbp THEN {CBP} ELSE {OWN} END)"

#: What an expert was brought into opens the name of the account, and the files of the thread; a file of a thread is
#: nobody else's, whatever else of the account they may see.
MORE = f"""
CREATE POLICY experts_know ON accounts_account FOR SELECT TO portal_web
  USING (id = ANY ((SELECT accounts_of_expert())::uuid[]));
CREATE FUNCTION message_type() RETURNS integer LANGUAGE sql STABLE AS
  $$ SELECT id FROM django_content_type WHERE app_label = 'inquiries' AND model = 'message' $$;
CREATE POLICY experts_read ON documents_document FOR SELECT TO portal_web
  USING (CASE WHEN about_type_id = (SELECT message_type()) THEN EXISTS (
    SELECT FROM inquiries_message m WHERE m.id = about_id::bigint AND {into("m.inquiry_id")}) ELSE false END);
CREATE POLICY of_its_thread ON documents_document AS RESTRICTIVE FOR SELECT TO portal_web
  USING (CASE WHEN about_type_id = (SELECT message_type())
    THEN (SELECT pg_has_role('portal_worker', 'USAGE')) OR EXISTS (
      SELECT FROM inquiries_message m WHERE m.id = about_id::bigint) ELSE true END);
"""
DROP_MORE = """
DROP POLICY of_its_thread ON documents_document; DROP POLICY experts_read ON documents_document;
DROP FUNCTION message_type(); DROP POLICY experts_know ON accounts_account;
"""
OFFICE = ("category", "target", "answertemplate", "expertgroup", "groupmember", "absence", "rule")
#: Whose rows only CBP's side reads.
OF_CBP = ("expertgroup", "groupmember", "absence", "rule", "answertemplate")


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0003_inquiries"),
        ("accounts", "0002_row_security"),
        ("documents", "0002_row_security"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(OF_EXPERT, DROP_OF_EXPERT),
        protect("inquiries_inquiry", f"({OWN} OR {MANAGED} OR {into('id')})", write=SIDES),
        protect("inquiries_pause", SEEN, write=SIDES),
        protect("inquiries_message", SEEN, write=WRITES),
        protect("inquiries_privatenote", STAFF, write=f"({ME} AND ({ALL} OR {STAFF}))"),
        protect("inquiries_step", f"(({OWN} AND NOT staff_only) OR {STAFF})", write=f"({ALL} OR {SEEN})"),
        protect("inquiries_involvement", STAFF, write=f"({CBP} OR {into('inquiry_id')})"),
        protect("inquiries_routing", STAFF, write=CBP),
        protect("inquiries_settled", MANAGED, write=CBP),
        protect("inquiries_category", "true"),
        protect("inquiries_target", "true"),
        *(protect(f"inquiries_{name}", "EXISTS (SELECT FROM accounts_person p WHERE p.id = (SELECT acting_person()) AND "
                  "p.role <> 'member' AND p.is_active)") for name in OF_CBP),
        *(protect_ledger(f"inquiries_{name}event") for name in (*OFFICE, "inquiry", "involvement")),
        migrations.RunSQL(MORE, DROP_MORE),
    ]  # fmt: skip
