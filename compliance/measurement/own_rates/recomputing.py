"""Rate all accounts, or some: read, rate, write what moved; each a few set-based statements."""

import datetime
import io
import uuid
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from django.db import connection, transaction

from compliance.measurement.models import OwnRate, RateFit
from compliance.measurement.own_rates.digest import digests
from compliance.measurement.own_rates.fitting import FORM, Fit, Group, Rated, as_data, fit_to, from_data, rates_by
from compliance.measurement.own_rates.known import Known
from compliance.measurement.own_rates.reading import array_of, copied, known_of

LOCK = 7_100_004
COLUMNS = (
    *("account_id", "fit_id", "as_of", "reviews", "discrepancies"),
    *("rate", "low", "high", "alpha", "beta", "prior_mean"),
    *("group", "level", "group_accounts", "group_reviews", "group_discrepancies", "group_mean", "differs", "digest"),
)
NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
STAGE = (
    # Two days rated in one transaction would find each other's staging.
    "DROP TABLE IF EXISTS pg_temp.rated;"
    "CREATE TEMPORARY TABLE rated (LIKE measurement_ownrate INCLUDING DEFAULTS) ON COMMIT DROP;"
)
REST = [f'"{name}"' for name in COLUMNS[1:]]
WRITE = f"""
INSERT INTO measurement_ownrate ({NAMES}) SELECT {NAMES} FROM rated
ON CONFLICT (account_id) DO UPDATE SET ({", ".join(REST)}) = ROW ({", ".join("excluded." + name for name in REST)})
"""
KEPT: dict[str, type[pl.DataType]] = {"account_id": pl.String, "digest": pl.Int64}
#: A fit is made anew within its month where reviews have grown, or shrunk, by this share of them.
GROWTH = 0.05


def recompute(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> int:
    """Rate accounts as of a day and keep the rates that moved; returns how many were rated.

    None rates all, by the fit of the month; the first time in a month, and where reviews have grown, all are fitted anew
    first. A list is rated by the newest fit; without one, all are fitted and rated. Under the same fit an account's row is
    the same to the last digit, with whomever it is rated. Twice at once or dying half-way harms nothing: one lock, one
    transaction, one row an account.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        stored = RateFit.objects.filter(data__form=FORM).order_by("-pk").first()
        known = known_of(None if stored is None else accounts, as_of)
        if stored is None or (accounts is None and not _still_fits(stored, known, as_of)):
            stored = RateFit.keep(fit_data=as_data(fit_to(known)), as_of=as_of)
        if not len(known):
            return 0
        rows = _rows(known, rates_by(from_data(stored.data), known), stored.pk, as_of)
        kept = _kept(accounts)
        moved = rows.join(kept, on=["account_id", "digest"], how="anti")
        if len(moved):
            cursor.execute(STAGE)
            cursor.copy_expert(f"COPY rated ({NAMES}) FROM STDIN WITH (FORMAT csv)", _text(moved))
            cursor.execute(WRITE)
        if accounts is None and (emptied := kept.join(rows, on="account_id", how="anti")["account_id"].to_list()):
            OwnRate.objects.filter(pk__in=emptied).delete()
    return len(known)


def _still_fits(stored: RateFit, known: Known, as_of: datetime.date) -> bool:
    """Whether a fit is of the month, whose windows are the day's, and of nearly as many reviews as are known now."""
    reviews = int(known.reviews[~known.broker].sum())
    of_the_month = stored.as_of <= as_of and (stored.as_of.year, stored.as_of.month) == (as_of.year, as_of.month)
    return of_the_month and abs(reviews - stored.reviews) <= GROWTH * stored.reviews


def _kept(accounts: Sequence[uuid.UUID] | None) -> pl.DataFrame:
    """What stands of these accounts (all: None), by its digest."""
    only = "" if accounts is None else f"WHERE account_id = {array_of(accounts)}"
    return copied(f"SELECT account_id::text, digest FROM measurement_ownrate {only}", KEPT)


def _rows(known: Known, rated: Rated, fit: int, as_of: datetime.date) -> pl.DataFrame:
    """The rows to keep. The digest is of all that can move by itself; the day and what the fit says of the group follow."""
    found = rated.posterior
    groups = {one.key: one for one in rated.group}
    of_groups = pl.DataFrame([_of_group(one) for one in groups.values()])
    place = {key: at for at, key in enumerate(groups)}
    of = np.array([place[one.key] for one in rated.group])
    names = np.array([zlib.crc32(key.encode()) for key in groups])[of]
    numbers = (
        known.reviews,
        known.wrong,
        found.mean,
        found.low,
        found.high,
        found.alpha,
        found.beta,
        found.prior,
        names,
    )
    return (
        pl.DataFrame(
            {"account_id": known.ids, "reviews": known.reviews, "discrepancies": known.wrong}
            | {"rate": found.mean, "low": found.low, "high": found.high}
            | {"alpha": found.alpha, "beta": found.beta, "prior_mean": found.prior}
            | {"digest": digests((np.full(len(known), fit), *numbers), len(known))}
        )
        .hstack(of_groups[of])
        .with_columns(fit_id=pl.lit(fit), as_of=pl.lit(as_of.isoformat()))
    )


def _of_group(one: Group) -> dict[str, Any]:
    counts = {"group_accounts": one.accounts, "group_reviews": one.reviews, "group_discrepancies": one.discrepancies}
    return {"group": one.key, "level": one.level} | counts | {"group_mean": one.mean, "differs": one.differs}


def _text(rows: pl.DataFrame) -> io.BytesIO:
    """The rows as COPY reads them."""
    text = io.BytesIO()
    rows.select(COLUMNS).write_csv(text, include_header=False)
    text.seek(0)
    return text


def rates_on(as_of: datetime.date) -> tuple[Known, Fit, Rated]:
    """What a fit of that day gives for all accounts, from the sums as they stand now; nothing is written."""
    known = known_of(None, as_of)
    fit = fit_to(known)
    return known, fit, rates_by(fit, known)
