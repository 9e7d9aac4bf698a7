from django.db import migrations

from accounts.row_security import within

#: A member who takes back a question that is late leaves behind that it was missed. They cannot read it, nor write that any
#: promise was kept.
MISSED = f"""
CREATE POLICY members_leave_it_missed ON inquiries_settled FOR INSERT TO portal_web
  WITH CHECK ({within("account_id", "own")} AND NOT kept AND EXISTS (
    SELECT FROM inquiries_inquiry i WHERE i.id = inquiry_id AND i.account_id = inquiries_settled.account_id))
"""
DROP = "DROP POLICY members_leave_it_missed ON inquiries_settled"


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0024_mails_of_who_writes_too_often")]

    operations = [migrations.RunSQL(MISSED, DROP)]
