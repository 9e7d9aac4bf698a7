"""The tags and filters that pages are written with."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select, Textarea
from django.http import HttpRequest
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString

from look import formats
from look.charts import Interval
from look.downloads import MOST_ROWS

register = template.Library()

for _name in (
    *("count", "money", "amount", "cents", "short_money", "millions", "difference", "points", "moved", "halves"),
    *("per_hundred", "number_word", "none_or", "all_of", "entry_number", "container", "hts", "months"),
):
    register.filter(_name, getattr(formats, _name))
# A moment is written as the day it is in New York, not in Greenwich: after seven in the evening they differ.
for _name in ("long_day", "weekday", "month"):
    register.filter(_name, getattr(formats, _name), expects_localtime=True)


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    return formats.percent(share, decimals)


@register.filter
def rate_points(difference: float | None, places: int = 1) -> str:
    return formats.rate_points(difference, places)


@register.filter(expects_localtime=True)
def day(value: datetime.date | None) -> str:
    return formats.day(value, timezone.localdate())


@register.filter(expects_localtime=True)
def moment(value: datetime.datetime | None) -> str:
    """Nov 24, 9:22 p.m."""
    return (
        formats.DASH if value is None else f"{formats.day(value, timezone.localdate())}, {date_format(value, 'g:i a')}"
    )


@register.filter
def plural(number: int, words: str) -> str:
    """{{ n|plural:"entry,entries" }}"""
    one, _, many = words.partition(",")
    return formats.plural(number, one, many)


@register.filter
def item(table: dict[Any, Any], key: Any) -> Any:
    """The value of a table under a key, or the key itself: names of ports."""
    return table.get(key, key)


MARKS = {
    "held": "signal",
    "waiting": "signal",
    "moderate": "",
    "high": "",
    "low": "quiet",
    "none": "quiet",
    "done": "accent",
    "unread": "accent",
    "letter": "",
    "major": "",
    "enters": "accent",
    "leaves": "signal",
    "stays": "quiet",
    "waits": "",
    "not_yet": "quiet",
}


@register.inclusion_tag("look/mark.html")
def mark(kind: str, word: str = "") -> dict[str, str]:
    """{% mark "held" "Held" %}: a shape and its word; never colour alone."""
    return {"kind": kind, "word": word, "tone": MARKS.get(kind, "")}


@register.inclusion_tag("look/icon.html")
def icon(name: str) -> dict[str, str]:
    """{% icon "update" %}: an icon of the design system, hidden from screen readers."""
    return {"name": name}


@register.inclusion_tag("look/stamp.html")
def stamp(newest: datetime.date | None, words: str = "Newest data") -> dict[str, Any]:
    """{% stamp newest %}: how fresh the page's data are."""
    return {"newest": newest, "words": words}


@register.simple_tag
def chart(drawn: Any) -> SafeString:
    """{% chart columns %}: a chart of look.charts with its title and its table; the small one of a row draws itself."""
    if isinstance(drawn, Interval):
        return drawn.svg
    # Places on a drawing are for a browser, in no language's form; to look for one takes longer than all else about them.
    return get_template(drawn.template).template.render(Context({"chart": drawn}, use_l10n=False))


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query with some values changed; an empty one takes the value out."""
    request: HttpRequest = context["request"]
    asked = {name: request.GET.getlist(name) for name in request.GET}
    asked |= {name: [str(value)] for name, value in changes.items()}
    kept = {name: values for name, values in asked.items() if any(values)}
    return "?" + urlencode(kept, doseq=True)


@register.inclusion_tag("look/sort_head.html", takes_context=True)
def sort_head(context: dict[str, Any], name: str, label: str, css: str = "", more: str = "") -> dict[str, Any]:
    """A table head that sorts: once up, once down, and says so to a screen reader."""
    current = context.get("sort", "")
    direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
    wanted = name if current == f"-{name}" else f"-{name}"
    return {
        "label": label,
        "more": more,
        "css": css,
        "direction": direction,
        "link": with_query(context, sort=wanted, page=""),
    }


@register.inclusion_tag("look/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """From which to which row, and links to the pages before and behind."""
    before = with_query(context, page=page.previous_page_number()) if page.has_previous() else ""
    behind = with_query(context, page=page.next_page_number()) if page.has_next() else ""
    return {"page": page, "before": before, "behind": behind, "capped": getattr(page.paginator, "is_capped", False)}


@register.inclusion_tag("look/downloads.html", takes_context=True)
def downloads(context: dict[str, Any], rows: int, name: str = "", **in_path: Any) -> dict[str, Any]:
    """The list of the page as CSV and as a workbook, with its filters and its order.

    name: of the list where longer ones are made by a worker; without it a long list is to be narrowed. in_path: what
    the page's own address says before its filters.
    """
    csv, xlsx = (with_query(context, download=kind, page="", after="", before="") for kind in ("csv", "xlsx"))
    asked = with_query(context, download="", page="", after="", before="", **in_path)
    ask = f"{context.get('base', '')}/exports/ask/{name}/{asked}" if name else ""
    return {
        "rows": rows,
        "most": MOST_ROWS,
        "csv": csv,
        "xlsx": xlsx,
        "ask": ask,
        "csrf_token": context.get("csrf_token"),
    }


WIDGETS = (
    (CheckboxSelectMultiple, "checks"),
    (CheckboxInput, "check"),
    (RadioSelect, "radios"),
    (Select, "select"),
    (Textarea, "textarea"),
    (FileInput, "file"),
)
CLASSES = {"select": "usa-select", "textarea": "usa-textarea", "file": "usa-file-input", "check": "usa-checkbox__input"}


@register.inclusion_tag("look/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field of a form with its label, its hint and what is wrong with it."""
    kind = next((name for widget, name in WIDGETS if isinstance(bound.field.widget, widget)), "input")
    css = CLASSES.get(kind, "usa-input") + (" usa-input--error" if bound.errors and kind == "input" else "")
    described = [
        f"{bound.id_for_label}-{part}" for part, there in (("hint", bound.help_text), ("error", bound.errors)) if there
    ]
    attributes: dict[str, Any] = {"class": css}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    widget = bound.as_widget(attrs=attributes) if kind not in ("checks", "radios") else ""
    return {"field": bound, "kind": kind, "widget": widget}
