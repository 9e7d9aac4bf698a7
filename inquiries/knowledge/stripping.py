"""Taking out of a text what tells who asked. Patterns and names take out what they know; a second person looks at the rest.
Pure; which names there are `inquiries/knowledge/asker.py` asks."""

import re
from collections.abc import Iterable

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
    "us",
    "na",
    "industries",
    "industrial",
    "manufacturing",
    "enterprises",
    "holdings",
    "limited",
    "incorporated",
}


def stripped(text: str, words: Iterable[str]) -> str:
    """The text without these words, the longest first, and without what has the form of a number that tells who asked."""
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", GONE, text)
    for pattern in PATTERNS.values():
        text = pattern.sub(GONE, text)
    return text


def forms_in(text: str) -> list[str]:
    """What in a text has the form of a number or an address that tells who asked, each with what it looks like."""
    return [f"{what} ({match[0]})" for what, pattern in PATTERNS.items() if (match := pattern.search(text))]
