"""From what a round froze of its candidates to the columns that a study adjusts for. Pure."""

import datetime
from dataclasses import dataclass

import numpy as np
import scipy

from compliance.effect.arms import Arms, Numbers
from compliance.effect.pools import arms_within

NAMES = ("expected rate", "reviews before", "found before", "duty", "severity", "other points")
#: A rate is kept away from 0 and 1, where log odds end; less duty than the score knows counts as that much (domain 5).
LEAST_RATE, LEAST_DUTY = 5e-4, 1_000.0
#: Where the score of a round's day knew no rate of its own: the mean of a beta (domain 4.4), by finds and reviews.
PRIOR_FINDS, PRIOR_REVIEWS = 2.0, 40.0


@dataclass(frozen=True)
class Frozen:
    """Candidates near the threshold, one element each.

    proposed: whether the list proposed to take it in. chance: of entering by lot, 0 where no lot decided. rate: the
    expected rate of errors, 0 where the score knew none. reviews, found: it rests on. duty: dollars in twelve months.
    severity, others: points of the score for severity, and for all but duty, likelihood and severity. after, earlier:
    random reviews of lines since the round, and in the year that selection did not see; found_: with a discrepancy.
    pool: whose room decided, a number for each.
    """

    proposed: Numbers
    chance: Numbers
    rate: Numbers
    reviews: Numbers
    found: Numbers
    duty: Numbers
    severity: Numbers
    others: Numbers
    after: Numbers
    found_after: Numbers
    earlier: Numbers
    found_earlier: Numbers
    pool: Numbers

    @property
    def inputs(self) -> Numbers:
        """What of the account itself decided selection, a column for each of NAMES; its pool stands beside them."""
        rate = np.where(self.rate > 0, self.rate, (self.found + PRIOR_FINDS) / (self.reviews + PRIOR_REVIEWS))
        return np.column_stack(
            [
                scipy.special.logit(np.clip(rate, LEAST_RATE, 1 - LEAST_RATE)),
                np.log1p(self.reviews),
                np.log1p(self.found),
                np.log(np.maximum(self.duty, LEAST_DUTY)),
                self.severity,
                self.others,
            ]
        )

    @property
    def since_the_round(self) -> Arms:
        """With what came after. Arms are as the list proposed, whatever was decided: that alone follows from what was
        frozen."""
        return arms_within(self.pool, self.proposed > 0, self.after, self.found_after, self.inputs, NAMES)

    @property
    def year_before(self) -> Arms | None:
        """With the year that selection did not see; None where nothing was reviewed in it."""
        if not self.earlier.any():
            return None
        return arms_within(self.pool, self.proposed > 0, self.earlier, self.found_earlier, self.inputs, NAMES)


@dataclass(frozen=True)
class Window:
    """Reviews selected after `since` and until `until` come after the round; those from `earlier_from` until before
    `earlier_until` are of the last year that the score did not look at."""

    since: datetime.date
    until: datetime.date
    earlier_from: datetime.date
    earlier_until: datetime.date


def window_of(
    as_of: datetime.date,
    closed: datetime.date,
    next_closed: datetime.date | None,
    today: datetime.date,
    seen_years: int,
) -> Window:
    """The days that count for a round.

    as_of: the round's day. closed, next_closed: when it and the round after it were closed; another round moves
    accounts between the arms, so that the first one's time is over. seen_years: of reviews that the score goes by.
    """
    month = as_of.replace(day=1)
    years = [month.replace(year=month.year - seen_years - more) for more in (1, 0)]
    return Window(closed, min(next_closed or today, today), *years)
