"""Where an account's person writes by mail, beside the form of the thread."""

from typing import Any

from django import template

from inquiries.by_mail.address import Addressee, reply_address
from inquiries.models import Inquiry

register = template.Library()


@register.inclusion_tag("inquiries/reply_by_mail.html", takes_context=True)
def reply_by_mail(context: dict[str, Any], inquiry: Inquiry) -> dict[str, Any]:
    """The address that is this person's alone, for this thread; nothing where the portal takes in no mail."""
    person = context["request"].user
    return {"address": reply_address(Addressee(inquiry.pk, person.pk)), "sender": person.email}
