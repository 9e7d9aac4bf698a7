"""Priority trade issues that the portal's rows show, and from when to when each is one: a dated list. Pure.

Measurement estimates by them, line by line; the risk score counts an account's value in them (compliance/risk/issues.py). One
that ends keeps its line here, with the day: what was measured and scored before stays as it was.
"""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """code: as it is stored. short: its name beside a drawing. of_line: SQL that is true of a line of the issue; it may name hts, spi and adcvd.

    ends: the first day on which it is none any more; None: still one.
    """

    code: str
    name: str
    short: str
    of_line: str
    since: datetime.date
    ends: datetime.date | None = None

    def on(self, day: datetime.date) -> bool:
        return self.since <= day and (self.ends is None or day < self.ends)

    @property
    def of_line_on_its_day(self) -> str:
        """SQL that is true of a line that was filed while this was an issue; it may name entry_date too."""
        until = f" AND entry_date < DATE '{self.ends.isoformat()}'" if self.ends else ""
        return f"({self.of_line}) AND entry_date >= DATE '{self.since.isoformat()}'{until}"


#: 19 USC 4322, in force since the Trade Facilitation and Trade Enforcement Act. Import safety, intellectual property
#: and revenue are priorities too, but no entry line shows them.
ENACTED = datetime.date(2016, 2, 24)
ISSUES = (
    Issue("agriculture", "Agriculture", "Agriculture", "left(hts, 2) BETWEEN '01' AND '24'", ENACTED),
    Issue("textiles", "Textiles and apparel", "Textiles", "left(hts, 2) BETWEEN '50' AND '63'", ENACTED),
    Issue("adcvd", "Antidumping and countervailing duty", "AD/CVD", "adcvd", ENACTED),
    Issue("agreements", "Trade agreements and preferences", "Preferences", "spi NOT IN ('', 'X', 'V')", ENACTED),
)
