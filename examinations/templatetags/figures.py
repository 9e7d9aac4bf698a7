"""Definitions of figures, where a page shows one."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from examinations.figures.definitions import DEFINITIONS, Definition
from examinations.intervals import Rate
from look.formats import DASH, amount, count, percent

register = template.Library()
NO_RATE = mark_safe('<span class="quiet none">–</span>')


@register.inclusion_tag("examinations/definition.html")
def definition(name: str, words: str = "") -> dict[str, Definition | str]:
    """{% definition "examined" %}: what the figure means, folded away. Raises KeyError on an unknown name."""
    found = DEFINITIONS[name]
    return {"one": found, "words": words or f"How “{found.title}” is counted"}


@register.simple_tag
def counted(number: int, address: str) -> str:
    """{% counted line.examined line.link %}: the number as a link to its rows, where it has some and an address is known."""
    return format_html('<a href="{}">{}</a>', address, count(number)) if number and address else count(number)


@register.simple_tag
def owing(dollars: Decimal, address: str) -> str:
    """{% owing line.owed line.link %}: an amount as a link to its rows, where it has some and an address is known."""
    return format_html('<a href="{}">{}</a>', address, amount(dollars)) if dollars and address else amount(dollars)


@register.simple_tag
def examined(found: Rate | None, address: str = "") -> str:
    """{% examined line.examined line.link %}: a rate as a cell has it whose interval is drawn beside."""
    if found is None:
        return DASH
    counts = f"{counted(found.found, address)} of {count(found.count)}"
    words = (
        f"{percent(found.rate)}<small>{counts}</small>" if found.tells else f"{counts}<small>too few to tell</small>"
    )
    return mark_safe(words)  # numbers, and an address that was escaped


@register.simple_tag
def rate(found: Rate | None, address: str = "") -> SafeString:
    """{% rate line.random line.link %}: a rate as a cell of a table has it, with what it is counted on and its interval."""
    if found is None:
        return NO_RATE
    of = f"{count(found.found)} of {count(found.count)}"
    counts = format_html('<a href="{}">{}</a>', address, of) if address else of
    if not found.tells:
        return format_html("{}<small>too few to tell</small>", counts)
    between = f"{percent(found.low)} to {percent(found.high)}"
    return format_html("{}<small>{}<br>{}</small>", percent(found.rate), counts, between)
