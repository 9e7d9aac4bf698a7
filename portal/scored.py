"""An account's score as its page tells it: the parts in words, what moved and why, its rank, its history as a line."""

import dataclasses
import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from accounts.models import Account, Person
from compliance.risk.model import Model
from compliance.risk.models import Assessment, RiskModel
from compliance.risk.restated import restated
from compliance.risk.words import PartInWords, loss_in_words, moves_of, parts_of, sentence_of
from look.charts import Line, LinePoint, Part, Sum
from look.formats import percent, points

MONTHS_SHOWN = 12
#: "In a month": the newest score that is so many days older than the one shown, or more.
A_MONTH = datetime.timedelta(days=28)


@dataclasses.dataclass(frozen=True)
class LastMove:
    """What moved when the newest score took the place of the one before: a score is kept where anything of it moved.

    before: that one, by the model of the newest. other_model: the number of the model that made it, where it was another.
    """

    before: Assessment
    other_model: int | None
    moved: Decimal
    parts: list[PartInWords]


@dataclasses.dataclass(frozen=True)
class Scored:
    """last: what moved since the score before the newest; None where there is but one. earlier: the score of a month ago, by the model of `now`; other_model: the number of the model that made it,
    where it was another. rank, of: among the scores that stand and that the reader may see."""

    now: Assessment
    last: LastMove | None
    earlier: Assessment | None
    other_model: int | None
    then: Decimal | None
    parts: list[PartInWords]
    sentence: str
    loss: str
    rank: int
    of: int
    bar: Sum
    line: Line | None

    @property
    def moved(self) -> Decimal | None:
        """Points that the score moved in a month, by one model; None without an earlier score."""
        return self.now.score - self.earlier.score if self.earlier else None


def scored(account: Account, person: Person) -> Scored | None:
    """All of it; None for an account without a score. Four statements."""
    visible = Assessment.objects.visible_to(person)
    months = list(
        visible.filter(account=account)
        .annotate(month=TruncMonth("as_of"))
        .order_by("-month", "-as_of")
        .distinct("month")[:MONTHS_SHOWN]
    )
    if not months:
        return None
    now = months[0]
    lately = max(now.as_of, timezone.localdate()) - A_MONTH
    earlier_ones = visible.filter(account=account, as_of__lt=now.as_of).order_by("-as_of")
    # Both in one statement; often they are the same.
    two = sorted(earlier_ones[:1].union(earlier_ones.filter(as_of__lte=lately)[:1]), key=lambda one: one.as_of)
    before, made = (two[-1], two[0]) if two else (None, None)
    if made is not None and made.as_of > lately:
        made = None
    model = RiskModel.objects.visible_to(person).get(number=now.model_version).weights
    changed = made is not None and made.model_version != now.model_version
    earlier = restated(made, model) if made is not None and changed else made
    ahead, of = _place(visible, now)
    edges = [(model.moderate_from, "moderate"), (model.high_from, "high")]
    return Scored(
        now=now,
        last=_last_move(now, before, model) if before is not None else None,
        earlier=earlier,
        other_model=made.model_version if made is not None and changed else None,
        then=made.score if made is not None else None,
        parts=parts_of(now, earlier),
        sentence=sentence_of(now, earlier),
        loss=loss_in_words(now, model),
        rank=ahead + 1,
        of=of,
        bar=_bar(now, edges),
        line=_line(months[::-1], edges) if len(months) > 1 else None,
    )


def _last_move(now: Assessment, before: Assessment, model: Model) -> LastMove:
    changed = before.model_version != now.model_version
    alike = restated(before, model) if changed else before
    return LastMove(
        before=alike,
        other_model=before.model_version if changed else None,
        moved=now.score - alike.score,
        parts=moves_of(now, alike),
    )


def _place(visible: QuerySet[Assessment], now: Assessment) -> tuple[int, int]:
    """How many scores that stand are before this one, and how many there are: an index in their order has both."""
    stand = visible.filter(stands=True).order_by()
    ahead = stand.filter(
        Q(score__gt=now.score) | Q(score=now.score, expected_loss__gt=now.expected_loss), score__gte=now.score
    )
    counted = [rows.values(all=Value(1)).annotate(n=Count("pk")).values("n") for rows in (ahead, stand)]
    before, of = visible.filter(pk=now.pk).values_list(*(Coalesce(Subquery(one), 0) for one in counted)).get()
    return before, of


def _bar(row: Assessment, edges: list[tuple[float, str]]) -> Sum:
    parts = parts_of(row, None)
    loss = sum(part.points for part in parts if part.loss)
    share = loss / row.score if row.score else 0
    title = f"{percent(min(share, 1), 0)} of the points are revenue that may be lost" if share else "Nothing at stake"
    return Sum(
        title,
        "Points of each part, in the order of the table below",
        float(row.score),
        [Part(part.name, float(part.points), part.loss) for part in parts],
        [(edge, f"{words} from {edge:g}") for edge, words in edges],
    )


def _line(rows: list[Assessment], edges: list[tuple[float, str]]) -> Line:
    first, last = rows[0], rows[-1]
    moved = last.score - first.score
    if abs(moved) < 1:
        title = f"About as {first.as_of:%B %Y} left it"
    else:
        title = f"{'Up' if moved > 0 else 'Down'} {points(abs(moved))} points since {first.as_of:%B %Y}"
    drawn, before = [], first.model_version
    for row in rows:
        mark = f"model {row.model_version}" if row.model_version != before else ""
        drawn.append(LinePoint(f"{row.as_of:%b}", float(row.score), mark, f"model {row.model_version}"))
        before = row.model_version
    return Line(title, "Score at the end of each month", "Score", drawn, edges)
