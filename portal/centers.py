"""Which Center usually answers for what an account imports."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from accounts.models import Account, Center, Person
from examinations.figures import twelve_whole_months
from examinations.models.breakdown import Dimension, EntryBreakdown
from examinations.models.entry import Source

#: First and last chapter, and the Center that usually answers. Routing by chapter is this project's reading of how the
#: Centers divide the tariff (domain.md 5, "Centers", marked there as such), and no rule of CBP's.
USUAL = (
    (1, 24, "002"), (25, 27, "006"), (28, 38, "001"), (39, 40, "009"), (41, 43, "008"), (44, 49, "009"),
    (50, 67, "004"), (68, 71, "009"), (72, 83, "005"), (84, 84, "010"), (85, 85, "007"), (86, 89, "003"),
    (90, 90, "007"), (94, 96, "008"),
)  # fmt: skip
SHOWN = 6


def usual_center(chapter: str) -> str:
    """Code of the Center that usually answers for goods of a chapter of two digits; empty where none is known."""
    if not chapter.isdecimal():
        return ""
    return next((code for first, last, code in USUAL if first <= int(chapter) <= last), "")


@dataclass(frozen=True)
class ChapterShare:
    """One chapter of what an account imports: dollars of value, share of all of it (0 to 1), and the usual Center."""

    chapter: str
    value: Decimal
    share: Decimal
    center: Center | None


@dataclass(frozen=True)
class Trade:
    """What an account imported in twelve whole months, the largest chapters first, and by usual Center."""

    chapters: list[ChapterShare]
    value: Decimal
    leading: Center | None
    leading_share: Decimal


def trade_of(account: Account, person: Person, today: datetime.date) -> Trade:
    """By predominant classification, as 19 CFR 101.10 has it; two statements, of what the person may see."""
    period = twelve_whole_months(today)
    rows = EntryBreakdown.objects.visible_to(person).filter(
        account=account, dimension=Dimension.CHAPTER, source=Source.CBP, month__range=(period.start, period.end)
    )
    sums = list(rows.values_list("code").annotate(v=Sum("value")).order_by("-v", "code"))
    centers = {center.code: center for center in Center.objects.all()}
    total = sum((value for _, value in sums), Decimal(0))
    by_center: dict[str, Decimal] = {}
    for chapter, value in sums:
        by_center[usual_center(chapter)] = by_center.get(usual_center(chapter), Decimal(0)) + value
    leading = max((code for code in by_center if code), key=lambda code: by_center[code], default="")
    chapters = [
        ChapterShare(chapter, value, value / total if total else Decimal(0), centers.get(usual_center(chapter)))
        for chapter, value in sums[:SHOWN]
    ]
    share = by_center[leading] / total if leading and total else Decimal(0)
    return Trade(chapters, total, centers.get(leading), share)
