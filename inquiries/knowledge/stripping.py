"""Taking out of a text what tells who asked. Patterns and names take out what they know; a second person looks at the rest."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from accounts.models import Account, Identifier, Membership

if TYPE_CHECKING:
    from inquiries.models import Inquiry

GONE = "[…]"
PATTERNS = {
    "a mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "an importer number": re.compile(r"\b(?:\d{2}-\d{7}(?:[A-Z0-9]{2})?|\d{6}-\d{5}|\d{3}-\d{2}-\d{4})\b"),
    "an entry number": re.compile(r"\b[A-Z0-9]{3}[- ]?\d{7}[- ]?\d\b(?<!\d{11})"),
    "a container": re.compile(r"\b[A-Z]{3}[UJZ] ?\d{6}[ -]?\d\b"),
    "a telephone number": re.compile(r"(?<![\d.])(?:\+1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"),
}
#: Words of a company's name that a thousand others have, and that say nothing alone.
COMMON = {
    "the",
    "and",
    "of",
    "inc",
    "llc",
    "ltd",
    "corp",
    "corporation",
    "company",
    "co",
    "group",
    "goods",
    "import",
    "imports",
    "importers",
    "export",
    "international",
    "trading",
    "usa",
    "america",
    "american",
    "global",
    "world",
    "customs",
    "brokers",
    "broker",
    "logistics",
    "services",
    "products",
    "supply",
}


def names_of(account: Account, inquiry: "Inquiry | None" = None) -> tuple[str, ...]:
    """What names an account: its name, its numbers, its people, and the row that the inquiry is about."""
    numbers = Identifier.objects.filter(account=account).values_list("value", flat=True)
    people = Membership.objects.filter(account=account).values_list("person__name", "person__email")
    found = {account.name, *numbers, *(text for pair in people for text in pair)}
    if inquiry is not None:
        found |= {inquiry.asked_by.name, inquiry.asked_by.email}
    return tuple(sorted((text for text in found if len(text) > 2), key=len, reverse=True))


def _of_names(names: Iterable[str]) -> list[re.Pattern[str]]:
    """Whole names, and the words of them that are not everybody's, as they stand alone in a text."""
    patterns = []
    for name in names:
        patterns.append(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE))
        if "@" in name or any(letter.isdigit() for letter in name):
            continue
        words = [word for word in re.findall(r"\w+", name) if len(word) > 3 and word.lower() not in COMMON]
        patterns += [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words if word[0].isupper()]
    return patterns


def stripped(text: str, names: Iterable[str]) -> str:
    """The text without what is known to tell who asked."""
    for pattern in [*_of_names(names), *PATTERNS.values()]:
        text = pattern.sub(GONE, text)
    return text


def traces(text: str, names: Iterable[str]) -> list[str]:
    """What in a text still tells who asked, each once, in the order in which it is looked for."""
    found = [match for pattern in _of_names(names) for match in pattern.findall(text)]
    found += [f"{what} ({match[0]})" for what, pattern in PATTERNS.items() if (match := pattern.search(text))]
    return list(dict.fromkeys(found))
