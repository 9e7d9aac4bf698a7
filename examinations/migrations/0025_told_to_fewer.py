from django.db import migrations

from accounts.row_security import WORKER, within

#: A find that tells what examinations found is for who may see examinations; a view that somebody keeps for itself is
#: not even headquarters'.
POLICIES = f"""
CREATE POLICY what_examinations_found ON examinations_checkfinding AS RESTRICTIVE FOR SELECT TO portal_web
  USING (kind <> 'new-supplier' OR (SELECT reach_all()) OR {within("account_id", "examinations")} OR {WORKER});
CREATE POLICY mine_or_shared ON examinations_savedview AS RESTRICTIVE FOR SELECT TO portal_web
  USING (by_id = (SELECT acting_person()) OR shared AND {within("account_id", "own")} OR {WORKER});
"""
DROP = """
DROP POLICY mine_or_shared ON examinations_savedview;
DROP POLICY what_examinations_found ON examinations_checkfinding;
"""


class Migration(migrations.Migration):
    dependencies = [("examinations", "0024_questions_about_results")]

    operations = [migrations.RunSQL(POLICIES, DROP)]
