"""A thread, read a page at a time: messages, private notes and steps as one sequence, the newest page first at hand.

A page is asked for by a row: those before it, or those from it on. A row is named by a letter and its number, "m120", and
that is also its anchor on the page, so that a link to one message finds it in a thread of any length.
"""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value

from accounts.models import Person
from documents.models import Document
from inquiries.models import Inquiry, Message

PAGE = 50
#: How a row is named, and what it is. Of one moment messages stand first, then notes, then steps.
LETTERS = {"m": "message", "n": "note", "s": "step"}
NAME = re.compile(r"([mns])([0-9]{1,18})")
#: A place in the sequence: when, which kind, which number.
Place = tuple[datetime.datetime, str, int]


@dataclass(frozen=True)
class ThreadPage:
    """Rows in order of time; earlier, later: the row by which the page before or behind is asked for, or empty."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    earlier: str = ""
    later: str = ""


def thread_page(inquiry: Inquiry, person: Person, *, before: str = "", at: str = "") -> ThreadPage:
    """One page of the thread, as this person may see it; at most seven statements, however long the thread is.

    before, at: names of rows ("m120"): the page that ends before that row, or begins with it. What names no row that this
    person may see gives the newest page.
    """
    sources = _sources(inquiry, person)
    place = _place(sources, at or before)
    if place is None:
        keys = _keys(sources, None, newest=True)
        return ThreadPage(_rows(sources, keys[:PAGE][::-1]), earlier=_more(keys, PAGE - 1))
    if at:
        keys = _keys(sources, place, newest=False)
        earlier = _keys(sources, place, newest=True, most=1)
        return ThreadPage(_rows(sources, keys[:PAGE]), earlier=_name(place) if earlier else "", later=_more(keys, PAGE))
    keys = _keys(sources, place, newest=True)
    return ThreadPage(_rows(sources, keys[:PAGE][::-1]), earlier=_more(keys, PAGE - 1), later=_name(place))


def _sources(inquiry: Inquiry, person: Person) -> dict[str, QuerySet[Any]]:
    return {
        "m": inquiry.messages.visible_to(person),
        "n": inquiry.private_notes.visible_to(person),
        "s": inquiry.steps.visible_to(person),
    }


def _name(place: Place) -> str:
    return f"{place[1]}{place[2]}"


def _more(keys: list[Place], index: int) -> str:
    """The name of the row at that index, where there are more rows than fit on the page."""
    return _name(keys[index]) if len(keys) > PAGE else ""


def _place(sources: dict[str, QuerySet[Any]], name: str) -> Place | None:
    found = NAME.fullmatch(name)
    if found is None:
        return None
    letter, number = found[1], int(found[2])
    at = sources[letter].filter(pk=number).values_list("at", flat=True).first()
    return (at, letter, number) if at else None


def _side(letter: str, place: Place, newest: bool) -> Q:
    """Rows of one kind before a place, or from it on."""
    at, of, number = place
    if newest:
        same = {"pk__lt": number} if letter == of else {} if letter < of else None
        return Q(at__lt=at) | (Q(at=at, **same) if same is not None else Q(pk__in=[]))
    same = {"pk__gte": number} if letter == of else {} if letter > of else None
    return Q(at__gt=at) | (Q(at=at, **same) if same is not None else Q(pk__in=[]))


def _keys(sources: dict[str, QuerySet[Any]], place: Place | None, *, newest: bool, most: int = PAGE + 1) -> list[Place]:
    """Places of rows, the newest first before a place, or the oldest first from it on; one statement over the three."""
    parts = []
    for letter, rows in sources.items():
        if place is not None:
            rows = rows.filter(_side(letter, place, newest))
        named = rows.order_by().annotate(letter=Value(letter, output_field=CharField(max_length=1)))
        parts.append(named.values_list("at", "letter", "id"))
    order = ("-at", "-letter", "-id") if newest else ("at", "letter", "id")
    return list(parts[0].union(*parts[1:], all=True).order_by(*order)[:most])


def _rows(sources: dict[str, QuerySet[Any]], keys: list[Place]) -> list[dict[str, Any]]:
    held: dict[str, dict[int, Any]] = {}
    for letter, rows in sources.items():
        wanted = [number for _, of, number in keys if of == letter]
        also = ("by", "notice") if letter == "m" else ("by",)
        held[letter] = rows.select_related(*also).in_bulk(wanted) if wanted else {}
    papers: dict[str, list[Document]] = {}
    for one in Document.objects.current().of_many(Message, list(held["m"])) if held["m"] else ():  # type: ignore[attr-defined]
        papers.setdefault(one.about_id, []).append(one)
    return [
        {
            "what": LETTERS[letter],
            "name": f"{letter}{number}",
            "at": at,
            "one": held[letter][number],
            "papers": papers.get(str(number), []) if letter == "m" else [],
        }
        for at, letter, number in keys
    ]
