"""The clock of one inquiry's promise: how it is stopped, begun again and settled."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from inquiries.promises.clock import used
from inquiries.promises.promising import clock_values, hours_in


def set_of(inquiry: Any, values: dict[str, Any]) -> list[str]:
    """Set these values; returns their names."""
    for name, value in values.items():
        setattr(inquiry, name, value)
    return list(values)


class PromiseOfOne(models.Model):
    """What an inquiry does with its own promise. Needs its pauses, its promises, and `clock_from`, `hours` and `zone`."""

    if TYPE_CHECKING:
        account: Any
        account_id: Any

    class Meta:
        abstract = True

    def _moment(self, now: datetime.datetime | None) -> datetime.datetime:
        """When it is done: a moment after the inquiry is held, since who waited for it comes after whom they waited for; and
        never before the open pause, or the promise, began: a clock of another machine may be behind."""
        open_one = self.pauses.filter(ended=None).values_list("began", flat=True)  # type: ignore[attr-defined]
        moment: datetime.datetime = max(now or timezone.now(), self.clock_from, *open_one)  # type: ignore[attr-defined]
        return moment

    def _go_on(self, now: datetime.datetime) -> None:
        """The account has replied: the clock goes on."""
        self.pauses.filter(ended=None).update(ended=now)  # type: ignore[attr-defined]
        self._save(**self._clock())

    def _begin_again(self, now: datetime.datetime) -> None:
        self.pauses.filter(ended=None).update(ended=now)  # type: ignore[attr-defined]
        self._save(clock_from=now, closed_at=None)
        self._save(**self._clock())

    def _stops(self) -> list[tuple[datetime.datetime, datetime.datetime | None]]:
        return list(self.pauses.filter(began__gte=self.clock_from).values_list("began", "ended"))  # type: ignore[attr-defined]

    def _clock(self) -> dict[str, Any]:
        return clock_values(self.clock_from, self.hours, self._stops(), self.zone)  # type: ignore[attr-defined]

    def _settle(self, now: datetime.datetime, *, missed_alone: bool = False) -> None:
        """Keep what came of the promise. A clock that stands still, since CBP asked back, stands until now.

        missed_alone: nothing was answered; what was promised for later is neither kept nor missed.
        """
        if self.state == "answered":  # type: ignore[attr-defined]
            return
        self.pauses.filter(ended=None).update(ended=now)  # type: ignore[attr-defined]
        due = self._clock()["due_at"]
        if missed_alone and now <= due:
            return
        settled = self.promises.model(  # type: ignore[attr-defined]
            inquiry=self, account_id=self.account_id, category=self.category, urgency=self.urgency, group=self.group,
            hours=self.hours, due_at=due, at=now, kept=now <= due,
            used=used(self.clock_from, now, self._stops(), hours_in(self.zone)),
        )  # fmt: skip
        # Written and not read back: a member who closes what is late may not see it.
        self.promises.model.objects.bulk_create([settled], ignore_conflicts=True)  # type: ignore[attr-defined]
        self._save(due_at=None, half_at=None, quarter_at=None)

    def _save(self, **values: Any) -> None:
        self.save(update_fields=set_of(self, values))  # type: ignore[attr-defined]
