"""Search as one types over threads that one may see, against reading them under row security alone.

python -m benchmarks.inquiries [--threads 200000] [--accounts 2000] [--rounds 5]

A scratch database with so many answered threads of invented words, some in every second thread and some in a few; one account
has a tenth of all. Searches are made as a member of that account, as a manager of it and 49 more, and as headquarters, with words
that are rare, common and half typed; the slowest of the medians is the figure. Beside it the member's whole request, as the page
makes it while one types: threads, 5,000 published answers, notices (none here), sign-in and rights. The opponent is the same question asked
through the policies, as a query on the table of words would be: comparing words is not leakproof, so PostgreSQL may use no index
of words there.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import scratch

MOST_MILLISECONDS = 100
ANSWERS = 5_000
TYPED = (
    "gear motor housing of aluminium",
    "marking of origin on retail boxes mot",
    "classification duty",
    "zebrawood ve",
    "is my bond enough when the duty on steel changes next year",
)
THREADS = """
INSERT INTO inquiries_inquiry (account_id, subject, category_id, urgency, urgent_because, asked_by_id, asked_at, state,
  about_id, about_words, about_path, about_facts, heading, port, not_imported, outcome, zone, hours, clock_from, answered_at,
  changed_at)
SELECT a.ids[CASE WHEN n %% 10 = 0 THEN 1 ELSE 1 + n %% %(accounts)s END], w.subject, 'classification', 'usual', '',
  %(person)s, now(), 'answered', '', '', '', '[]', '', '', false, '', 'America/New_York', 27, now(), now(), now()
FROM (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_account) a, generate_series(1, %(threads)s) n, LATERAL (
  SELECT string_agg(word(n * 31 + k * k), ' ') AS subject FROM generate_series(1, 6) k) w
"""
#: Ten words in every third place, thousands that are rare, and some between, as in a language.
WORD = """
CREATE FUNCTION word(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE n % 3
    WHEN 0 THEN (ARRAY['duty','classification','origin','motor','steel','marking','bond','gear','entry','retail'])[1 + (n % 10)::int]
    WHEN 1 THEN 'word' || (hashint8(n) & 8191)::text
    ELSE (ARRAY['aluminium','housing','boxes','zebrawood','velour'])[1 + (hashint8(n) & 3)] || (hashint8(n) & 63)::text END $$
"""
TEXTS = """
INSERT INTO inquiries_threadtext (inquiry_id, account_id, vector)
SELECT i.id, i.account_id, setweight(to_tsvector('english', i.subject), 'A') || setweight(to_tsvector('english', w.body), 'B')
FROM inquiries_inquiry i, LATERAL (
  SELECT string_agg(word(i.id * 17 + k * k * k), ' ') AS body FROM generate_series(1, 60) k) w
"""
KNOWLEDGE = """
INSERT INTO inquiries_knowledgeentry (question, answer, heading, category_id, state, authority_kind, authority, answered_on,
  written_by_id, published_by_id, published_on, withdrawn_because)
SELECT w.subject || '?', w.body, '', 'classification', 'published', 'ruling', 'N301234', current_date, %(writer)s, %(second)s,
  current_date, ''
FROM generate_series(1, %(answers)s) n, LATERAL (
  SELECT string_agg(word(n * 29 + k * k), ' ') FILTER (WHERE k <= 8) AS subject, string_agg(word(n * 13 + k * k * k), ' ') AS body
  FROM generate_series(1, 60) k) w
"""
POLICY = """
SELECT t.inquiry_id FROM inquiries_threadtext t WHERE t.vector @@ to_tsquery('english', %s)
ORDER BY ts_rank(t.vector, to_tsquery('english', %s)) DESC LIMIT 20
"""


def _world(threads: int, accounts: int) -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415  settings come first
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import Account, Assignment, Membership, Person  # noqa: PLC0415

    Account.objects.bulk_create(
        Account(name=f"Account {number}", kind="importer", state="active") for number in range(accounts)
    )
    people = {
        name: Person.objects.create_user(f"{name}@bench.example", name=name, role=name)
        for name in ("member", "manager", "headquarters")
    }
    rows = list(Account.objects.order_by("pk")[:50])
    Membership.objects.create(account=rows[0], person=people["member"])
    day = timezone.localdate()
    Assignment.objects.bulk_create(Assignment(account=one, manager=people["manager"], starts=day) for one in rows)
    with connection.cursor() as cursor:
        cursor.execute(WORD)
        # Without its triggers, which keep history row by row, and without its indexes of words, which are made again then, as
        # they are: two minutes instead of half an hour.
        for name in ("inquiry", "knowledgeentry"):
            cursor.execute(f"ALTER TABLE inquiries_{name} DISABLE TRIGGER USER")
        values = {"accounts": accounts, "threads": threads, "person": people["member"].pk}
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(THREADS, values)
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'thread_text_of_%%'", [])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(TEXTS)
        for _, definition in indexes:
            cursor.execute(definition)
        values = {"answers": ANSWERS, "writer": people["manager"].pk, "second": people["headquarters"].pk}
        cursor.execute(KNOWLEDGE, values)
        cursor.execute("VACUUM ANALYZE inquiries_threadtext, inquiries_inquiry, inquiries_knowledgeentry")
    return people


def _medians(work: Callable[[str], object], rounds: int) -> dict[str, float]:
    found = {}
    for text in TYPED:
        times = []
        for _ in range(rounds):
            begun = time.perf_counter()
            work(text)
            times.append(1000 * (time.perf_counter() - begun))
        found[text] = statistics.median(times)
    return found


def _as_the_page_asks(person: Any) -> Callable[[str], None]:
    from django.test import Client  # noqa: PLC0415

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")

    def ask(text: str) -> None:
        answer = client.get("/inquiries/alike/", {"subject": text})
        if answer.status_code != 200:
            raise SystemExit(f"/inquiries/alike/ answered {answer.status_code}.")

    return ask


def _through_policies(text: str) -> None:
    from django.db import connection  # noqa: PLC0415

    from inquiries.knowledge.searching import words_of  # noqa: PLC0415

    words = words_of(text)
    assert words is not None
    with connection.cursor() as cursor:
        for asked in dict.fromkeys((words.every, words.pairs)):
            cursor.execute(POLICY, [asked, words.any])
            if len(cursor.fetchall()) >= 3:
                break


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=200_000)
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with scratch.database():
        from django.db import connection  # noqa: PLC0415

        from accounts.scope import acting_for  # noqa: PLC0415
        from inquiries.knowledge.searching import threads_like  # noqa: PLC0415

        people = _world(asked.threads, asked.accounts)
        with connection.cursor() as cursor:
            cursor.execute("ALTER POLICY web_reads ON inquiries_threadtext USING ((SELECT reach_all()) OR account_id = ANY "
                           "((SELECT reach('own'))::uuid[]) OR account_id = ANY ((SELECT reach('managed'))::uuid[]))")  # fmt: skip
        rows, slowest, theirs = [], 0.0, 0.0
        for name, person in people.items():
            with acting_for(person):
                ours = _medians(lambda text, person=person: threads_like(text, person, 3), asked.rounds)
                against = _medians(_through_policies, max(1, asked.rounds // 2))
            rows += [(f"{name}: {text}", f"{ours[text]:7.1f} ms   policies {against[text]:8.1f} ms") for text in TYPED]
            slowest, theirs = max(slowest, *ours.values()), max(theirs, *against.values())
        page = _medians(_as_the_page_asks(people["member"]), asked.rounds)
    rows += [(f"the member's request: {text}", f"{page[text]:7.1f} ms") for text in TYPED]
    slowest = max(slowest, *page.values())
    rows.append(("slowest", f"{slowest:7.1f} ms of {MOST_MILLISECONDS}"))
    scratch.tell("inquiries", 1000 / slowest, 1000 / theirs, "searches a second", rows, slowest_ms=slowest)


if __name__ == "__main__":
    main()
