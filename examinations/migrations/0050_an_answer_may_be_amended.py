from django.db import migrations

from accounts.row_security import within

TABLE, MANAGED = "examinations_resultquestion", within("account_id", "managed")
#: What came of a question may change: the account sends proof, and the row must say what the thread says.
AMENDS = f"""
DROP POLICY web_changes ON {TABLE};
CREATE POLICY web_changes ON {TABLE} FOR UPDATE TO portal_web
  USING ((SELECT reach_all()) OR {MANAGED}) WITH CHECK ((SELECT reach_all()) OR {MANAGED});
"""
ONCE = f"""
DROP POLICY web_changes ON {TABLE};
CREATE POLICY web_changes ON {TABLE} FOR UPDATE TO portal_web
  USING ((SELECT reach_all()) OR ({MANAGED} AND answered_at IS NULL)) WITH CHECK ((SELECT reach_all()) OR {MANAGED});
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0049_sums_of_trade_without_the_article")]

    operations = [migrations.RunSQL(AMENDS, ONCE)]
