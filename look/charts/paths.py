"""Many shapes of a kind as one path: a template takes as long for each value as for a whole path. Pure."""

from collections.abc import Iterable


def discs(centers: Iterable[tuple[float, float]], radius: float) -> str:
    """A disc around each of these places (x, y), in pixels."""
    around = f"a{radius},{radius} 0 1,0 {2 * radius},0a{radius},{radius} 0 1,0 {-2 * radius},0"
    return "".join(f"M{round(x - radius, 1)},{y}{around}" for x, y in centers)


def steps(levels: Iterable[tuple[float, float, float]]) -> str:
    """A level stretch from one x to another at each height (x, x, y), in pixels."""
    return "".join(f"M{start},{y}H{end}" for start, end, y in levels)


def bars(boxes: Iterable[tuple[float, float, float, float]]) -> str:
    """A box at each of these places (x, y, width, height), in pixels."""
    return "".join(f"M{x},{y}h{width}v{height}h{-width}z" for x, y, width, height in boxes)
