"""Definitions of figures, where a page shows one."""

from django import template

from examinations.figures.definitions import DEFINITIONS, Definition

register = template.Library()


@register.inclusion_tag("examinations/definition.html")
def definition(name: str, words: str = "") -> dict[str, Definition | str]:
    """{% definition "examined" %}: what the figure means, folded away. Raises KeyError on an unknown name."""
    found = DEFINITIONS[name]
    return {"one": found, "words": words or f"How “{found.title}” is counted"}
