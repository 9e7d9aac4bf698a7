"""Answers that do not fit together: of one kind of question, resting on different authorities. For those who answer."""

import datetime
from dataclasses import dataclass

from django.db import connection

from accounts.models import Person
from inquiries.authorities import NAMED, in_words
from inquiries.knowledge.searching import FIRST, knowledge_like, words_of
from inquiries.models import Inquiry, KnowledgeEntry, Message

SHOWN = 3


@dataclass(frozen=True)
class Alike:
    """An entry that is alike, and, where what was answered here rests on something else, on what."""

    entry: KnowledgeEntry
    contradicts: str = ""


@dataclass(frozen=True)
class Otherwise:
    """Another authority on which like inquiries were answered: in how many, and when last. Whose, it does not say."""

    rests_on: str
    times: int
    newest: datetime.datetime


def answered_otherwise(inquiry: Inquiry) -> list[Otherwise]:
    """What inquiries of any account that are alike were answered with, where it is not what the answer here rests on; the
    database looks and tells no more than that, to those who answer here (migration 0023). One statement beside two short."""
    given, words = _given(inquiry), words_of(_asked(inquiry))
    if given is None or words is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM answered_otherwise(%s, to_tsquery('english', %s), to_tsquery('english', %s), %s)",
            [inquiry.pk, words.pairs, words.any, FIRST],
        )
        return [Otherwise(in_words(given.authority_kind, text), *rest) for text, *rest in cursor.fetchall()]


def alike_of(inquiry: Inquiry, person: Person) -> list[Alike]:
    """Published entries that are alike an inquiry, those that its answer may contradict first; few statements.

    They contradict where both rest on a ruling, or both on a section, and it is another one, for headings that do not part.
    Whether they really do, a person says: the page asks to look at both.
    """
    given = _given(inquiry)
    found = knowledge_like(_asked(inquiry), person, 3 * SHOWN)
    rows = [Alike(entry, _against(entry, inquiry, given)) for entry in found]
    return sorted(rows, key=lambda one: not one.contradicts)[:SHOWN]


def _given(inquiry: Inquiry) -> Message | None:
    """The newest answer that rests on something."""
    answers = inquiry.messages.filter(kind=Message.Kind.ANSWER, authority_kind__in=NAMED)
    newest: Message | None = answers.order_by("-pk").first()
    return newest


def _asked(inquiry: Inquiry) -> str:
    """By what words like ones are found."""
    question = inquiry.messages.filter(kind=Message.Kind.QUESTION).values_list("text", flat=True).first() or ""
    return f"{inquiry.subject} {question[:500]}. "


def _against(entry: KnowledgeEntry, inquiry: Inquiry, given: Message | None) -> str:
    if given is None or given.authority_kind != entry.authority_kind or given.authority == entry.authority:
        return ""
    if entry.category_id != inquiry.category_id or not _one_heading(entry.heading, inquiry.heading):
        return ""
    return in_words(given.authority_kind, given.authority)


def _one_heading(one: str, other: str) -> bool:
    """Whether two beginnings of HTS numbers can be of one article; where one is not said, they can."""
    return one.startswith(other[:4]) if one and other else True
