"""What an own rate says, in words. Pure."""

from look.formats import percent

#: Shares of a rate that rest on own reviews, as people say them.
SHARES = ((0.9, "nearly all"), (0.7, "about three quarters"), (0.58, "about two thirds"), (0.42, "about half"))
SMALL_SHARES = ((0.29, "about a third"), (0.2, "about a quarter"), (0.1, "about a sixth"), (0.02, "a small part"))


def finding_of(low: float, high: float, group: float) -> str:
    """How an interval lies to the mean of the group, shares between 0 and 1; the title of the chart."""
    if low > group:
        return "The own rate is higher than that of the group"
    if high < group:
        return "The own rate is lower than that of the group"
    return "The own rate cannot be told from that of the group"


def weight_of(reviews: int, alpha: float, beta: float) -> str:
    """How much of the rate rests on the account's own reviews: those over all that the posterior is worth, in words."""
    share = min(1.0, reviews / (alpha + beta)) if reviews else 0.0
    return next((said for least, said in (*SHARES, *SMALL_SHARES) if share >= least), "hardly anything")


def about(rate: float) -> str:
    """A rate to be read: in whole percent from ten on, else with one decimal."""
    return percent(rate, 0 if rate >= 0.1 else 1)
