"""The figures by one value as a file: each with what it is counted on, its interval, and the period before."""

from collections.abc import Mapping

from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, last_of, register
from examinations.figures import WITHOUT_ENTRIES, Line
from examinations.figures.before import then
from examinations.figures.definitions import in_full as definitions_in_full
from examinations.figures_by import DIMENSIONS, Against, FiguresAsked, FiguresBy
from examinations.intervals import Rate
from examinations.models.examination import DiscrepancyType
from look.downloads import Cell, Sheet, about_list, filters_in_words
from look.formats import months


def sheet_of(found: FiguresBy) -> Sheet:
    """The lines of a table in their order."""
    asked, by, finding, tells = found.asked, found.by, found.finding, found.tells
    filters = [("By", found.labels[by]), *filters_in_words(found.form)]
    filters += [("Discrepancy", DiscrepancyType(finding).label)] if finding else []
    filters.append(("Before", months(found.earlier.start, found.earlier.end)))
    title = f"Figures by {found.labels[by].lower()}"
    about = about_list(title, asked.account.name, asked.person.name, filters, definitions_in_full())
    lines = found.in_order()
    rows = (_cells(line, found.names, tells, finding) + _then(line, by, found.against) for line in lines)
    return Sheet(f"figures-by-{by.replace('_', '-')}", _heads(by, tells, finding), rows, about)


def _heads(by: str, tells: bool, finding: str) -> list[str]:
    heads = [
        DIMENSIONS.get(by, "Reason"),
        "Name",
        "Entries",
        "Entries Examined",
        "Examination Rate",
        "Low",
        "High",
        "Value",
    ]
    heads += ["Duty", "Cargo Examinations", "Held Now", "Released", "Median Days", "Ninth Decile Days"]
    heads += ["Over Five Business Days", "Closed", "With Discrepancy"]
    heads += ["Random Reviews", "With Error", "Random Cargo", "With Error (Cargo)", "Other", "Hits"] if tells else []
    heads += ["More Owed", "Overpaid"]
    heads += [f"{DiscrepancyType(finding).label} Discrepancies"] if finding else []
    heads += ["Entries Before", "Entries Examined Before", "Cargo Examinations Before"]
    heads += [] if by in WITHOUT_ENTRIES else ["Change of the Examination Rate"]
    return heads


def _then(line: Line, by: str, against: Against) -> list[Cell]:
    before = then(against.before, line.code)
    counts: list[Cell] = [before.entries, before.examined, before.cargo]
    return counts if by in WITHOUT_ENTRIES else [*counts, against.words(line)]


def _cells(line: Line, names: Mapping[str, str], tells: bool, finding: str) -> list[Cell]:
    def pair(rate: Rate | None) -> list[Cell]:
        return [rate.count if rate else 0, rate.found if rate else 0]

    rate = line.examined
    cells: list[Cell] = [line.code, names.get(line.code, ""), line.entries, rate.found if rate else 0]
    cells += [round(rate.rate, 6), round(rate.low, 6), round(rate.high, 6)] if rate else [None, None, None]
    cells += [line.value, line.duty, line.cargo, line.held, line.stay.count, line.stay.median, line.stay.ninth_decile]
    cells += [line.stay.long_stays, line.closed, line.wrong]
    if tells:
        cells += [*pair(line.random), *pair(line.random_cargo), *pair(line.other)]
    cells += [line.owed, line.overpaid]
    return cells + ([line.found] if finding else [])


def _sheet_for(asked: Asked) -> Sheet:
    found = FiguresBy(asked, whole_file=True)
    if not found.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(found)


def _settled(asked: Asked) -> Filters:
    found = FiguresAsked(asked)
    period = {"start": found.period.start.isoformat(), "end": found.period.end.isoformat()}
    return as_lists(last_of(asked.filters) | {"by": found.by, "sort": found.sort} | period)


register(Kind("figures-by", "Figures by a value", "/examinations/figures/by/", _sheet_for, _settled))
