"""A trend in plain words. Pure."""

import datetime
from dataclasses import dataclass

from look.formats import money, month, number_word, plural

#: What an examination of that kind found.
FOUND = {
    "": "a discrepancy",
    "VALUE": "a wrong value",
    "CLASS": "a wrong classification",
    "ORIGIN": "a wrong origin",
    "MARKING": "missing or wrong marking",
    "QTY": "a wrong quantity",
    "IPR": "a problem of intellectual property",
    "ADCVD": "antidumping or countervailing duty left out",
    "PGA": "another agency’s rule not met",
    "TEXTILE": "a textile problem",
    "QUOTA": "a quota problem",
    "SPI_CLAIM": "a preference claimed without qualifying",
    "DESC": "a wrong description",
    "MISSING_DOC": "a missing document",
    "FORCED_LABOR": "a question of forced labor",
    "MANIFEST": "a wrong manifest",
}
#: What a trend of filing counts, as a column says it.
BE = {"late": "Late summaries", "corrected": "Corrections"}
#: The same of a trend in which nothing need be wrong; and what its examinations did.
HELD = {"long_stay": "Long holds", "cost": "High costs"}
DID = {
    "long_stay": "held the goods more than five business days",
    "cost": "cost more than nine in ten such examinations do",
}
NO_ERROR = {
    "long_stay": "Being held longer is no error, and being examined more often makes no trend.",
    "cost": "A high cost is no error.",
}
RESTS_ON = {
    "": "",
    "random": "on examinations picked at random",
    "targeted": "on examinations picked for a reason",
    "both": "on examinations picked at random and on others",
}
#: The same to members.
TOLD_RESTS_ON = RESTS_ON | {"targeted": "on other than random examinations"}


@dataclass(frozen=True)
class Cell:
    """What a trend is about, each empty where it plays no part. port, origin, other_side: names; other: what the other
    side is, a filer or a client."""

    port: str = ""
    heading: str = ""
    origin: str = ""
    manufacturer: str = ""
    other_side: str = ""
    other: str = "filer"
    kind: str = ""

    @property
    def goods(self) -> str:
        """ "goods of heading 8501 from China, made by CNABC, at Laredo"."""
        text = f"goods of heading {self.heading}" if self.heading else "goods"
        text += f" from {self.origin}" if self.origin else ""
        text += f" made by {self.manufacturer}" if self.manufacturer else ""
        text += f" at {self.port}" if self.port else ""
        if self.other_side:
            text += f" filed by {self.other_side}" if self.other == "filer" else f" filed for {self.other_side}"
        return text

    @property
    def short(self) -> str:
        """The same for a line of a list."""
        parts = [f"heading {self.heading}" if self.heading else "", self.origin, self.manufacturer, self.port]
        parts.append(self.other_side)
        return ", ".join(part for part in parts if part) or "all goods"


@dataclass(frozen=True)
class Said:
    """What a sentence needs. expected: discrepancies; owed: dollars found owed; cost: dollars that high costs came to."""

    cell: Cell
    since: datetime.date
    older: bool
    examinations: int
    discrepancies: int
    expected: float
    owed: float = 0.0
    measure: str = "discrepancy"
    cost: float = 0.0

    @property
    def when(self) -> str:
        """ "Since about May 2026"."""
        return "For as long as there are data" if self.older else f"Since about {month(self.since)}"

    @property
    def sentence(self) -> str:
        """Subject, number, what would be usual."""
        if self.measure in BE:
            return self._filing
        found = DID.get(self.measure) or f"found {FOUND[self.cell.kind]}"
        found = found if self.examinations != 1 else f"it {found}"
        return (
            f"{self.when}, {self.discrepancies:,} of {plural(self.examinations, 'closed examination')} of"
            f" {self.cell.goods} {found}; {usual(self.expected)} would be usual."
        )

    @property
    def _filing(self) -> str:
        late = self.measure == "late"
        many = "entry summaries" if late else "entries"
        whom = f" for {self.cell.other_side}" if self.cell.other_side else ""
        was = "were filed after the tenth working day" if late else "were corrected after their summary"
        return (
            f"{self.when}, {self.discrepancies:,} of {self.examinations:,} {many} filed{whom} {was};"
            f" {usual(self.expected)} would be usual."
        )

    def across(self, accounts: int) -> str:
        """The same of a problem that many accounts have."""
        return (
            f"{self.when}, {self.discrepancies:,} of {plural(self.examinations, 'closed examination')} of"
            f" {self.cell.goods} in {plural(accounts, 'account')} found {FOUND[self.cell.kind]};"
            f" {usual(self.expected)} would be usual."
        )

    @property
    def consequence(self) -> str:
        if self.measure in BE:
            return "Each late summary may cost liquidated damages." if self.measure == "late" else ""
        if self.measure in HELD:
            cost = f" These cost {money(self.cost)} together." if self.measure == "cost" else ""
            return NO_ERROR[self.measure] + cost
        if self.owed < 1:
            return "No duty was found owed in them."
        return f"They found {money(self.owed)} of duty owed."


def usual(expected: float) -> str:
    """About how many, in words: "fewer than one", "about three"."""
    if expected < 0.75:
        return "fewer than one"
    return f"about {number_word(round(expected))}"


def how_sure(q: float) -> str:
    """How sure, from the share of such announcements that are wrong at most."""
    if q <= 0.001:
        return "Practically certain: fewer than one such finding in a thousand is mistaken"
    if q <= 0.01:
        return "Very sure: at most one such finding in a hundred is mistaken"
    if q <= 0.05:
        return "Fairly sure: at most one such finding in twenty is mistaken"
    return "Likely: at most one such finding in ten is mistaken"


def began(since: datetime.date, low: datetime.date, high: datetime.date, older: bool) -> str:
    """When it began and how well that is known."""
    if older:
        return f"Before {month(high)}; it may be older than the data that are looked at"
    if (low.year, low.month) == (high.year, high.month):
        return f"In {month(since)}"
    return f"About {month(since)}; nine times in ten between {month(low)} and {month(high)}"
