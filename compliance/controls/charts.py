"""Progress over years as a line, by its own scale from 0 to 100."""

from collections.abc import Sequence
from decimal import Decimal

from look.charts.line import Line, LinePoint
from look.formats import points


def progress(years: Sequence[tuple[int, Decimal, bool]], weak_below: int) -> Line | None:
    """years: year, score, whether it is reviewed; the oldest first. None with fewer than two: a point is no line."""
    if len(years) < 2:
        return None
    (first, before, _), (last, now, _) = years[0], years[-1]
    moved = now - before
    said = "stands where it stood" if not moved else f"{'rose' if moved > 0 else 'fell'} by {points(abs(moved))} points"
    return Line(
        title=f"From {first} to {last} the score {said}.",
        counted="Score of the self-assessment, 0 to 100, as reviewed by the account manager; the newest may be as stated.",
        head="Score",
        points=[LinePoint(str(year), float(score), "" if told else "not reviewed yet") for year, score, told in years],
        levels=[(float(weak_below), f"{weak_below}: weak")],
    )
