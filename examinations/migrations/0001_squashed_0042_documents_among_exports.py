from django.db import migrations

from accounts.squashing import AtOnce


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("examinations", "0001_initial"),
        ("examinations", "0002_row_security"),
        ("examinations", "0003_ports"),
        ("examinations", "0004_entries_without_constraint_triggers"),
        ("examinations", "0005_entry_number_with_one_index"),
        ("examinations", "0006_loads_begun_and_owed_on_finds"),
        ("examinations", "0007_found_by_bill_and_held_now"),
        ("examinations", "0008_own_uploads_and_undo"),
        ("examinations", "0009_undo"),
        ("examinations", "0010_duty_by_program_and_month"),
        ("examinations", "0011_the_worker_sees_own_uploads"),
        ("examinations", "0012_windows_that_close"),
        ("examinations", "0013_checks_of_lines"),
        ("examinations", "0014_requests"),
        ("examinations", "0015_breakdowns"),
        ("examinations", "0016_unknown_reasons_are_not_told_as_other"),
        ("examinations", "0017_peers"),
        ("examinations", "0018_saved_views"),
        ("examinations", "0019_detentions"),
        ("examinations", "0020_detentions_open_to_whom"),
        ("examinations", "0021_exports"),
        ("examinations", "0022_cost_recorded_by_the_account"),
        ("examinations", "0023_the_past_is_told"),
        ("examinations", "0024_questions_about_results"),
        ("examinations", "0025_told_to_fewer"),
        ("examinations", "0026_duty_taken_off_by_later_versions"),
        ("examinations", "0027_nothing_stays_with_a_former_holder"),
        ("examinations", "0028_superseded_rows_with_fewer_indexes"),
        ("examinations", "0029_room_for_corrections"),
        ("examinations", "0030_discrepancy_money_of_account"),
        ("examinations", "0031_breakdowns_of_entries_by_entries"),
        ("examinations", "0034_more_room_for_corrections"),
        ("examinations", "0036_sums_that_are_behind"),
        ("examinations", "0037_the_past_of_entries_in_columns"),
        ("examinations", "0038_entries_by_the_days_on_which_they_close"),
        ("examinations", "0039_parts_look_up_their_own_row"),
        ("examinations", "0040_which_codes_lines_have"),
        ("examinations", "0041_costs_are_found_by_account"),
        ("examinations", "0042_documents_among_exports"),
    ]

    operations = [AtOnce(replaces)]
