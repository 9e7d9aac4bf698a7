"""Pages of long lists."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from look.downloads import MOST_ROWS


class CappedPaginator(Paginator):
    """Counts no further than it must: nobody pages on for ever, and counting more would crawl."""

    CAP = MOST_ROWS

    @cached_property
    def count(self) -> int:
        """How many rows there are; one more than `CAP` stands for all above it."""
        return int(self.object_list.order_by()[: self.CAP + 1].count())  # type: ignore[union-attr]

    @property
    def is_capped(self) -> bool:
        return self.count > self.CAP
