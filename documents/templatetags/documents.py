"""The form that sends a file, the same wherever papers are kept."""

from typing import Any

from django import template

from documents import kinds

register = template.Library()


@register.inclusion_tag("documents/send.html", takes_context=True)
def send_file(context: template.Context, action: str, field_id: str, label: str, first: bool = True) -> dict[str, Any]:
    """A form for one file. action: where it goes; first: whether it is the thing to do on the page."""
    asked = {"action": action, "field_id": field_id, "label": label, "first": first}
    return asked | {"csrf_token": context.get("csrf_token"), "accept": kinds.ACCEPT, "limit": kinds.LIMIT}


@register.simple_tag
def kinds_taken() -> str:
    """Which kinds of file are taken, and how large."""
    return f"{kinds.TAKEN}; at most {kinds.LIMIT // kinds.MEGABYTE} MB a file."
