"""What the scheduler hands out, and when: tasks themselves, never their names."""

from celery import Celery, Task
from celery.schedules import crontab
from django.conf import settings

from compliance.bonds.tasks import remind_of_bonds, review_bonds, tell_of_bond_questions
from compliance.controls.tasks import tell_of_self_assessments
from compliance.effect.tasks import resume_study_runs, study_all
from compliance.measurement.own_rates.tasks import rate_all
from compliance.measurement.tasks import resume_plan_work
from compliance.plans.tasks import remind_of_actions, tell_of_plans, verify_plans
from compliance.programs.tasks import remind_of_letters
from compliance.risk.tasks import recompute_all, recount_facts, resume_backtests
from compliance.selection.tasks import forget_old_scores, resume_openings
from compliance.trends.tasks import follow_trends, tell_of_new_trends
from demonstration.tasks import fetch_replies
from documents.tasks import remove_forgotten_documents
from examinations.breakdowns.tasks import recount_all_breakdowns
from examinations.checks.tasks import check_all_lines
from examinations.duty.tasks import recount_all_duty
from examinations.exports.tasks import remove_exports, resume_exports
from examinations.peers.tasks import measure_peers_tonight
from examinations.tasks import (
    remind_of_answers,
    remove_forgotten_uploads,
    resume_loads,
    tell_of_detentions,
    tell_of_questions,
    tell_of_request_papers,
)
from inquiries.tasks import (
    doubt_knowledge,
    forget_refused_mails,
    remind_of_follow_ups,
    route_inquiries,
    take_in_mails,
    tell_of_inquiries,
)
from notices.tasks import publish_due, remind_of_notices, tell_who_joined, tell_whoever_was_not
from notifications.tasks import forget_reports, gather_digests, send_due, take_in_reports
from portal.tasks import (
    beat,
    close_sign_ins_due,
    move_to_centers,
    send_monthly_reports,
    settle_and_tell_lapses,
    tell_of_center_appeals,
    tell_the_invited,
)

MINUTE = 60
SCHEDULE: dict[str, tuple[Task, crontab | int]] = {
    "count sums by dimension again": (recount_all_breakdowns, crontab(hour=1, minute=30)),
    "count duty by program again": (recount_all_duty, crontab(hour=1, minute=45)),
    "measure peers": (measure_peers_tonight, crontab(hour=3, minute=15)),
    "count what scores read of sums again": (recount_facts, crontab(hour=2, minute=5)),
    "rate every account": (rate_all, crontab(hour=2, minute=15)),
    "review every bond": (review_bonds, crontab(hour=2, minute=20)),
    "remind of bonds": (remind_of_bonds, crontab(hour="7-20", minute=40)),
    "tell of questions about bonds": (tell_of_bond_questions, 5 * MINUTE),
    "score every account": (recompute_all, crontab(hour=2, minute=30)),
    "follow trends": (follow_trends, crontab(hour=2, minute=45)),
    "take up rounds whose opening died": (resume_openings, MINUTE),
    "forget old scores": (forget_old_scores, crontab(hour=2, minute=50)),
    "verify plans": (verify_plans, crontab(hour=2, minute=55)),
    "remind of actions of plans": (remind_of_actions, crontab(hour="7-20", minute=25)),
    "tell of plans": (tell_of_plans, 5 * MINUTE),
    "take up backtests whose process died": (resume_backtests, MINUTE),
    "take up studies whose process died": (resume_study_runs, MINUTE),
    "study what came of selection": (study_all, crontab(hour=3, minute=0)),
    "check every account's lines": (check_all_lines, crontab(hour=3, minute=30)),
    "publish notices whose moment has come": (publish_due, MINUTE),
    "tell who joined of what is ahead": (tell_who_joined, 5 * MINUTE),
    "tell whoever nobody told of what is ahead": (tell_whoever_was_not, crontab(hour=6, minute=50)),
    "remind of what takes effect": (remind_of_notices, crontab(hour="7-20", minute=5)),
    "send what is due": (send_due, MINUTE),
    "gather digests": (gather_digests, 5 * MINUTE),
    "take in what the mail provider reports": (take_in_reports, 5 * MINUTE),
    "forget old reports of mail": (forget_reports, crontab(hour=4, minute=30)),
    "remove forgotten documents": (remove_forgotten_documents, crontab(hour=4, minute=10)),
    "remove forgotten uploads": (remove_forgotten_uploads, crontab(hour=4, minute=20)),
    "take up loads whose process died": (resume_loads, MINUTE),
    "tell of detentions": (tell_of_detentions, 5 * MINUTE),
    "tell of self-assessments": (tell_of_self_assessments, 5 * MINUTE),
    "tell of questions about results": (tell_of_questions, 5 * MINUTE),
    "tell of papers of answers to CBP": (tell_of_request_papers, 5 * MINUTE),
    "remind of answers to CBP that are due": (remind_of_answers, crontab(hour="7-20", minute=20)),
    "take up exports whose process died": (resume_exports, MINUTE),
    "take up plans whose process died": (resume_plan_work, MINUTE),
    "remove exports that are over": (remove_exports, 10 * MINUTE),
    "close the sign-in of who leaves": (close_sign_ins_due, crontab(minute=4)),
    "move accounts to their Center": (move_to_centers, crontab(minute=3)),
    "tell of appeals about Centers": (tell_of_center_appeals, 5 * MINUTE),
    "tell of trends": (tell_of_new_trends, 5 * MINUTE),
    "remind of annual letters": (remind_of_letters, crontab(hour="7-20", minute=35)),
    "remind of follow-ups": (remind_of_follow_ups, crontab(hour="7-20", minute=25)),
    "route inquiries": (route_inquiries, MINUTE),
    "doubt answers that rules have overtaken": (doubt_knowledge, 5 * MINUTE),
    "take in mails": (take_in_mails, MINUTE),
    "forget refused mails": (forget_refused_mails, crontab(hour=4, minute=15)),
    "tell of inquiries": (tell_of_inquiries, MINUTE),
    "send monthly reports": (send_monthly_reports, crontab(hour=7, minute=10)),
    "mail invitations": (tell_the_invited, 5 * MINUTE),
    "close access that nobody uses": (settle_and_tell_lapses, crontab(hour="6-20", minute=40)),
    "heartbeat": (beat, MINUTE),
}
if settings.DEMONSTRATION:
    SCHEDULE["fetch replies from the demonstration's mail server"] = (fetch_replies, MINUTE)


def write_into(app: Celery) -> None:
    """Give the schedule to the app, which gives it to the scheduler."""
    app.conf.beat_schedule = {
        words: {"task": task.name, "schedule": every} for words, (task, every) in SCHEDULE.items()
    }
