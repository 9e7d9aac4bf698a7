"""The files come in as they would have in life: what was known a good year ago first, then the rest.

So that a backtest has a past in which less was known. Which rows are of then follows from their dates alone.
"""

import datetime
import uuid
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.utils import timezone

from accounts.models import Account
from demonstration.world import World
from examinations.loading.load import Outcome, load_path
from examinations.models import Load

#: Before the reviews of the older measurement: what they found later is what a backtest is judged by.
KNOWN_DAYS = 425
#: A row is known once the latest of these days has passed.
DATES = {
    "entries": ("Entry Date",),
    "examinations": ("Selected Date", "Notified Date", "Presented Date", "Examined Date", "Released Date"),
}


def make_accounts(world: World, seed: int) -> None:
    """Make the accounts that the first file completes, under ids that follow from the seed, the type and the name.

    A loader draws ids by chance, and what goes by them differs from one loading to the next: whom a lottery takes, who comes
    first of two with one score.
    """
    Account.objects.bulk_create(
        Account(
            id=uuid.uuid5(uuid.NAMESPACE_OID, f"demonstration {seed} {one.kind} {one.name}"),
            name=one.name,
            kind=one.kind.lower(),
            state=Account.State.ACTIVE,
            center_id=one.center or None,
        )
        for one in world.accounts
    )


def known_on(world: World) -> datetime.date:
    """The day until which the first files reach."""
    return world.as_of - datetime.timedelta(days=KNOWN_DAYS)


def bring_in(kind: str, folder: Path, world: World) -> Iterator[Outcome]:
    """Load the file of a kind, in two where its rows have dates; the first is dated back to its day."""
    path = folder / f"{kind}.csv"
    if kind not in DATES:
        yield load_path(kind, path)
        return
    day = known_on(world)
    for part, of_then in zip(_halves(path, kind, day, world.as_of), (True, False), strict=True):
        if part is None:
            continue
        before = set(Load.objects.values_list("pk", flat=True))
        yield load_path(kind, part, as_of=day if of_then else None)
        if of_then:
            at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(6)))
            Load.objects.exclude(pk__in=before).update(created_at=at, started_at=at, finished_at=at)


def _halves(path: Path, kind: str, day: datetime.date, today: datetime.date) -> Iterator[Path | None]:
    """The rows known on the day, and the others, as files; None for one without rows."""
    rows = pl.read_csv(path, infer_schema=False)
    written = [pl.col(name) for name in DATES[kind] if name in rows.columns]
    dates = [
        pl.coalesce(one.str.to_date("%m/%d/%Y", strict=False), one.str.to_date("%Y-%m-%d", strict=False))
        for one in written
    ]
    known = rows.select(pl.max_horizontal(dates) <= day).to_series().fill_null(value=False)
    for until, part in ((day, rows.filter(known)), (today, rows.filter(~known))):
        if part.is_empty():
            yield None
            continue
        half = path.with_name(f"{kind}-{until:%Y-%m}.csv")
        part.write_csv(half)
        yield half
