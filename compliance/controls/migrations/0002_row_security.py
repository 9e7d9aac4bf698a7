from django.db import migrations

from accounts.row_security import protect, protect_ledger, within

STAFF = f"((SELECT reach_all()) OR {within('account_id', 'managed')})"
OWN = within("account_id", "own")
ASKED = "in_force_on IS NOT NULL"
#: The policy of the set applies inside the subquery as well: who does not see it sees none of its questions.
OF_ASKED = f"EXISTS (SELECT 1 FROM controls_questionset s WHERE s.id = question_set_id AND s.{ASKED})"
OF_DRAFT = """((SELECT reach_all())
  AND EXISTS (SELECT 1 FROM controls_questionset s WHERE s.id = question_set_id AND s.in_force_on IS NULL))"""
OPEN = "('draft', 'returned')"
OF_OPEN = f"EXISTS (SELECT 1 FROM controls_selfassessment s WHERE s.id = assessment_id AND s.state IN {OPEN})"
TOLD = """EXISTS (SELECT 1 FROM controls_answer a JOIN controls_selfassessment s ON s.id = a.assessment_id
  WHERE a.id = answer_id AND s.state IN ('returned', 'reviewed'))"""

#: The account answers while it is open, and hands it in; what the manager said it does not change.
BY_MEMBERS = f"""
CREATE POLICY members_start ON controls_selfassessment FOR INSERT TO portal_web
  WITH CHECK ({OWN} AND state = 'draft' AND reviewed IS NULL);
CREATE POLICY members_hand_in ON controls_selfassessment FOR UPDATE TO portal_web
  USING ({OWN} AND state IN {OPEN}) WITH CHECK ({OWN} AND state IN ('draft', 'returned', 'submitted') AND reviewed IS NULL);
CREATE POLICY members_begin ON controls_answer FOR INSERT TO portal_web WITH CHECK ({OWN} AND {OF_OPEN});
CREATE POLICY members_answer ON controls_answer FOR UPDATE TO portal_web
  USING ({OWN} AND {OF_OPEN}) WITH CHECK ({OWN} AND {OF_OPEN});
"""
DROP = """
DROP POLICY members_answer ON controls_answer; DROP POLICY members_begin ON controls_answer;
DROP POLICY members_hand_in ON controls_selfassessment; DROP POLICY members_start ON controls_selfassessment;
"""
SEEN = within("account_id", "trends")


class Migration(migrations.Migration):
    dependencies = [("controls", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        protect("controls_questionset", ASKED),
        protect("controls_question", OF_ASKED, write=OF_DRAFT),
        protect("controls_selfassessment", SEEN, write=STAFF),
        protect("controls_answer", SEEN, write="false"),
        protect(
            "controls_correction",
            f"({within('account_id', 'managed')} OR ({SEEN} AND {TOLD}))",
            write=STAFF,
        ),
        migrations.RunSQL(BY_MEMBERS, DROP),
        protect_ledger("controls_questionsetevent"),
        protect_ledger("controls_questionevent"),
        protect_ledger("controls_selfassessmentevent"),
        protect_ledger("controls_answerevent"),
        protect_ledger("controls_correctionevent"),
    ]
