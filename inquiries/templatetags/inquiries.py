"""How pages write of inquiries: when something is promised, whose turn it is, what an answer rests on."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.db.models import Model
from django.utils import timezone

from accounts.hours import ZONES, clock
from inquiries.attached import address_of, name_of
from inquiries.authorities import in_words
from inquiries.models import Inquiry, Message
from look.formats import weekday

register = template.Library()


def _moment(value: datetime.datetime, zone: str) -> str:
    """Friday, November 27, 9:35 a.m. Eastern time; with its year where that is another one."""
    local = value.astimezone(ZoneInfo(zone))
    year = "" if local.year == timezone.localdate().year else f", {local.year}"
    return f"{weekday(local.date())}{year}, {clock(local.time())} {ZONES.get(zone, '')}".rstrip()


@register.filter
def promised_by(inquiry: Inquiry) -> str:
    """When the answer is promised, by the clocks of the account's Center."""
    return _moment(inquiry.due_at, inquiry.zone) if inquiry.due_at else ""


@register.filter
def moment_in(value: datetime.datetime | None, zone: str) -> str:
    """The same of any moment, by the clocks of a time zone."""
    return _moment(value, zone) if value else ""


@register.filter
def full_stop(text: str) -> str:
    """The full stop that a sentence still needs: none after a question mark."""
    return "" if text.endswith((".", "?", "!")) else "."


@register.filter
def initials(name: str) -> str:
    """JE, of Jordan Ellery."""
    return "".join(word[0] for word in name.split()[:2]).upper()


@register.filter
def below(path: str, base: str) -> str:
    """Where the page of a row stands that an inquiry or a contact is about."""
    return address_of(path, base)


@register.filter
def authority_words(message: Message) -> str:
    return in_words(message.authority_kind, message.authority)


@register.inclusion_tag("look/mark.html")
def inquiry_mark(inquiry: Inquiry, now: datetime.datetime) -> dict[str, str]:
    """Whose turn it is, as a shape and a word."""
    if inquiry.state == "open" and inquiry.due_at and inquiry.due_at < now:
        return {"kind": "held", "word": "Late", "tone": "signal"}
    kinds = {"open": "waiting", "asked_back": "not_yet", "answered": "done", "closed": "none"}
    tones = {"open": "", "asked_back": "quiet", "answered": "accent", "closed": "quiet"}
    return {"kind": kinds[inquiry.state], "word": inquiry.get_state_display(), "tone": tones[inquiry.state]}


@register.inclusion_tag("inquiries/ask_about.html", takes_context=True)
def ask_about(context: dict[str, Any], thing: Model, label: str = "Ask about this") -> dict[str, Any]:
    """A link to a new question about this row, for members."""
    user = context["request"].user
    return {"about": None if user.is_government else name_of(thing), "label": label}
