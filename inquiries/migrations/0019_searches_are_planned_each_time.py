from django.db import migrations

#: How a search is best made depends on its words and on whose accounts they are. PostgreSQL keeps one plan for all after five
#: calls of a function on one connection: at 200,000 threads a manager's search took twelve seconds with it, and 60 ms without.
PLANNED = """
ALTER FUNCTION find_threads(tsquery, tsquery, integer) SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION find_knowledge(tsquery, tsquery, integer) SET plan_cache_mode = force_custom_plan;
"""
BEFORE = """
ALTER FUNCTION find_threads(tsquery, tsquery, integer) RESET plan_cache_mode;
ALTER FUNCTION find_knowledge(tsquery, tsquery, integer) RESET plan_cache_mode;
"""
#: Accounts and words in one index are read together to the end, however many threads an account has. By the account alone, or
#: by the words alone, whichever are fewer, the search stops where it has enough.
BY_ACCOUNT = """
DROP INDEX thread_text_of_account;
CREATE INDEX thread_text_of_account ON inquiries_threadtext (account_id);
"""
WITH_WORDS = """
DROP INDEX thread_text_of_account;
CREATE INDEX thread_text_of_account ON inquiries_threadtext USING gin (account_id, vector);
"""


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0018_reasons_go_with_the_number")]

    operations = [migrations.RunSQL(PLANNED, BEFORE), migrations.RunSQL(BY_ACCOUNT, WITH_WORDS)]
