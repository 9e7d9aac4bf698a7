"""What a person chooses about on the page "How you are told": kinds of messages, by the topics of every room."""

from compliance.bonds import reminding as bonds
from compliance.bonds import telling as supposed
from compliance.controls import telling as controls
from compliance.plans import reminding as actions
from compliance.plans import telling as plans
from compliance.programs import reminding as letters
from compliance.selection import telling as selection
from compliance.trends import telling as trends
from examinations.telling import detentions, questions, requests
from inquiries import reminding as follow_ups
from inquiries import telling as inquiries
from inquiries.by_mail.not_taken import CANNOT_SIGN_IN, NOT_TAKEN
from notices import reminding
from notices import telling as notices
from notifications import invitations, kinds
from notifications.kinds import Kind
from notifications.models import Delivery
from portal import admitting
from portal import telling as portal
from portal.monthly import sending as monthly

KINDS = (
    Kind(
        kinds.ASKED,
        "What asks you to act",
        "Answers due to CBP, papers asked for, actions with a date, a bond that becomes too small, promises to answer that "
        "run out, and notices that say what you must do. These never wait for a digest.",
        frozenset(
            {
                requests.TOPIC,
                detentions.TOPIC,
                actions.TOPIC,
                letters.TOPIC,
                follow_ups.TOPIC,
                bonds.TOPIC,
                *(inquiries.HALF, inquiries.QUARTER, inquiries.MISSED),
                f"{selection.TOPIC}-ready",
                portal.ASKED,
            }
        ),
        waits=False,
    ),
    Kind(
        "changes",
        "Changes ahead",
        "Notices of changes that need nothing of you yet.",
        frozenset({*notices.TOPICS, notices.RETRACTED, reminding.TOPIC}),
    ),
    Kind(
        "answers",
        "Questions and answers",
        "Inquiries and what is written in them, questions about results and about bonds, papers of answers to CBP, and "
        "decisions about your Center.",
        frozenset(
            {
                *(inquiries.ASKED, inquiries.WRITTEN, inquiries.INVOLVED, inquiries.NOTED, supposed.TOPIC, NOT_TAKEN),
                *(questions.ASKED, questions.ANSWERED, requests.PAPERS, portal.DECIDED),
            }
        ),
    ),
    Kind(
        "findings",
        "Trends, plans and controls",
        "A trend that was found or is over, steps of improvement plans, and reviews of internal controls.",
        frozenset({trends.TOPIC, plans.TOPIC, controls.TOPIC}),
    ),
    Kind(
        "program",
        "Your account and its manager",
        "Who answers for an account, and accounts that enter or leave the program.",
        frozenset({selection.TOPIC, portal.NEW_MANAGER}),
    ),
    Kind(
        "monthly",
        "The monthly report",
        "Comes only where you asked for it, on the page “Each month”.",
        frozenset({monthly.TOPIC}),
        waits=False,
    ),
    Kind(kinds.OTHER, "Everything else", "What fits none of the kinds above."),
)
#: Never turned off: these open and close the portal, and a digest is what was chosen.
ALWAYS = (
    invitations.TOPIC,
    admitting.INVITED,
    admitting.NOT_FOR_THEM,
    admitting.WARNED,
    admitting.CLOSED,
    CANNOT_SIGN_IN,
    Delivery.DIGEST,
)


def register() -> None:
    """Say so at the start."""
    kinds.register(KINDS, ALWAYS)
