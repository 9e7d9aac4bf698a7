"""What each login may do with each table, as one list; applied after every migrate.

The worker reads and writes every row of the application's tables. Web may only read what the loader
owns, only insert into events, and sees nothing of what a load stages. Row-level security narrows the rows.
"""

from django.apps import apps
from django.db import connection

READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE, DELETE"
ADD = "SELECT, INSERT"

#: Tables that web may change; every other table of the application is read only to it.
WEB_WRITES = {
    "accounts_account": WRITE,
    "accounts_apitoken": "SELECT, INSERT, UPDATE (last_used), DELETE",
    "accounts_assignment": WRITE,
    "accounts_center": WRITE,
    "accounts_centerappeal": "SELECT, INSERT, UPDATE",
    "accounts_centerstay": WRITE,  # by the trigger on accounts_account too
    "accounts_cover": WRITE,
    "accounts_delegation": WRITE,
    "accounts_enrollment": WRITE,
    "accounts_filingrelation": WRITE,  # names go with an identifier that headquarters moves
    "accounts_identifier": WRITE,
    "accounts_identifierownership": WRITE,
    "accounts_invitation": "SELECT, INSERT, UPDATE (last_day, sendings, accepted_at, withdrawn_at)",
    "accounts_lapse": "SELECT, UPDATE (ended_at, ended_by_id)",
    "accounts_membership": WRITE,
    "accounts_nightcontact": WRITE,
    "accounts_person": WRITE,
    "documents_document": "SELECT, INSERT, UPDATE (account_id, filer_id, withdrawn_at)",
    "documents_reading": ADD,
    "examinations_additionalduty": WRITE,
    "examinations_detention": "SELECT, INSERT, UPDATE",
    "examinations_detentionitem": "SELECT, INSERT, UPDATE",
    "examinations_dutychange": "SELECT, INSERT, UPDATE",
    "examinations_export": "SELECT, INSERT, DELETE",  # one's own; a worker fills it
    # What the account recorded itself (row security says so); account_id: what moves with an identifier.
    "examinations_cost": "SELECT, INSERT, DELETE, "
    "UPDATE (account_id, kind, dated, amount, note, recorded_by_id, recorded_at)",
    "examinations_load": ADD,
    "examinations_lookedat": WRITE,
    "examinations_savedview": WRITE,
    "examinations_port": WRITE,
    # Staff record by hand what CBP asks and how it ends; what people wrote down is only added to.
    "examinations_request": "SELECT, INSERT, UPDATE (account_id, filer_id, answered, outcome, extended_to, version_at)",
    "examinations_requestline": ADD,
    "examinations_requestrecord": ADD,
    "examinations_resultquestion": "SELECT, INSERT, UPDATE (account_id, answer_text, answered_by_id, answered_at)",
    # What moves with an identifier (account.take_identifier) when headquarters moves it by hand.
    "examinations_entry": "SELECT, UPDATE (account_id, filer_id)",
    "examinations_entryline": "SELECT, UPDATE (account_id, filer_id)",
    "examinations_entrymonth": "SELECT, INSERT, UPDATE, DELETE",
    "examinations_examination": "SELECT, UPDATE (account_id, filer_id)",
    "examinations_examinationmonth": "SELECT, INSERT, UPDATE, DELETE",
    "examinations_discrepancy": "SELECT, UPDATE (account_id)",
    "examinations_checkfinding": "SELECT, UPDATE (account_id, filer_id), DELETE",
    "examinations_entrybreakdown": "SELECT, INSERT, DELETE",
    "examinations_examinationbreakdown": "SELECT, INSERT, DELETE",
    "examinations_discrepancybreakdown": "SELECT, INSERT, DELETE",
    "examinations_dutymonth": "SELECT, INSERT, DELETE",
    "examinations_entryday": "SELECT, INSERT, DELETE",
    "examinations_linecode": "SELECT, INSERT, DELETE",
    "examinations_tradedgoods": "SELECT, INSERT, DELETE",
    "examinations_tradedorigin": "SELECT, INSERT, DELETE",
    "examinations_uncounted": "SELECT, INSERT, DELETE",
    "examinations_selection": "SELECT, UPDATE (account_id)",
    "examinations_draw": "SELECT, UPDATE (account_id)",
    # Publishing in the admin writes notice, message and deliveries in one transaction; a member marks as read.
    "notices_notice": WRITE,
    "notices_notice_accounts": WRITE,
    "notices_notice_centers": WRITE,
    "notices_acknowledgement": ADD,
    "notices_leadtime": WRITE,
    "notices_step": ADD,
    "notices_touched": ADD,
    "notifications_message": ADD,
    "notifications_feed": "SELECT, INSERT, UPDATE (revoked_at, read_on)",
    "notifications_delivery": "SELECT, INSERT, UPDATE (state, claimed_until, read_at, channel)",
    "notifications_howtold": "SELECT, INSERT, UPDATE",
    "notifications_mailreport": ADD,  # as the provider sent it; a worker takes it in
    "notifications_suppression": "SELECT, UPDATE (lifted_at, lifted_by_id)",
    "portal_monthlyreport": "SELECT, INSERT, DELETE",  # one's own wish
    "bonds_bond": "SELECT, UPDATE (account_id)",
    "bonds_coverednumber": "SELECT, UPDATE (account_id, principal_account_id)",
    "bonds_bondreview": "SELECT, UPDATE (account_id)",
    "bonds_bondstep": "SELECT, INSERT, UPDATE (account_id)",
    "bonds_bondterms": "SELECT, INSERT, UPDATE",
    "bonds_delinquency": "SELECT, INSERT, UPDATE (until)",
    "bonds_whatif": "SELECT, INSERT, UPDATE (sent_at, said), DELETE",
    # Who reads of a trend, or takes it into a plan, moves it on; a worker finds and counts them.
    "trends_trend": "SELECT, UPDATE (state, resolved_on, resolved_because)",
    "trends_trendstep": ADD,
    # An account writes its plans, its manager agrees; the terms of a verification are only added, a worker counts.
    "plans_rootcause": WRITE,
    "plans_plan": "SELECT, INSERT, UPDATE (state, version, problem, root_cause_id, cause, limit_rate, hoped_rate, "
    "counted_from)",
    "plans_planversion": ADD,
    "plans_planstep": ADD,
    "plans_action": "SELECT, INSERT, UPDATE (what, side, owner_id, due, version, changed_by_id, done_on, done_by_id, "
    "how_done, dropped_on)",
    "plans_verification": ADD,
    # The account answers and hands in, its manager corrects and decides; headquarters drafts questions.
    "controls_answer": "SELECT, INSERT, UPDATE (level, applies, words, version, changed_by_id, changed_at)",
    "controls_correction": WRITE,
    "controls_question": WRITE,
    "controls_questionset": "SELECT, INSERT, UPDATE",
    "controls_selfassessment": "SELECT, INSERT, UPDATE",
    # Headquarters writes and freezes plans on its page; what was drawn only changes its reviewer and date.
    # What is written down about programs is only added to; a confirmation can be taken back.
    "programs_confirmation": "SELECT, INSERT, DELETE",
    "programs_done": ADD,
    "programs_step": ADD,
    # CBP's side notes contacts; what was said stays, and corrections are in the history.
    "inquiries_knowledgeentry": "SELECT, INSERT, UPDATE (question, answer, heading, state, written_by_id, published_by_id, "
    "published_on, confirmed_on, doubted_on, doubted_by_id, withdrawn_because)",
    "inquiries_knowledgesource": ADD,
    "inquiries_inboundmail": ADD,  # the provider's webhook keeps; a worker reads
    "inquiries_contact": 'SELECT, INSERT, UPDATE (kind, "on", whom, words, changed_at)',
    "inquiries_followup": "SELECT, INSERT, UPDATE (done_on, done_by_id)",
    # A thread is only added to; an inquiry changes its state, its clock and its group. Headquarters edits the rest.
    "inquiries_inquiry": "SELECT, INSERT, UPDATE (state, outcome, group_id, hours, clock_from, due_at, half_at, quarter_at, "
    "answered_at, routed_at, closed_at, changed_at, category_id)",
    "inquiries_pause": "SELECT, INSERT, UPDATE (ended)",
    "inquiries_message": ADD,
    "inquiries_privatenote": ADD,
    "inquiries_step": ADD,
    "inquiries_settled": ADD,
    "inquiries_routing": ADD,
    "inquiries_involvement": "SELECT, INSERT, UPDATE (until)",
    "inquiries_category": WRITE,
    "inquiries_target": WRITE,
    "inquiries_answertemplate": WRITE,
    "inquiries_expertgroup": WRITE,
    "inquiries_groupmember": WRITE,
    "inquiries_absence": WRITE,
    "inquiries_rule": WRITE,
    "measurement_cargolook": "SELECT, INSERT, UPDATE (taken_back_by_id, taken_back_at)",
    "measurement_chaptergroups": ADD,  # a set is never changed
    "measurement_majorrules": ADD,
    "measurement_measurementplan": "SELECT, INSERT, UPDATE",
    "measurement_planwork": ADD,  # a worker counts and draws
    "measurement_stratum": WRITE,
    "measurement_stratumpart": "SELECT, INSERT, DELETE",  # a draft that is counted again lays its strata anew
    # Headquarters opens rounds and decides; what was frozen is not changed. mark, because: of who moves up.
    "selection_round": "SELECT, INSERT, UPDATE",
    "selection_chaptercenter": ADD,  # dated: what begins is added
    "selection_opening": ADD,  # a worker opens it
    "selection_candidate": "SELECT, INSERT, UPDATE (decision, reason, decided_by_id, decided_at, outcome, mark, because)",
    "measurement_drawnline": "SELECT, INSERT, UPDATE (reviewer, due, kept)",
    # Headquarters drafts weights, tries them out and puts them in force; a worker computes scores.
    "risk_riskmodel": "SELECT, INSERT, UPDATE",
    "risk_activation": ADD,
    "risk_tryout": "SELECT, INSERT, DELETE",
    "risk_backtest": ADD,
    "effect_studyrun": ADD,  # a worker computes
}

#: Tables of libraries that signing in, the admin and sessions write to.
LIBRARY_PREFIXES = (
    "account_",
    "axes_",
    "django_admin_log",
    "django_session",
    "mfa_",
)


def web_rights(table: str) -> str:
    """The rights of the web role on one table."""
    if table in WEB_WRITES:
        return WEB_WRITES[table]
    if table.startswith(LIBRARY_PREFIXES):
        return WRITE
    return ADD if table.endswith("event") else READ


def apply() -> None:
    """Grant as listed, and nothing else. Runs as the owner of the tables."""
    tables = sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
        & set(connection.introspection.table_names())
    )
    with connection.cursor() as cursor:
        cursor.execute("GRANT USAGE ON SCHEMA public TO portal_web, portal_worker")
        cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_web, portal_worker")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO portal_web, portal_worker")
        # MAINTAIN: a large load refreshes the statistics of what it filled.
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA public TO portal_worker")
        for table in tables:
            cursor.execute(f"GRANT {web_rights(table)} ON {connection.ops.quote_name(table)} TO portal_web")
