"""A selection round of 100,000 candidates: opened, listed, decided, closed, computed again.

python -m benchmarks.selection [--accounts 100000]

The opponent of opening is one bare `INSERT ... SELECT` of every account with its newest score into an unindexed table: what
freezing costs at least. The administration's list and the page of the round are asked as headquarters, with row security,
and their statements counted.
"""

import argparse
import datetime
import time
from collections.abc import Callable
from typing import Any

from benchmarks import scratch

AS_OF = datetime.date(2026, 11, 24)
ACCOUNTS = """
INSERT INTO accounts_account (id, name, kind, state, center_id, created_at)
SELECT gen_random_uuid(), 'Account ' || n, CASE WHEN n %% 50 = 0 THEN 'broker' ELSE 'importer' END,
       CASE WHEN n %% 20 = 0 THEN 'active' ELSE 'prospective' END,
       CASE WHEN n %% 50 = 0 THEN NULL ELSE lpad((n %% 10 + 1)::text, 3, '0') END, now()
FROM generate_series(1, %s) n
"""
#: Two days of scores for each account: the newest must be found.
SCORES = """
INSERT INTO risk_assessment ({columns})
SELECT {values} FROM accounts_account a, (VALUES (0), (30)) AS d (days)
"""
BARE = """
CREATE TEMPORARY TABLE bare AS
SELECT a.*, r.* FROM (SELECT id AS account, name, kind, state FROM accounts_account) a
LEFT JOIN LATERAL (SELECT to_jsonb(s) AS inputs FROM risk_assessment s
                   WHERE s.account_id = a.account ORDER BY s.as_of DESC LIMIT 1) r ON true
"""


def fill(accounts: int) -> None:
    """So many accounts, a twentieth of them in the program, each scored twice by a number made of its id."""
    from django.db import connection  # noqa: PLC0415  settings come first

    from compliance.risk.models import Assessment  # noqa: PLC0415

    points = "abs(hashtext(a.id::text || d.days)) % 10000 / 100.0"
    known = {
        "account_id": "a.id",
        "as_of": f"date '{AS_OF}' - d.days",
        "model_version": "1",
        "score": points,
        "duty_at_stake": points,
        "band": f"CASE WHEN {points} >= 60 THEN 'high' WHEN {points} >= 40 THEN 'moderate' ELSE 'low' END",
        "computed_at": "now()",
        "stands": "d.days = 0",
    }
    fields = [field.column for field in Assessment._meta.fields if field.column != "id"]
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [accounts])
        values = ", ".join(known.get(name, "0") for name in fields)
        cursor.execute(SCORES.format(columns=", ".join(fields), values=values))
        cursor.execute("VACUUM ANALYZE accounts_account, risk_assessment")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.monotonic()
    result = work()
    return time.monotonic() - start, result


def page(client: Any, address: str) -> tuple[float, int]:
    """The best of five, and how many statements."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    best, asked = 9e9, 0
    for _ in range(5):
        with CaptureQueriesContext(connection) as queries:
            took, response = timed(lambda: client.get(address))
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        best, asked = min(best, took), len(queries)
    return best, asked


def look(person: Any, chosen: Any) -> tuple[list[tuple[str, str]], int, float]:
    """How long headquarters' pages of a round take; the statements and the seconds of the list of candidates."""
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
    own = asked - fixed
    rows = [
        ("administration, list of candidates", f"{1000 * listed:.0f} ms, {own} statements of its own"),
        (f"the same, its page {far}", f"{1000 * deep:.0f} ms"),
        ("administration, an empty page", f"{1000 * bare:.0f} ms"),
        ("page of the round", f"{1000 * shown:.0f} ms"),
        ("page of the round, what if", f"{1000 * what_if:.0f} ms"),
    ]
    return rows, own, listed


def main() -> None:
    """Fill, open, look, decide, close, replay; print what each took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=100_000)
    accounts = parser.parse_args().accounts
    with scratch.database():
        from django.conf import settings  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        from accounts.models import Person  # noqa: PLC0415
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
        chosen = Round.draft(by=first, as_of=AS_OF, model_version=1, enter_from=97, stay_from=20, capacities=capacities)
        opening, many = timed(lambda: chosen.open(by=first))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE selection_candidate")
        looked, own, listed = look(first, chosen)
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


if __name__ == "__main__":
    main()
