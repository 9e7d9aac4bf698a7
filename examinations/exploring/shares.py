"""The pivot of shares: of entries those examined, of lines reviewed at random those in error; from the sums by one
dimension and month, never from rows."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from examinations.binomial import at_least
from examinations.exploring.entries import KEPT, why_not
from examinations.exploring.from_sums import adding, table_from_sums
from examinations.exploring.pivot import Pivot
from examinations.exploring.question import Question
from examinations.figures.standing_out import FALSE_NAMING
from examinations.intervals import Rate, rate_of
from examinations.models import EntryBreakdown, ExaminationBreakdown
from examinations.models.entry import Source


def shares_by(asked: Question) -> Pivot:
    """Rates over the period's months, as far as this person may see what they are counted on; two statements.

    Raises ValueError where `why_not` says so, TooLarge as `table_from_sums` does.
    """
    measure = asked.measure
    if reason := why_not(asked.row, asked.column, measure):
        raise ValueError(reason)
    how = adding(measure.sql, measure.share_of, shown=_rate, above_nothing=measure.share_of)
    return table_from_sums(asked, _sums(asked), KEPT, how)


def _sums(asked: Question) -> QuerySet[Any]:
    if asked.measure.of_entries:
        return EntryBreakdown.objects.visible_to(asked.person).filter(asked.within, source=Source.CBP).order_by()
    return ExaminationBreakdown.objects.visible_to(asked.person).filter(asked.within).order_by()


def _rate(counts: tuple[int, int]) -> Rate | None:
    found, count = counts
    return rate_of(min(found, count), count)


def highest(rates: Mapping[str, Rate], whole: Rate) -> tuple[str, bool] | None:
    """Of the rates that are counted on enough the highest, and whether it lies above the whole by more than chance.

    Exact binomial test, one-sided, at 5 % divided by the number of rates (Bonferroni). None where none is enough.
    """
    known = {code: rate for code, rate in rates.items() if rate.tells}
    if not known:
        return None
    code, rate = max(known.items(), key=lambda one: (one[1].rate, one[1].count))
    above = rate.rate > whole.rate and at_least(rate.found, rate.count, whole.rate) < FALSE_NAMING / len(known)
    return code, above
