"""Finding as one types: threads that one may see, and the knowledge base.

The database asks who may see a thread inside the search itself (find_threads, migration 0009): under row security an index
of words could not be used, since comparing words is not "leakproof", and every thread would be read. Each search is planned anew
(migration 0019): a plan for all askers and words reads far too much for most.
"""

import re
from dataclasses import dataclass
from itertools import combinations

from django.db import connection

from accounts.models import Person
from inquiries.models import Inquiry, KnowledgeEntry, State

#: Words beyond these say no more about a question, and pairs of them are many.
MOST_WORDS, SHORTEST, LONGEST_WORD = 7, 3, 40
FIRST = 20
#: Everyday words that the dictionary of PostgreSQL keeps, and that stand in every second question.
EVERYDAY = {
    "need",
    "want",
    "please",
    "know",
    "could",
    "would",
    "question",
    "help",
    "like",
    "tell",
    "import",
    "imported",
    "importing",
    "goods",
    "shipment",
}


@dataclass(frozen=True)
class Words:
    """A search: texts of tsquery. every: all words; pairs: any two of them; any: one at least, to rank by."""

    every: str
    pairs: str
    any: str


def words_of(text: str) -> Words | None:
    """What is asked for; the last word may be half typed. None where nothing is left to look for. Pure."""
    found = [word for word in re.findall(r"[^\W_]+", text.lower()) if SHORTEST <= len(word) <= LONGEST_WORD]
    telling = [word for word in dict.fromkeys(found) if word not in EVERYDAY] or list(dict.fromkeys(found))
    chosen = sorted(telling, key=len, reverse=True)[:MOST_WORDS]
    if not chosen:
        return None
    last = found[-1] if not text.endswith((" ", ".", "?", "!")) else ""
    terms = [f"'{word}':*" if word == last else f"'{word}'" for word in chosen]
    pairs = [f"({one} & {two})" for one, two in combinations(terms, 2)] if len(terms) > 2 else [" & ".join(terms)]
    return Words(" & ".join(terms), " | ".join(pairs), " | ".join(terms))


def _numbers(function: str, words: Words) -> list[int]:
    """Numbers of what fits, the best first: what has every word, and where that is little, what has two of them."""
    found: list[int] = []
    with connection.cursor() as cursor:
        for asked in dict.fromkeys((words.every, words.pairs)):
            cursor.execute(
                f"SELECT number FROM {function}(to_tsquery('english', %s), to_tsquery('english', %s), %s)",
                [asked, words.any, FIRST],
            )
            found += [number for (number,) in cursor.fetchall() if number not in found]
            if len(found) >= 3:
                break
    return found[:FIRST]


def threads_like(text: str, person: Person, most: int) -> list[Inquiry]:
    """Answered inquiries that are alike, of those that this person may see; the best first."""
    words = words_of(text)
    if words is None:
        return []
    numbers = _numbers("find_threads", words)
    rows = Inquiry.objects.visible_to(person).filter(pk__in=numbers, state__in=[State.ANSWERED, State.CLOSED])  # type: ignore[attr-defined]
    place = {number: at for at, number in enumerate(numbers)}
    return sorted(rows.exclude(answered_at=None), key=lambda one: place[one.pk])[:most]


def knowledge_like(text: str, person: Person, most: int) -> list[KnowledgeEntry]:
    """Published entries that are alike, the best first."""
    words = words_of(text)
    if words is None:
        return []
    numbers = _numbers("find_knowledge", words)
    rows = KnowledgeEntry.objects.visible_to(person).published().filter(pk__in=numbers)  # type: ignore[attr-defined]
    place = {number: at for at, number in enumerate(numbers)}
    return sorted(rows.select_related("category", "notice"), key=lambda one: place[one.pk])[:most]
