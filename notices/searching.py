"""Full-text search over notices, with what was found marked."""

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from notices.models import Notice

#: Around what was found: letters that no text has, so that the text can be escaped before they become marks.
BEGINS, ENDS = "\x02", "\x03"
LONGEST = 200


def found(notices: QuerySet[Notice], words: str) -> QuerySet[Notice]:
    """Those in which all the words stand, as a search engine takes them ("quoted", -without, or), the best first.

    Each with `headline`, the place where they stand. Words of which nothing is left, such as "the", find nothing.
    """
    query = SearchQuery(words[:LONGEST].replace("\0", " "), search_type="websearch", config="english")
    headline = SearchHeadline(
        "body", query, config="english", start_sel=BEGINS, stop_sel=ENDS, max_words=30, min_words=12, max_fragments=2
    )
    ranked = notices.filter(search=query).annotate(rank=SearchRank(F("search"), query), headline=headline)
    return ranked.order_by("-rank", "-published_at", "-pk")


def marked(headline: str) -> SafeString:
    """A headline as HTML: the words that were found in <mark>, all else as it is."""
    return mark_safe(escape(headline).replace(BEGINS, "<mark>").replace(ENDS, "</mark>"))
