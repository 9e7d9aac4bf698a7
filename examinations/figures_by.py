"""Which figures of an account by which value one person asks for: the same for the page and for its file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.access import Reach
from accounts.models import Account
from examinations import figures
from examinations.exports.kinds import Asked, last_of
from examinations.figures import MONTH, Line, Period
from examinations.figures.before import Before, before_of, changes, in_words, period_before, real_changes, then
from examinations.figures.comparing import Change
from examinations.figures.names import in_a_sentence, names_of
from examinations.filters.period import asked_client, asked_period
from examinations.intervals import Rate
from examinations.models import Dimension
from examinations.models.examination import DiscrepancyType
from look.formats import count, month, plural

#: The tabs, in their order; the reason only for who may see it.
DIMENSIONS = {
    Dimension.PORT.value: "Port",
    Dimension.HEADING.value: "Heading",
    Dimension.CHAPTER.value: "Chapter",
    Dimension.ORIGIN.value: "Origin",
    Dimension.MANUFACTURER.value: "Supplier",
    Dimension.ENTRY_TYPE.value: "Entry type",
    Dimension.TYPE.value: "Examination type",
    MONTH: "Month",
}


def sure(rate: Rate | None) -> float:
    """What a rate sorts by: those of too few come last."""
    return rate.rate if rate and rate.tells else -1.0


SORTS: dict[str, Callable[[Line], Any]] = {
    "code": lambda line: line.code,
    "value": lambda line: line.value,
    "entries": lambda line: line.entries,
    "examined": lambda line: line.examined.found if line.examined else 0,
    "rate": lambda line: sure(line.examined),
    "cargo": lambda line: line.cargo,
    "days": lambda line: -1 if line.stay.median is None else line.stay.median,
    "random": lambda line: sure(line.random),
    "other": lambda line: sure(line.other),
    "owed": lambda line: line.owed,
    "found": lambda line: line.found,
}


@dataclass(frozen=True)
class Against:
    """The period before, by code, and which rates changed by more than chance."""

    before: Mapping[Any, Before]
    compared: Mapping[Any, Change]
    real: Mapping[Any, Change]

    def words(self, line: Line) -> str:
        return in_words(line, then(self.before, line.code), self.compared, self.real)

    def sentence(self, by: str, when: str, names: Mapping[str, str]) -> str:
        """The rate that changed most by more than chance; empty where none did."""
        if not self.real:
            return ""
        code, one = max(self.real.items(), key=lambda item: abs(item[1].now.rate - item[1].before.rate))
        name = month(code) if by == MONTH else in_a_sentence(by, code, names)
        often = "more" if one.now.rate > one.before.rate else "less"
        return (
            f"{name} is examined {often} often than {when}: {count(one.now.found)} of "
            f"{plural(one.now.count, 'entry', 'entries')} now, {count(one.before.found)} of {count(one.before.count)} then."
        )


def _against(lines: list[Line], before: Mapping[Any, Before]) -> Against:
    compared = changes(lines, before)
    return Against(before, compared, real_changes(compared))


def dimensions_of(reach: Reach, account: Account) -> dict[str, str]:
    """The tabs that who holds this reach has."""
    more = reach.sees_law_enforcement_data(account.pk)
    return DIMENSIONS | ({Dimension.REASON.value: "Reason"} if more else {})


class FiguresAsked:
    """The form, and which dimension, discrepancy and order it asks for; the usual ones for nonsense."""

    def __init__(self, asked: Asked) -> None:
        filters, account = last_of(asked.filters), asked.account
        self.asked, self.labels = asked, dimensions_of(asked.reach, account)
        self.form, self.period = asked_period(filters, asked.today, account=account)
        self.usable, self.client = self.form.is_valid(), asked_client(self.form)
        self.by = filters.get("by", "") if filters.get("by") in self.labels else Dimension.PORT.value
        self.finding = filters.get("finding", "") if filters.get("finding") in DiscrepancyType.values else ""
        usual = "code" if self.by == MONTH else "-found" if self.finding else "-cargo"
        sort = filters.get("sort", "")
        self.sort = sort if sort.removeprefix("-") in SORTS else usual
        self.tells = asked.reach.reads_disclosed_reasons(account.pk)
        #: Of a discrepancy only the values are listed where it was found.
        self.only_found = bool(self.finding) and self.by != MONTH

    @property
    def earlier(self) -> Period:
        """The period before."""
        return period_before(self.period, self.by)


class FiguresBy(FiguresAsked):
    """What is asked for: all together (`whole`), a line for each value, and the period before.

    whole_file: with what a file has and no page shows.
    """

    def __init__(self, asked: Asked, *, whole_file: bool = False) -> None:
        super().__init__(asked)
        given = (asked.account, self.period, self.by, asked.person)
        # How long goods were held is not asked where a discrepancy is.
        worth, stays = whole_file or self.sort.removeprefix("-") == "value", whole_file or not self.finding
        self.whole, self.lines = figures.table_of(*given, self.finding, self.client, worth=worth, stays=stays)
        codes = [line.code for line in self.lines]
        self.against = _against(self.lines, before_of(*given, self.client, codes if self.only_found else None))
        # Asked for once, whatever the sentences have to name.
        self.names = {} if self.by == MONTH else names_of(self.by, codes)

    def in_order(self) -> list[Line]:
        """The lines as they are listed; those above are in the order of their codes."""
        return sorted(self.lines, key=SORTS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
