"""A file of the rates to expect, stratum by stratum: last year's, where another system measured them.

It is made from the plan itself (download, enter the rates, load), so that it names the strata as the plan does and says how
many lines each had: a plan that changed since is told by either.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from examinations.loading.reading import UnusableFile
from examinations.loading.reading.records import Record, records

STRATUM, LINES, RATE = HEADS = ("Stratum", "Lines", "Expected Rate")
#: Rows above the header, and rows below it: a plan has some dozens of strata.
HEADER_WITHIN, MOST_ROWS = 50, 2_000
CHANGED = (
    "The plan changed since this file was made: {what}. Download the rates of the plan as it is now, enter yours there, "
    "and load that file."
)


def rates_in(path: Path) -> dict[str, tuple[int, float]]:
    """By label of the stratum its lines and the rate to expect. Raises UnusableFile, in a sentence with the row."""
    rows = enumerate(itertools.islice(records(path), HEADER_WITHIN + MOST_ROWS), 1)
    places = _header(rows)
    found: dict[str, tuple[int, float]] = {}
    for number, row in rows:
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        if not any(cells.values()):
            continue
        label = cells[STRATUM]
        if not label:
            raise UnusableFile(f"Row {number} names no stratum.")
        if label in found:
            raise UnusableFile(f"Row {number} names {label} a second time.")
        found[label] = _lines(cells[LINES], number), _rate(cells[RATE], number)
    if not found:
        raise UnusableFile("The file has no stratum below its header.")
    return found


def _header(rows: Iterator[tuple[int, Record]]) -> dict[str, int]:
    for number, row in rows:
        names = [cell.strip().lower() for cell in row]
        if all(head.lower() in names for head in HEADS):
            return {head: names.index(head.lower()) for head in HEADS}
        if number == HEADER_WITHIN:
            break
    raise UnusableFile(f"The file has no header with the columns {', '.join(HEADS)}: download it from the plan's page.")


def _lines(text: str, row: int) -> int:
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 12):
        raise UnusableFile(f"Row {row}: {text[:20] or 'nothing'} is no number of lines; leave that column as it was.")
    return int(plain)


def _rate(text: str, row: int) -> float:
    percent = text.endswith("%")
    try:
        rate = float(text.rstrip("%").strip()) / (100 if percent else 1)
    except ValueError:
        rate = math.nan
    if not 0 <= rate <= 1:  # what is no number neither
        raise UnusableFile(f"Row {row}: {text[:20] or 'nothing'} is no rate. Write a share such as 0.05, or 5 %.")
    return rate


def what_changed(given: Mapping[str, tuple[int, float]], now: Mapping[str, int]) -> str:
    """In what the strata of a file are others than those of the plan (label: lines), as a sentence; empty: in nothing."""
    unknown = [label for label in given if label not in now]
    missing = [label for label in now if label not in given]
    other = [label for label, (lines, _) in given.items() if label in now and lines != now[label]]
    if unknown:
        what = f"it has no stratum “{unknown[0][:80]}”"
    elif missing:
        what = f"its stratum “{missing[0]}” is not in the file"
    elif other:
        what = f"“{other[0]}” has {now[other[0]]:,} lines and not {given[other[0]][0]:,}"
    else:
        return ""
    return CHANGED.format(what=what)
