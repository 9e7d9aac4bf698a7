from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    replaces = [
        ("inquiries", "0012_answers_name_what_they_rest_on"),
        ("inquiries", "0013_what_tells_who_asked"),
        ("inquiries", "0014_experts_know_why_it_was_chosen"),
        ("inquiries", "0015_questions_written_down"),
        ("inquiries", "0016_told_as_long_as_it_is_seen"),
        ("inquiries", "0017_whether_a_sender_is_proved"),
        ("inquiries", "0018_reasons_go_with_the_number"),
        ("inquiries", "0019_searches_are_planned_each_time"),
    ]

    operations = [AtOnce(replaces)]
