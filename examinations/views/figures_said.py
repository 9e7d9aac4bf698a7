"""What a table of figures shows, in sentences: what stands out, what was found where, where goods wait longest."""

from collections.abc import Mapping

from examinations.figures import MONTH, WITHOUT_ENTRIES, Line
from examinations.figures.names import in_a_sentence
from examinations.figures.standing_out import longest_held, stand_out
from examinations.models import Dimension
from examinations.models.examination import DiscrepancyType
from look.formats import count, halves, percent, plural

MANY = {"port": "ports", "heading": "headings", "chapter": "chapters", "origin": "origins", "manufacturer": "suppliers"}
#: What was found there, to follow "4 were".
PLACED = {"port": "at", "heading": "on goods of heading", "chapter": "on goods of chapter", "origin": "on goods from"}
PLACED |= {"manufacturer": "on goods of", "entry_type": "on entries of type", "type": "found by", "reason": "picked as"}
PLACED |= {"month": "selected in"}
MANY |= {"entry_type": "entry types", "type": "examination types", "reason": "reasons", "month": "months"}
#: Of so many releases a median is told as what a value is like.
LEAST = 5
ONE = {name: many.removesuffix("s") for name, many in MANY.items()}


def finding_said(lines: list[Line], whole: Line, by: str, finding: str, names: Mapping[str, str]) -> str:
    """What the table shows, in a sentence. names: of the codes that have one."""
    many = MANY[by]
    if finding:
        label = DiscrepancyType(finding).label.lower()
        top = max(lines, key=lambda line: line.found, default=None)
        if not whole.found or top is None:
            return f"No {label} discrepancy was found in these months."
        name = name_of(by, top, names)
        if whole.found == 1:
            return f"The one examination or review with a {label} discrepancy was {PLACED[by]} {name}."
        return (
            f"Of {plural(whole.found, 'examination or review', 'examinations and reviews')} with a {label} discrepancy, "
            f"{count(top.found)} {'was' if top.found == 1 else 'were'} {PLACED[by]} {name}."
        )
    if by in WITHOUT_ENTRIES or whole.examined is None:
        return ""
    above = stand_out(lines, whole.examined, lambda line: line.examined)
    if len(lines) == 1:
        return f"{name_of(by, lines[0], names)} is the only {ONE[by]} with figures for these months."
    if not above:
        return f"None of the {many} stands out: all are examined about as often as the whole, {percent(whole.examined.rate)}."
    first = above[0]
    assert first.examined
    said = f"{name_of(by, first, names)} is examined more often than the whole: {percent(first.examined.rate)} of its entries"
    more = (
        f", and so {'is' if len(above) == 2 else 'are'} {count(len(above) - 1)} more of the {many}"
        if len(above) > 1
        else ""
    )
    return f"{said} against {percent(whole.examined.rate)}{more}."


def name_of(by: str, line: Line, names: Mapping[str, str]) -> str:
    if by == MONTH:
        return f"{line.code:%B %Y}"
    return in_a_sentence(by, line.code, names)


def longest_said(
    lines: list[Line], whole: Line, by: str, peers: dict[str, float], names: Mapping[str, str], *, asked: bool
) -> list[str]:
    """Where goods are held longest, and whether others wait as long there, the answer first. asked: an answer is due,
    if only "too few"; without it there may be nothing to say."""
    if whole.stay.median is None or by in (MONTH, Dimension.REASON):
        return ["Nothing selected in these months was released yet."] if asked and whole.cargo else []
    longest = longest_held(lines, LEAST)
    few = longest_held(lines, least=1) if asked else None
    if longest is None:
        return [_longest_of_few(few, by, peers, names)] if few else []
    median = longest.stay.median or 0
    of_few = _longer_of_few(few, longest, by, names) if few else ""
    if median <= whole.stay.median:
        if not asked:
            return []
        held = f"half were released within {_days(whole.stay.median)}"
        if not of_few:
            return [f"{_none(by)} longer than the whole: {held}."]
        return [f"{_none(by, f' with {LEAST} releases or more')} longer than the whole: {held}.", of_few]
    said = (
        f"{_held(by, longest, names)} longest: half of {plural(longest.stay.count, 'examination')} took "
        f"{_days(median)} or more, against {halves(whole.stay.median)} over all."
    )
    return [part for part in (said, of_few, _others(longest, by, peers, names)) if part]


#: What is held there, where it is not the value itself that holds.
GOODS = {"heading": "Goods of heading", "chapter": "Goods of chapter", "origin": "Goods from"}
GOODS |= {"manufacturer": "Goods of", "entry_type": "Entries of type"}


def _held(by: str, line: Line, names: Mapping[str, str], holds: str = "holds", held: str = "are held") -> str:
    name = name_of(by, line, names)
    return f"{GOODS[by]} {name} {held}" if by in GOODS else f"{name} {holds}"


def _none(by: str, of: str = "") -> str:
    if by not in GOODS:
        return f"None of the {MANY[by]}{of} holds"
    what = "Entries" if GOODS[by].startswith("Entries") else "Goods"
    return f"{what} of none of the {MANY[by]}{of} were held"


def _median_of(line: Line) -> str:
    few = line.stay.count
    return "one examination" if few == 1 else f"the median of {plural(few, 'examination')}"


def _longer_of_few(few: Line, longest: Line, by: str, names: Mapping[str, str]) -> str:
    """Of a value that stands before the longest in the table, and why it is not named in its place."""
    if (few.stay.median or 0) <= (longest.stay.median or 0):
        return ""
    return (
        f"{_held(by, few, names, 'held', 'were held')} longer, {_days(few.stay.median or 0)}, but that is "
        f"{_median_of(few)}: too few to tell."
    )


def _longest_of_few(longest: Line, by: str, peers: dict[str, float], names: Mapping[str, str]) -> str:
    said = (
        f"{_held(by, longest, names, 'held', 'were held')} longest, {_days(longest.stay.median or 0)}, but that is "
        f"{_median_of(longest)}: too few to tell that it is the {ONE[by]} and not chance."
    )
    if longest.code in peers:
        return f"{said} The median importer there waits {_days(peers[longest.code])}."
    return f"{said} {_others(longest, by, peers, names)}".rstrip()


def _others(longest: Line, by: str, peers: dict[str, float], names: Mapping[str, str]) -> str:
    if by != Dimension.PORT:
        return ""
    at = in_a_sentence(by, longest.code, names)
    if longest.code in peers:
        of_peers, own = peers[longest.code], longest.stay.median or 0
        others = (
            "others wait less" if own > of_peers else "others wait as long" if own == of_peers else "others wait longer"
        )
        return f"The median importer at {at} waits {_days(of_peers)}: {others}."
    return f"Too few others were examined at {at} to tell whether they wait as long."


def _days(median: float) -> str:
    return f"{halves(median)} {'day' if median == 1 else 'days'}"
