"""What a notice touches of each account, in dollars: to preview it, and to write it down when it is published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from accounts.models import Person
from examinations.announced import as_data
from examinations.models import DutyChange
from notices import audience, matching

if TYPE_CHECKING:
    from notices.models import Notice

#: Ports and origins of an account that its sentence may name.
MOST_NAMED = 3
#: By account: dollars, what the change adds to the duty of the same months, and the first ports and origins by value.
TOUCHES = """
WITH hit AS MATERIALIZED (
  SELECT g.account_id, g.filer_id, g.port, g.origin, sum(g.value) AS value, {duty} AS duty {rows} GROUP BY 1, 2, 3, 4),
side AS (
  SELECT account_id, port, origin, value AS imported, 0 AS filed, duty AS deposited, 0 AS deposited_for_others FROM hit
  UNION ALL SELECT filer_id, port, origin, 0, value, 0, duty FROM hit WHERE filer_id <> account_id),
named AS (
  SELECT account_id, 'port' AS what, port AS code, sum(imported + filed) AS value FROM side GROUP BY 1, 3
  UNION ALL SELECT account_id, 'origin', origin, sum(imported + filed) FROM side GROUP BY 1, 3),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY account_id, what ORDER BY value DESC, code) AS place FROM named),
codes AS (
  SELECT account_id, coalesce(array_agg(code ORDER BY place) FILTER (WHERE what = 'port'), '{{}}') AS ports,
    coalesce(array_agg(code ORDER BY place) FILTER (WHERE what = 'origin'), '{{}}') AS origins
  FROM placed WHERE place <= %(most_named)s GROUP BY 1),
dollars AS (
  SELECT account_id, sum(imported) AS imported, sum(filed) AS filed, sum(deposited) AS deposited,
    sum(deposited_for_others) AS deposited_for_others FROM side GROUP BY 1),
change AS (SELECT account_id, sum(added) AS added
  FROM duty_added(%(change)s, %(first_month)s, %(last_month)s, NULL) GROUP BY 1)
SELECT a.id AS account_id, d.imported, d.filed, d.deposited, d.deposited_for_others, c.added, o.ports::varchar[] AS ports, o.origins::varchar[] AS origins
FROM dollars d JOIN ({accounts}) a ON a.id = d.account_id JOIN codes o ON o.account_id = d.account_id
LEFT JOIN change c ON c.account_id = d.account_id
"""


def change_of(notice: Notice) -> DutyChange | None:
    """The change of duty that a notice announces, not saved; None where it changes none."""
    if not notice.changes_duty:
        return None
    return DutyChange(**_terms(notice))


def _terms(notice: Notice) -> dict[str, Any]:
    replaces = notice.duty_kind == notice.DutyKind.REPLACES
    return {
        "name": notice.title,
        "source": f"{notice.get_kind_display()} {notice.number}",  # type: ignore[attr-defined]
        "prefixes": notice.hts_prefixes,
        "excluded_prefixes": [*notice.excluded_hts_prefixes, *notice.exempt_hts_prefixes],
        "origins": notice.countries,
        "exempt_preferences": notice.exempt_spi_codes,
        # Kind, program and Center say who is told, and no tariff asks them; a rate of named accounts is theirs alone.
        "accounts": list(notice.accounts.values_list("pk", flat=True)) if notice.pk else [],
        "kind": DutyChange.Kind.REPLACES if replaces else DutyChange.Kind.ADDS,
        "points": notice.rate_change if notice.can_be_estimated else None,
        "first": notice.effective_date,
        "last": notice.last_entry_date,
    }


def announce(notice: Notice, by: Person | None) -> None:
    """Write down the change of duty, for all that reckon ahead with it."""
    if notice.changes_duty:
        assert by is not None
        DutyChange.objects.announce(by=by, about=notice, **_terms(notice))


def withdraw(notice: Notice, by: Person | None) -> None:
    """Nothing reckons any more with the change of duty that a notice announced."""
    for change in DutyChange.objects.coming_from(notice).filter(state=DutyChange.State.ANNOUNCED):
        change.withdraw(by=by)  # type: ignore[arg-type]


def _touches(notice: Notice) -> tuple[str, list[Any]]:
    """SQL of the accounts that a notice is for and of what it touches of each, and its parameters."""
    today = timezone.localdate()
    rows, given = matching.rows_of(matching.asked_of(notice), today)
    first, last = matching.window(today)
    change = change_of(notice)
    given |= {"most_named": MOST_NAMED, "first_month": first, "last_month": last}
    given["change"] = as_data([change] if change else [])
    accounts, values = audience.of_the_kind(notice).order_by().values("id").query.sql_with_params()
    marks = {f"kind_{at}": value for at, value in enumerate(values)}
    named = accounts % tuple(f"%({name})s" for name in marks)
    # Rows of chapter 99 have no value; what they have no index carries, so that it is read where nothing else tells.
    duty = "sum(g.duty)" if notice.of_chapter_99 and not matching.asked_of(notice).of_lines else "0"
    return matching.positional(TOUCHES.format(rows=rows, accounts=named, duty=duty), given | marks)


def write_down(notice: Notice) -> int:
    """Keep what a notice touches of each account that it is for; one statement. Returns how many accounts."""
    if not notice.asks_of_trade:
        return 0
    sql, given = _touches(notice)
    first, last = matching.window(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO notices_touched
                (notice_id, account_id, imported, filed, deposited, deposited_for_others, added, ports, origins,
                 first_month, last_month)
                SELECT %s, t.account_id, t.imported, t.filed, t.deposited, t.deposited_for_others, t.added, t.ports, t.origins, %s, %s FROM ({sql}) t""",
            [notice.pk, first, last, *given],
        )
        return int(cursor.rowcount)


@dataclass(frozen=True)
class Touch:
    """What a notice would touch of one account: as `Touched`."""

    account: uuid.UUID
    name: str
    imported: Decimal
    filed: Decimal
    added: Decimal | None
    deposited: Decimal = Decimal(0)
    deposited_for_others: Decimal = Decimal(0)


@dataclass(frozen=True)
class Sum:
    """Of all accounts together, and the first of them by dollars."""

    accounts: int
    imported: Decimal
    filed: Decimal
    added: Decimal | None
    deposited: Decimal
    deposited_for_others: Decimal
    first: list[Touch]


def preview(notice: Notice, shown: int = 10) -> Sum:
    """What a notice would touch if it were published now; one statement. shown: how many of the first accounts."""
    sql, given = _touches(notice)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH t AS MATERIALIZED ({sql})
                SELECT NULL, '', coalesce(sum(imported), 0), coalesce(sum(filed), 0), sum(added),
                  coalesce(sum(deposited), 0), coalesce(sum(deposited_for_others), 0), count(*) FROM t
                UNION ALL (SELECT t.account_id, a.name, t.imported, t.filed, t.added, t.deposited, t.deposited_for_others, 0
                  FROM t JOIN accounts_account a ON a.id = t.account_id
                  ORDER BY t.imported DESC, t.filed DESC, t.deposited DESC, a.name, a.id LIMIT %s)""",
            [*given, shown],
        )
        (_, _, *sums, count), *first = cursor.fetchall()
    return Sum(count, *sums, [Touch(*row[:-1]) for row in first])


def of_accounts(notice: Notice, accounts: list[str]) -> dict[uuid.UUID, Touch]:
    """The same of these accounts (ids as text); one statement."""
    sql, given = _touches(notice)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT t.account_id, '', t.imported, t.filed, t.added, t.deposited, t.deposited_for_others FROM ({sql}) t
                WHERE t.account_id = ANY (%s::uuid[])""",
            [*given, accounts],
        )
        return {row[0]: Touch(*row) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Outside:
    """An account just outside: it meets all but one condition. value: dollars that would be touched without it.
    has: what it has instead, the most valuable first."""

    account: uuid.UUID
    name: str
    missing: str
    has: list[str]
    value: Decimal


OUTSIDE = """
WITH hit AS (SELECT g.account_id, g.{column} AS code, sum(g.value) AS value {rows} GROUP BY 1, 2),
of_account AS (SELECT account_id, sum(value) AS value, (array_agg(code ORDER BY value DESC))[1:3] AS has FROM hit GROUP BY 1)
SELECT a.id, a.name, o.has, o.value FROM of_account o JOIN ({accounts}) a ON a.id = o.account_id
WHERE NOT o.account_id IN ({matched}) AND o.value > 0
ORDER BY o.value DESC, a.name, a.id LIMIT {shown}
"""


def just_outside(notice: Notice, shown: int = 5) -> list[Outside]:
    """The importers that a single condition of trade keeps out, those with most value first; a statement a condition."""
    asked, today = matching.asked_of(notice), timezone.localdate()
    of_kind, values = audience.of_the_kind(notice).order_by().values("id", "name").query.sql_with_params()
    marks = {f"kind_{at}": value for at, value in enumerate(values)}
    accounts = of_kind % tuple(f"%({name})s" for name in marks)
    found = []
    for name, column in matching.COLUMNS.items():
        without = asked.without(name)
        if not getattr(asked, name) or without == asked or not any(getattr(without, other) for other in matching.NAMES):
            continue
        of_lines = asked.of_lines and not without.of_lines
        rows, wider = matching.rows_of(without, today, lines=of_lines, goods=column == "hts")
        inside, given = matching.matched_sql(asked, today)
        given = {f"in_{key}": value for key, value in given.items()}
        inside = inside % {key.removeprefix("in_"): f"%({key})s" for key in given}
        sql = OUTSIDE.format(
            column=column, rows=rows, accounts=accounts, shown=shown, matched=f"SELECT account_id FROM ({inside}) m"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, given | wider | marks)
            found += [Outside(pk, who, name, [code for code in has if code], value) for pk, who, has, value in cursor]
    return found
