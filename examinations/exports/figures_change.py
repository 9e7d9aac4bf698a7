"""What is examined more or less than before, by each value, as a file."""

from examinations import figures
from examinations.exports.kinds import Asked, Filters, Kind, UnusableFilters, as_lists, last_of, register
from examinations.figures.definitions import in_full as definitions_in_full
from examinations.figures.moved import PLACES, Moved, moved, quarter_so_far
from examinations.figures.names import names_of
from examinations.figures_by import DIMENSIONS
from examinations.filters.period import asked_client, asked_period
from examinations.models import Dimension
from look.downloads import Cell, Sheet, about_list, filters_in_words
from look.formats import months

SECTIONS = (*PLACES, Dimension.TYPE, Dimension.REASON)
HEADS = ["By", "Code", "Name", "Entries Before", "Entries Now", "Examined Before", "Examined Now", "Difference"]


class ChangeAsked:
    """The form, and its period: the quarter so far, unless asked otherwise.

    So far is up to the newest data: a month of which no file has come would look like fewer entries.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked, self.newest = asked, figures.newest_data(asked.account, asked.today)
        usual = quarter_so_far(min(self.newest or asked.today, asked.today))
        self.form, self.period = asked_period(last_of(asked.filters), asked.today, usual, asked.account)
        self.usable, self.client = self.form.is_valid(), asked_client(self.form)
        self.before = self.period.before

    def moved(self) -> dict[str, list[Moved]]:
        """Every value by dimension, in both periods."""
        return moved(self.asked.account, self.period, self.before, self.asked.person, self.client)


def sheet_of(listed: ChangeAsked, found: dict[str, list[Moved]]) -> Sheet:
    """Every value, also those that did not change; all together first. Of types and reasons entries are not told."""
    asked = listed.asked
    filters = [*filters_in_words(listed.form), ("Before", months(listed.before.start, listed.before.end))]
    about = about_list("Examined more or less", asked.account.name, asked.person.name, filters, definitions_in_full())
    rows: list[list[Cell]] = []
    for by, label in ((Dimension.ALL, "All"), *((by, DIMENSIONS.get(by, "Reason")) for by in SECTIONS)):
        values = found.get(by, [])
        names = names_of(by, [one.code for one in values])
        entries = by == Dimension.ALL or by in PLACES
        for one in values:
            name = "All together" if by == Dimension.ALL else names.get(one.code, one.code) or "Not given"
            of_entries: list[Cell] = [one.entries_before, one.entries_now] if entries else [None, None]
            rows.append([label, one.code, name, *of_entries, one.before, one.now, one.difference])
    return Sheet("examined-more-or-less", HEADS, rows, about)


def _sheet_for(asked: Asked) -> Sheet:
    listed = ChangeAsked(asked)
    if not listed.usable:
        raise UnusableFilters("The filters of this list cannot be used.")
    return sheet_of(listed, listed.moved())


def _settled(asked: Asked) -> Filters:
    period = ChangeAsked(asked).period
    return as_lists(last_of(asked.filters) | {"start": period.start.isoformat(), "end": period.end.isoformat()})


register(Kind("figures-change", "Examined more or less", "/examinations/figures/change/", _sheet_for, _settled))
