"""Answers that do not fit together: of one kind of question, resting on different authorities. For those who answer."""

from dataclasses import dataclass

from accounts.models import Person
from inquiries.authorities import NAMED, in_words
from inquiries.knowledge.searching import knowledge_like
from inquiries.models import Inquiry, KnowledgeEntry, Message

SHOWN = 3


@dataclass(frozen=True)
class Alike:
    """An entry that is alike, and, where what was answered here rests on something else, on what."""

    entry: KnowledgeEntry
    contradicts: str = ""


def alike_of(inquiry: Inquiry, person: Person) -> list[Alike]:
    """Published entries that are alike an inquiry, those that its answer may contradict first; few statements.

    They contradict where both rest on a ruling, or both on a section, and it is another one, for headings that do not part.
    Whether they really do, a person says: the page asks to look at both.
    """
    answers = inquiry.messages.filter(kind=Message.Kind.ANSWER, authority_kind__in=NAMED)
    given = answers.order_by("-pk").first()
    question = inquiry.messages.filter(kind=Message.Kind.QUESTION).values_list("text", flat=True).first() or ""
    found = knowledge_like(f"{inquiry.subject} {question[:500]}. ", person, 3 * SHOWN)
    rows = [Alike(entry, _against(entry, inquiry, given)) for entry in found]
    return sorted(rows, key=lambda one: not one.contradicts)[:SHOWN]


def _against(entry: KnowledgeEntry, inquiry: Inquiry, given: Message | None) -> str:
    if given is None or given.authority_kind != entry.authority_kind or given.authority == entry.authority:
        return ""
    if entry.category_id != inquiry.category_id or not _one_heading(entry.heading, inquiry.heading):
        return ""
    return in_words(given.authority_kind, given.authority)


def _one_heading(one: str, other: str) -> bool:
    """Whether two beginnings of HTS numbers can be of one article; where one is not said, they can."""
    return one.startswith(other[:4]) if one and other else True
