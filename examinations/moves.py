"""When an identifier changes hands, its rows and their sums go with it, in the same transaction."""

from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.dispatch import receiver

from accounts.models import Account
from accounts.models.identifier import Identifier, Move
from accounts.signals import asked_what_moves, identifiers_moved
from examinations.breakdowns import counting, uncounted
from examinations.checks.catalogue import OF_LINE_ALONE
from examinations.checks.finding import LOCK as CHECKS_LOCK
from examinations.duty import months
from examinations.loading.entries.summaries import ADDS, contributions
from examinations.loading.examination_months import RECOUNT
from examinations.models import CustomsRequest, Entry, EntryMonth, Examination
from examinations.models.entry import Source
from examinations.papers import papers_follow
from examinations.touched import sides_of, with_clients
from look.formats import money, plural

IMPORTER_TABLES = (
    *("examinations_entry", "examinations_entrymonth", "examinations_examination"),
    "examinations_request",
)
#: What an account uploaded itself stays with it, whoever has the number now.
CBPS = {
    # Found among those of the account: no index has the number.
    "examinations_entry": "account_id = %(source)s AND source = 'cbp'",
    "examinations_entrymonth": "source = 'cbp'",
}
#: Counted again by tasks on commit; what tells of a former holder's rows must not wait for these.
SUMS = (
    *("examinations_entrybreakdown", "examinations_examinationbreakdown", "examinations_discrepancybreakdown"),
    *("examinations_dutymonth", "examinations_entryday", "examinations_linecode"),
    *("examinations_tradedgoods", "examinations_tradedorigin"),
)
#: Tables that hold who filed, with the column of the entry.
FILED = (("entry", "id"), ("entryline", "entry_id"), ("examination", "entry_id"), ("checkfinding", "entry_id"))
PARTS = ("discrepancy", "selection", "draw", "cost")


@receiver(identifiers_moved, dispatch_uid="examinations.moves")
def move_rows(sender: object, moves: list[Move], **kwargs: Any) -> None:
    """Move entries, lines, sums, examinations and their parts, requests and papers, a statement a table for each move."""
    recounted: set[Any] = set()
    with connection.cursor() as cursor:
        # A count under way would write the former holder's sums again after they are forgotten: it ends first.
        for lock in (months.LOCK, counting.LOCK, CHECKS_LOCK):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        for move in moves:
            if move.kind == Identifier.Kind.FILER:
                recounted |= _move_filer(cursor, move)
            else:
                _move_importer(cursor, move)
                recounted |= {move.source, move.target}
        _relate_again(cursor, {side for move in moves for side in (move.source, move.target)})
        papers_follow(cursor)
        cursor.execute("SELECT end_exports(%s::uuid[])", [[str(move.source) for move in moves]])
        _recount(cursor, recounted)
        uncounted.note(with_clients(map(str, sides_of(moves))))
        _count_what_stays(moves)


@receiver(asked_what_moves, dispatch_uid="examinations.what_moves")
def what_moves(sender: object, identifier: Identifier, **kwargs: Any) -> list[str]:
    """Entries with their rows, examinations and requests under an identifier; a few statements."""
    if identifier.kind == Identifier.Kind.FILER:
        filed = Q(filer=identifier.account, number__startswith=identifier.key)
        entries, waiting = Entry.objects.filter(filed, source=Source.CBP), Q(entry_number__startswith=identifier.key)
        examined = Examination.objects.filter(filer=identifier.account, entry__in=entries)
        requests = CustomsRequest.objects.filter(waiting, filer=identifier.account)
    else:
        entries = Entry.objects.filter(account=identifier.account, identifier=identifier, source=Source.CBP)
        examined = Examination.objects.filter(identifier=identifier)
        requests = CustomsRequest.objects.filter(identifier=identifier)
    sums = entries.aggregate(n=Count("pk"), lines=Sum("lines"), duty=Sum("duty"))
    entered = f"{plural(sums['n'], 'entry', 'entries')} with {plural(sums['lines'] or 0, 'line')} and {money(sums['duty'] or 0)} of duty"
    told = [(sums["n"], entered)]
    told += [
        (
            n := examined.count(),
            f"{plural(n, 'examination or review', 'examinations and reviews')} with what they found",
        )
    ]
    told += [(n := requests.count(), f"{plural(n, 'request')} of CBP")]
    return [words for count, words in told if count]


def _move_importer(cursor: Any, move: Move) -> None:
    _forget_sums(cursor, "account_id", move)
    cursor.execute(
        "DELETE FROM examinations_checkfinding WHERE account_id = %s AND kind <> ALL (%s)",
        [move.source, OF_LINE_ALONE],
    )
    for table in IMPORTER_TABLES:
        cursor.execute(
            f"""UPDATE {table} SET account_id = %(target)s
                WHERE identifier_id = %(identifier)s AND {CBPS.get(table, "true")}""",
            vars(move),
        )
    cursor.execute(
        """UPDATE examinations_entryline l SET account_id = e.account_id FROM examinations_entry e
           WHERE e.id = l.entry_id AND e.account_id = %s AND e.identifier_id = %s AND e.source = 'cbp'""",
        [move.target, move.identifier],
    )
    for part in PARTS:
        cursor.execute(
            f"""UPDATE examinations_{part} p SET account_id = %s FROM examinations_examination x
                WHERE x.id = p.examination_id AND x.identifier_id = %s""",
            [move.target, move.identifier],
        )
    cursor.execute(
        """UPDATE examinations_checkfinding k SET account_id = e.account_id FROM examinations_entry e
           WHERE e.id = k.entry_id AND e.account_id = %s AND e.identifier_id = %s AND k.account_id <> e.account_id""",
        [move.target, move.identifier],
    )
    # A broker's own questions stay the broker's.
    cursor.execute(
        """UPDATE examinations_resultquestion q SET account_id = %s FROM examinations_examination x
           WHERE x.id = q.examination_id AND x.identifier_id = %s AND q.account_id = %s""",
        [move.target, move.identifier, move.source],
    )


def _move_filer(cursor: Any, move: Move) -> set[Any]:
    """What was filed under the code goes; the account that held it may hold others. Returns the importers touched."""
    _forget_sums(cursor, "filer_id", move)
    code = Identifier.objects.values_list("key", flat=True).get(pk=move.identifier)
    cursor.execute(
        "SELECT id FROM examinations_entry WHERE filer_id = %s AND left(number, 3) = %s AND source = 'cbp'",
        [move.source, code],
    )
    filed = [pk for (pk,) in cursor.fetchall()]
    for table, column in FILED:
        cursor.execute(f"UPDATE examinations_{table} SET filer_id = %s WHERE {column} = ANY (%s)", [move.target, filed])
    # One that waits for its entry goes too: it stands under its filer alone.
    cursor.execute(
        "UPDATE examinations_request SET filer_id = %s WHERE filer_id = %s AND left(entry_number, 3) = %s",
        [move.target, move.source, code],
    )
    sides = {"sides": [str(move.source), str(move.target)]}
    cursor.execute("DELETE FROM examinations_entrymonth WHERE filer_id = ANY (%(sides)s::uuid[])", sides)
    names = ", ".join(ADDS)
    cursor.execute(
        f"""INSERT INTO examinations_entrymonth (identifier_id, account_id, filer_id, source, month, {names})
            SELECT identifier_id, account_id, filer_id, source, month, {", ".join(f"sum({name})" for name in ADDS)}
            FROM ({contributions(1)} WHERE filer_id = ANY (%(sides)s::uuid[])) c
            GROUP BY identifier_id, account_id, filer_id, source, month""",
        sides,
    )
    cursor.execute("SELECT DISTINCT account_id FROM examinations_examination WHERE entry_id = ANY (%s)", [filed])
    return {pk for (pk,) in cursor.fetchall()}


def _forget_sums(cursor: Any, column: str, move: Move) -> None:
    """What is summed behind the load tells of the rows that go: until it is counted again it is gone, not the former
    holder's to read."""
    for table in SUMS:
        cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [move.source])


def _count_what_stays(moves: list[Move]) -> None:
    """Sums of who gave away an importer number and keeps others: else its pages would say "nothing" until a task has run.

    Who gets a number reads sums that are late, as after a load; so does who filed under a code, until the task has run.
    """
    gave = {move.source for move in moves if move.kind == Identifier.Kind.IMPORTER}
    holds = Identifier.objects.filter(account=OuterRef("pk"), kind=Identifier.Kind.IMPORTER)
    own = EntryMonth.objects.filter(account=OuterRef("pk"))  # what it uploaded itself stays with it
    left = list(Account.objects.filter(Exists(holds) | Exists(own), pk__in=gave).values_list("pk", flat=True))
    if left:
        counting.recount(left)
        months.recount(left)


def _relate_again(cursor: Any, accounts: set[Any]) -> None:
    """Who filed for whom, from the entries as they stand now: a relation opens names, so none may come along that the
    moved rows do not carry, and none may stay."""
    sides = {"sides": [str(pk) for pk in accounts]}
    cursor.execute(
        """DELETE FROM accounts_filingrelation
           WHERE importer_id = ANY (%(sides)s::uuid[]) OR broker_id = ANY (%(sides)s::uuid[])""",
        sides,
    )
    cursor.execute(
        """INSERT INTO accounts_filingrelation (importer_id, broker_id, first_filed, last_filed)
           SELECT account_id, filer_id, min(entry_date), max(entry_date) FROM examinations_entry
           WHERE source = 'cbp' AND filer_id <> account_id
             AND (account_id = ANY (%(sides)s::uuid[]) OR filer_id = ANY (%(sides)s::uuid[]))
           GROUP BY account_id, filer_id""",
        sides,
    )


def _recount(cursor: Any, accounts: set[Any]) -> None:
    ids = {"accounts": [str(pk) for pk in accounts]}
    cursor.execute("DELETE FROM examinations_examinationmonth WHERE account_id = ANY (%(accounts)s::uuid[])", ids)
    cursor.execute(RECOUNT, ids)
