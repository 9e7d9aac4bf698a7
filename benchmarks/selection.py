"""A selection round of 100,000 candidates: opened, listed, decided, closed, computed again.

python -m benchmarks.selection [--accounts 100000]

The opponent of opening is one bare `INSERT ... SELECT` of every account with its newest score into an unindexed table: what
freezing costs at least. The administration's list and the page of the round are asked as headquarters, with row security,
and their statements counted. It ends with 1 where that list has more than twelve of its own, or one that counts all candidates.
"""

import argparse
import datetime
import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import scratch

AS_OF = datetime.date(2026, 11, 24)
ACCOUNTS = """
INSERT INTO accounts_account (id, name, kind, state, center_id, created_at)
SELECT gen_random_uuid(), 'Account ' || n, CASE WHEN n %% 50 = 0 THEN 'broker' ELSE 'importer' END,
       CASE WHEN n %% 20 = 0 THEN 'active' ELSE 'prospective' END,
       CASE WHEN n %% 50 = 0 THEN NULL ELSE lpad((n %% 10 + 1)::text, 3, '0') END, now()
FROM generate_series(1, %s) n
"""
BARE = """
CREATE TEMPORARY TABLE bare AS
SELECT a.*, r.* FROM (SELECT id AS account, name, kind, state FROM accounts_account) a
LEFT JOIN LATERAL (SELECT to_jsonb(s) AS inputs FROM risk_assessment s
                   WHERE s.account_id = a.account ORDER BY s.as_of DESC LIMIT 1) r ON true
"""


#: Days before AS_OF on which everybody is scored: the newest must be found.
SCORED = (30, 0)
#: Statements that the administration's list may need of its own.
MOST_STATEMENTS = 12


def fill(accounts: int) -> None:
    """So many accounts, a twentieth of them in the program, each scored twice by the model in force on invented inputs."""
    from django.db import connection, transaction  # noqa: PLC0415  settings come first

    from accounts.models import Account  # noqa: PLC0415
    from compliance.risk.inputs import NAMES, Inputs  # noqa: PLC0415
    from compliance.risk.models import RiskModel  # noqa: PLC0415
    from compliance.risk.recompute import keep  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [accounts])
    ids = [str(one) for one in Account.objects.order_by("pk").values_list("pk", flat=True)]
    chance, model = np.random.default_rng(1), RiskModel.active().weights
    for days in SCORED:
        value = np.exp(chance.normal(13.5, 1.65, len(ids))).round(2)
        finds = chance.poisson(1, len(ids))
        seen = {
            "value12": value,
            "duty12": (value * chance.uniform(0.01, 0.1, len(ids))).round(2),
            "lines12": np.maximum(np.rint(value / 4_000), 1),
            "rate": chance.beta(1, 20, len(ids)),
            "finds": finds,
            "owed": (finds * chance.gamma(1, 900, len(ids))).round(2),
            "agriculture12": (value * chance.uniform(0, 1, len(ids))).round(2),
        }
        given = Inputs(**{name: np.asarray(seen.get(name, np.zeros(len(ids))), dtype=np.float64) for name in NAMES})
        with transaction.atomic():
            keep(ids, given, AS_OF - datetime.timedelta(days=days), model)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_account, risk_assessment")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.monotonic()
    result = work()
    return time.monotonic() - start, result


def page(client: Any, address: str) -> tuple[float, list[str]]:
    """The best of five, and the statements of the last."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    best = 9e9
    for _ in range(5):
        with CaptureQueriesContext(connection) as queries:
            took, response = timed(lambda: client.get(address))
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        best = min(best, took)
    return best, [one["sql"] for one in queries]


def faults(own: int, statements: list[str]) -> list[str]:
    """What the list of candidates may not do: ask too much of its own, or count all that there are.

    A count is of some where it counts what a LIMIT lets through.
    """
    found = (
        []
        if own <= MOST_STATEMENTS
        else [f"The list needs {own} statements of its own, not {MOST_STATEMENTS} at most."]
    )
    counts = (one for one in statements if "selection_candidate" in one and re.search(r"\bcount\(", one, re.IGNORECASE))
    return found + [f"This counts all candidates: {one}" for one in counts if not re.search(r"\bLIMIT \d+\)", one)]


def look(person: Any, chosen: Any) -> tuple[list[tuple[str, str]], int, float, list[str]]:
    """How long headquarters' pages of a round take; of the list of candidates how many statements it has of its own, the
    seconds, and its faults."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their assets by content
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    bare, fixed = page(client, "/admin/selection/")
    listed, asked = page(client, "/admin/selection/candidate/")
    far = min(200, chosen.candidates.count() // 50)
    deep, _ = page(client, f"/admin/selection/candidate/?p={far}")
    shown, _ = page(client, f"/selection/{chosen.pk}/")
    what_if, _ = page(client, f"/selection/{chosen.pk}/?enter=95&stay=30&room=100")
    own = len(asked) - len(fixed)
    rows = [
        ("administration, list of candidates", f"{1000 * listed:.0f} ms, {own} statements of its own"),
        (f"the same, its page {far}", f"{1000 * deep:.0f} ms"),
        ("administration, an empty page", f"{1000 * bare:.0f} ms"),
        ("page of the round", f"{1000 * shown:.0f} ms"),
        ("page of the round, what if", f"{1000 * what_if:.0f} ms"),
    ]
    return rows, own, listed, faults(own, asked)


def main() -> None:
    """Fill, open, look, decide, close, replay; print what each took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=100_000)
    accounts = parser.parse_args().accounts
    with scratch.database():
        from django.conf import settings  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        from accounts.models import Person  # noqa: PLC0415
        from compliance.risk.models import Assessment, RiskModel  # noqa: PLC0415
        from compliance.selection.models import Round  # noqa: PLC0415
        from compliance.selection.pools import names  # noqa: PLC0415

        settings.ALLOWED_HOSTS = ["testserver"]
        fill(accounts)
        with connection.cursor() as cursor:
            theirs, _ = timed(lambda: cursor.execute(BARE))
        first, second = (
            Person.objects.create_user(f"{name}@x.example", "x", name=name, role="headquarters")
            for name in ("one", "two")
        )
        capacities = dict.fromkeys(names(), str(accounts))
        scores = np.array(Assessment.objects.filter(stands=True).values_list("score", flat=True), dtype=np.float64)
        stay, enter = np.percentile(scores, [20, 97])
        chosen = Round.draft(
            by=first,
            as_of=AS_OF,
            model_version=RiskModel.active().number,
            enter_from=f"{enter:.2f}",
            stay_from=f"{stay:.2f}",
            capacities=capacities,
        )
        opening, many = timed(lambda: chosen.open(by=first))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE selection_candidate")
        looked, own, listed, wrong = look(first, chosen)
        deciding, decided = timed(lambda: chosen.decide(chosen.candidates.all(), "accepted", "As ranked", by=first))
        closing, outcomes = timed(lambda: chosen.close(by=second))
        replaying, replay = timed(chosen.replay)
        if not replay.same:
            raise RuntimeError("The list was not the same.")
        scratch.tell(
            "selection",
            many / opening,
            many / theirs,
            "candidates a second, opened",
            [
                ("candidates frozen, ranked, marked", f"{many:,} in {opening:.2f} s"),
                ("bare copy of accounts with their newest score", f"{theirs:.2f} s"),
                *looked,
                ("decided at once", f"{decided:,} in {deciding:.2f} s"),
                ("closed", f"{outcomes['entered']:,} entered, {outcomes['left']:,} left, in {closing:.2f} s"),
                ("computed again", f"{replay.lines:,} lines in {replaying:.2f} s, the same"),
            ],
            admin_statements=own,
            admin_ms=1000 * listed,
            open_s=opening,
            close_s=closing,
            replay_s=replaying,
        )
        if wrong:
            raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
