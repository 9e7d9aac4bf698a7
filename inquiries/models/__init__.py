"""The models of the room: inquiries with their thread, experts and routing, promises, and notes of contacts."""

from inquiries.models.category import AnswerTemplate, Category, Target, Urgency
from inquiries.models.contact import LONGEST, SHORT, Contact, FollowUp, keeps_notes
from inquiries.models.experts import Absence, ExpertGroup, GroupMember, Involvement
from inquiries.models.inquiry import Inquiry, Outcome, Overtaken, Pause, Settled, State
from inquiries.models.knowledge import KnowledgeEntry, KnowledgeSource, ThreadText
from inquiries.models.mail import InboundMail
from inquiries.models.routing import Routing, Rule
from inquiries.models.thread import Message, PrivateNote, Step

__all__ = [
    "LONGEST",
    "SHORT",
    "Absence",
    "AnswerTemplate",
    "Category",
    "Contact",
    "ExpertGroup",
    "FollowUp",
    "GroupMember",
    "InboundMail",
    "Inquiry",
    "Involvement",
    "KnowledgeEntry",
    "KnowledgeSource",
    "Message",
    "Outcome",
    "Overtaken",
    "Pause",
    "PrivateNote",
    "Routing",
    "Rule",
    "Settled",
    "State",
    "Step",
    "Target",
    "ThreadText",
    "Urgency",
    "keeps_notes",
]
