"""A promise as a page shows it: hours left, and a bar with its half and its last quarter."""

import datetime
from dataclasses import dataclass

from inquiries.models import Inquiry
from inquiries.promises.clock import used
from inquiries.promises.promising import MINUTES, hours_in

WIDTH = 228


@dataclass(frozen=True)
class Promise:
    """What is left of a promise. minutes, passed, waited: working minutes promised, used, and left out while CBP waited."""

    minutes: int
    passed: int
    due_at: datetime.datetime | None
    zone: str
    paused_since: datetime.datetime | None
    now: datetime.datetime

    @property
    def left(self) -> int:
        """Working minutes left; below zero where it is missed."""
        return self.minutes - self.passed

    @property
    def missed(self) -> bool:
        return self.due_at is not None and self.due_at < self.now

    @property
    def left_in_words(self) -> str:
        """ "17 hours left", "25 minutes left", "missed"."""
        if self.missed or self.left <= 0:
            return "Missed"
        if self.left < MINUTES:
            return f"{self.left} minute{'s' if self.left != 1 else ''} left"
        hours = self.left // MINUTES
        return f"{hours} hour{'s' if hours != 1 else ''} left"

    @property
    def hours(self) -> int:
        return self.minutes // MINUTES

    @property
    def passed_in_words(self) -> str:
        """ "10 of 27 federal working hours are used; the first warning comes at half." """
        used_hours = min(self.passed, self.minutes) // MINUTES
        return f"{used_hours} of {self.hours} federal working hours are used; the first warning comes at half."

    @property
    def bar(self) -> dict[str, float]:
        """Where the bar ends and its marks stand, of WIDTH."""
        share = min(self.passed / self.minutes, 1.0)
        return {"width": WIDTH, "used": round(share * WIDTH, 1), "half": WIDTH / 2, "quarter": WIDTH * 3 / 4}


def promise_of(inquiry: Inquiry, now: datetime.datetime) -> Promise | None:
    """What is promised now; None where nothing is, since it is answered or closed. One statement."""
    if inquiry.state not in ("open", "asked_back"):
        return None
    stops = list(inquiry.pauses.filter(began__gte=inquiry.clock_from).values_list("began", "ended"))
    passed = used(inquiry.clock_from, now, stops, hours_in(inquiry.zone))
    since = next((began for began, ended in stops if ended is None), None)
    return Promise(inquiry.hours * MINUTES, passed, inquiry.due_at, inquiry.zone, since, now)
