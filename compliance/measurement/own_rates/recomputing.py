"""Rate all accounts, or some: read, rate, write; each a few set-based statements."""

import datetime
import io
import uuid
from collections.abc import Sequence

import polars as pl
from django.db import connection, transaction

from compliance.measurement.models import RateFit
from compliance.measurement.own_rates.fitting import FORM, Fit, Rated, as_data, fit_to, from_data, rates_by
from compliance.measurement.own_rates.known import Known
from compliance.measurement.own_rates.reading import known_of

LOCK = 7_100_004
COLUMNS = (
    *("account_id", "fit_id", "as_of", "reviews", "discrepancies"),
    *("rate", "low", "high", "alpha", "beta", "prior_mean"),
    *("group", "level", "group_accounts", "group_reviews", "group_discrepancies", "group_mean", "differs"),
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
WHERE ({", ".join("measurement_ownrate." + name for name in REST)})
  IS DISTINCT FROM ({", ".join("excluded." + name for name in REST)})
"""
#: Of accounts that are no more rated: emptied since.
FORGET = (
    "DELETE FROM measurement_ownrate o WHERE NOT EXISTS (SELECT 1 FROM rated WHERE rated.account_id = o.account_id)"
)


def recompute(accounts: Sequence[uuid.UUID] | None, as_of: datetime.date) -> int:
    """Rate accounts as of a day and keep the rates; returns how many.

    None fits anew over all accounts and rates all. A list is rated by the newest fit, which was made at the latest the
    night before; without one, all are fitted and rated. Under the same fit an account's row is the same to the last
    digit, with whomever it is rated. Twice at once or dying half-way harms nothing: one lock, one transaction, one row
    an account.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        stored = None if accounts is None else RateFit.objects.filter(data__form=FORM).order_by("-pk").first()
        known = known_of(None if stored is None else accounts, as_of)
        if stored is None:
            stored = RateFit.keep(fit_data=as_data(fit_to(known)), as_of=as_of)
        if not len(known):
            return 0
        cursor.execute(STAGE)
        lines = _lines(known, rates_by(from_data(stored.data), known), stored.pk, as_of)
        cursor.copy_expert(f"COPY rated ({NAMES}) FROM STDIN WITH (FORMAT csv)", lines)
        cursor.execute(WRITE)
        if accounts is None:
            cursor.execute(FORGET)
    return len(known)


def _lines(known: Known, rated: Rated, fit: int, as_of: datetime.date) -> io.BytesIO:
    """The rows to write, as COPY reads them."""
    found = rated.posterior
    same = {"fit_id": fit, "as_of": as_of.isoformat()}
    rows = pl.DataFrame(
        {"account_id": known.ids, "reviews": known.reviews, "discrepancies": known.wrong}
        | {"rate": found.mean, "low": found.low, "high": found.high}
        | {"alpha": found.alpha, "beta": found.beta, "prior_mean": found.prior}
        | {"group": [one.key for one in rated.group], "level": [one.level for one in rated.group]}
        | {"group_accounts": [one.accounts for one in rated.group]}
        | {"group_reviews": [one.reviews for one in rated.group]}
        | {"group_discrepancies": [one.discrepancies for one in rated.group]}
        | {"group_mean": [one.mean for one in rated.group], "differs": [one.differs for one in rated.group]}
    ).with_columns(**{name: pl.lit(value) for name, value in same.items()})
    text = io.BytesIO()
    rows.select(COLUMNS).write_csv(text, include_header=False)
    text.seek(0)
    return text


def rates_on(as_of: datetime.date) -> tuple[Known, Fit, Rated]:
    """What a fit of that day gives for all accounts, from the sums as they stand now; nothing is written."""
    known = known_of(None, as_of)
    fit = fit_to(known)
    return known, fit, rates_by(fit, known)
