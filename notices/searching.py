"""Full-text search over notices, with what was found marked."""

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from notices.models import Notice
from notices.models.notice import TEXT

#: Around what was found: letters that no text has, so that the text can be escaped before they become marks.
BEGINS, ENDS = "\x02", "\x03"
LONGEST = 200
#: Between the number of a notice, its title, and so on, in what the search shows of it.
BETWEEN = " \u00b7 "


def found(notices: QuerySet[Notice], words: str) -> QuerySet[Notice]:
    """Those in which all the words stand, as a search engine takes them ("quoted", -without, or), the best first.

    Each with `headline`, the places where they stand, in whichever of its texts. Words of which nothing is left, such as "the", find nothing.
    """
    query = SearchQuery(words[:LONGEST].replace("\0", " "), search_type="websearch", config="english")
    texts = [part for name in TEXT for part in (F(name), Value(BETWEEN))][:-1]
    headline = SearchHeadline(
        Concat(*texts, output_field=TextField()),
        query,
        config="english",
        start_sel=BEGINS,
        stop_sel=ENDS,
        max_words=30,
        min_words=12,
        max_fragments=2,
    )
    ranked = notices.filter(search=query).annotate(rank=SearchRank(F("search"), query), headline=headline)
    return ranked.order_by("-rank", "-published_at", "-pk")


def marked(headline: str) -> SafeString:
    """A headline as HTML: the words that were found in <mark>, all else as it is."""
    return mark_safe(escape(headline).replace(BEGINS, "<mark>").replace(ENDS, "</mark>"))
