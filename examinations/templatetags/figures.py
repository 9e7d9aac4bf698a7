"""Definitions of figures, where a page shows one."""

from django import template
from django.utils.html import format_html

from examinations.figures.definitions import DEFINITIONS, Definition
from look.formats import count

register = template.Library()


@register.inclusion_tag("examinations/definition.html")
def definition(name: str, words: str = "") -> dict[str, Definition | str]:
    """{% definition "examined" %}: what the figure means, folded away. Raises KeyError on an unknown name."""
    found = DEFINITIONS[name]
    return {"one": found, "words": words or f"How “{found.title}” is counted"}


@register.simple_tag
def counted(number: int, address: str) -> str:
    """{% counted line.examined line.link %}: the number as a link to its rows, where it has some and an address is known."""
    return format_html('<a href="{}">{}</a>', address, count(number)) if number and address else count(number)
