"""Priority trade issues that sums of entries show, and from when to when each is one. Pure."""

import dataclasses
import datetime

import numpy as np

from compliance.risk.inputs import Inputs


@dataclasses.dataclass(frozen=True)
class Issue:
    """input: the field of Inputs with its value. ends: the first day on which it is none any more; None: still one."""

    code: str
    name: str
    input: str
    since: datetime.date
    ends: datetime.date | None = None

    def on(self, day: datetime.date) -> bool:
        return self.since <= day and (self.ends is None or day < self.ends)


#: 19 USC 4322, in force since the Trade Facilitation and Trade Enforcement Act. Import safety, intellectual property
#: and revenue are priorities too, but no sum of entries shows them.
ENACTED = datetime.date(2016, 2, 24)
ISSUES = (
    Issue("agriculture", "agriculture", "agriculture12", ENACTED),
    Issue("textiles", "textiles and apparel", "textiles12", ENACTED),
    Issue("adcvd", "antidumping and countervailing duty", "adcvd12", ENACTED),
    Issue("agreements", "agreements and preferences", "agreements12", ENACTED),
)
#: Entry types that say themselves that antidumping or countervailing duty is due (domain 2.3).
ADCVD_TYPES = ("03", "07", "34", "38")


def in_force(given: Inputs, day: datetime.date) -> Inputs:
    """The inputs without the value of issues that were none on that day."""
    over = [issue.input for issue in ISSUES if not issue.on(day)]
    return dataclasses.replace(given, **{name: np.zeros_like(given.value12) for name in over})
