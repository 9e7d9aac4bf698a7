"""Beside a thread, for those who answer: what was answered alike, and what does not fit."""

from typing import Any

from django import template

from inquiries.authorities import NAMED
from inquiries.knowledge.contradicting import alike_of, answered_otherwise
from inquiries.models import Inquiry, KnowledgeSource, Message

register = template.Library()


@register.inclusion_tag("inquiries/knowledge/rail.html", takes_context=True)
def knowledge_of(context: dict[str, Any], inquiry: Inquiry) -> dict[str, Any]:
    """Entries that are alike, those that contradict first, and whether the answer can be proposed for everybody."""
    person = context["request"].user
    source = KnowledgeSource.objects.visible_to(person).filter(inquiry=inquiry).select_related("entry").first()  # type: ignore[attr-defined]
    rested = inquiry.messages.filter(kind=Message.Kind.ANSWER, authority_kind__in=NAMED).exists()
    rows = [one for one in alike_of(inquiry, person) if source is None or one.entry.pk != source.entry_id]
    return {
        "inquiry": inquiry,
        "alike": rows,
        "otherwise": answered_otherwise(inquiry),
        "contradictions": sum(bool(one.contradicts) for one in rows),
        "source": source,
        "can_propose": rested and source is None,
        "base": context.get("base", ""),
    }
