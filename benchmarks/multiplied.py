"""A world of any size, made inside the database from a small one that came through the loaders.

Each company is copied with all that it did, under new numbers. One importer is not copied but grows: what it did is
done again under the same number, with the same brokers, so that its own pages grow with the world, and staff's with all.
"""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: Entry lines and examinations of the small world; both grow alike.
LINES, EXAMINATIONS = 100_000, 5_000
#: So often the one importer does again what it did: it ends with about 272,000 lines (the largest of 50,000 accounts).
GROWTH = 100
#: Ids of one copy lie so far behind those of the one before. Numbers of entries have eight digits for both.
STRIDE = 100_000_000
ENTRY_STRIDE = 100_000
#: What the copies of entries are called; no filer of the invented world has this code.
CODE = "QQQ"
OF_LOADS = 20


def build(folder: Path, as_of: datetime.date) -> None:
    """Load the small world by its files, and let the tasks behind a load run."""
    from accounts.models import Account  # noqa: PLC0415  settings come first
    from compliance.risk.recompute import recompute  # noqa: PLC0415
    from examinations.breakdowns import counting  # noqa: PLC0415
    from examinations.checks.finding import look  # noqa: PLC0415
    from examinations.duty import months  # noqa: PLC0415
    from examinations.loading.load import load_path  # noqa: PLC0415
    from examinations.peers.measuring import measure_peers  # noqa: PLC0415

    for kind in ("accounts", "entries", "examinations", "requests", "bonds"):
        load_path(kind, folder / f"{kind}.csv", as_of=as_of)
    fill_up()
    months.recount(None)
    counting.recount(None)
    look(list(Account.objects.values_list("pk", flat=True)), as_of)
    recompute(None, as_of)
    measure_peers(as_of)


def fill_up() -> None:
    """As many examinations as the small world is to have, and some loads: more of what there is."""
    from examinations.models import Examination, Load  # noqa: PLC0415

    wanted = EXAMINATIONS - Examination.objects.count()
    _run(
        f"""CREATE TEMPORARY TABLE more AS SELECT id FROM examinations_examination ORDER BY id LIMIT {max(0, wanted)}""",
        *(
            _copy_of(table, {key: f"{key} + 10000000"} | more, f"s.{key} IN (TABLE more)")
            for table, key, more in (
                ("examinations_examination", "id", {"key": "key || '+'", "number": "number || '+'"}),
                ("examinations_selection", "examination_id", {}),
                ("examinations_draw", "examination_id", {}),
                ("examinations_discrepancy", "examination_id", {"id": "id + 10000000"}),
            )
        ),
        "DROP TABLE more",
    )
    Load.objects.bulk_create(
        Load(kind="entries", file_name=f"{number}.csv", state="done") for number in range(OF_LOADS)
    )


def growing() -> Any:
    """The importer that grows: of those of which a page of every kind can be shown, the one nearest to its share."""
    return _nearest(_shown())


def staying(grows: Any) -> Any:
    """One that is like it and stays as it is: filed by nobody who files for the one that grows."""
    from accounts.models import FilingRelation  # noqa: PLC0415

    brokers = FilingRelation.objects.filter(importer=grows).values("broker")
    shared = FilingRelation.objects.filter(broker__in=brokers).values("importer")
    filed = FilingRelation.objects.values("importer")
    return _nearest(_shown().filter(pk__in=filed).exclude(pk__in=shared))


def _nearest(accounts: Any) -> Any:
    return min(accounts, key=lambda account: (abs((account.n or 0) - 272_000 // GROWTH), str(account.pk)))


def _shown() -> Any:
    """Importers with goods held, a find of a closed examination and a request; `n`: their lines."""
    from django.db.models import Count, Q, Sum  # noqa: PLC0415

    from accounts.models import Account  # noqa: PLC0415
    from examinations.models import Examination  # noqa: PLC0415
    from examinations.models.examination import HELD  # noqa: PLC0415

    found = Examination.objects.filter(closed__isnull=False, discrepancies__isnull=False)
    asked = Account.objects.filter(kind="importer", pk__in=Examination.objects.filter(HELD).values("account"))
    asked = asked.filter(Q(pk__in=_asked_of()), pk__in=found.values("account"))
    return asked.annotate(n=Sum("entry_months__lines"), months=Count("entry_months"))


def _asked_of() -> Any:
    from examinations.models import CustomsRequest  # noqa: PLC0415

    return CustomsRequest.objects.values("account")


def multiply(lines: int, account: uuid.UUID, as_of: datetime.date) -> None:
    """Grow the world to so many entry lines, the importer as said above. Bring sums, scores and statistics after it."""
    from compliance.risk.recompute import recompute  # noqa: PLC0415
    from examinations.breakdowns.counting import recount  # noqa: PLC0415
    from examinations.checks.finding import look  # noqa: PLC0415
    from examinations.duty import months  # noqa: PLC0415

    copies = max(1, round(lines / LINES))
    _run(*_without_constraints())
    for model, changed in _copied():
        _run(*_multiplied(model, changed, account, copies))
    numbers = "entries lines value duty mpf hmf tax other_fees duties_taxes_fees refunded estimated_entries"
    counts = "cargo cargo_closed entries_examined reviews reviews_wrong reviews_major other other_wrong owed overpaid"
    for table, names in (("entrymonth", numbers), ("examinationmonth", counts)):
        grown = ", ".join(f"{name} = {name} * {GROWTH}" for name in names.split())
        _run(f"UPDATE examinations_{table} SET {grown} WHERE account_id = '{account}'")
    _run("ANALYZE")
    recount([account])
    months.recount([account])
    look([account], as_of)
    recompute(None, as_of)


def settle() -> None:
    """Statistics and visibility as the database's own housekeeping leaves them after a while."""
    _run("VACUUM (ANALYZE)")


def copy_tables(names: Sequence[str], copies: int) -> None:
    """Copy the rows of these models alone, nobody growing; their indexes are made again afterwards, and statistics."""
    _run(*_without_constraints())
    for model, changed in _copied():
        if model.__name__ in names:
            indexes = _indexes(model._meta.db_table)
            _run(*(f"DROP INDEX {name}" for name, _ in indexes))
            _run(*_multiplied(model, changed, uuid.UUID(int=0), copies))
            _run(*(made for _, made in indexes), f"ANALYZE {model._meta.db_table}")


def _indexes(table: str) -> list[tuple[str, str]]:
    """Names and definitions of the indexes that no constraint stands on."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
               WHERE indrelid = %s::regclass
                 AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
            [table],
        )
        return cursor.fetchall()


def _run(*statements: str) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _without_constraints() -> Iterator[str]:
    """Foreign keys would be asked of each copied row, and a log kept of it that nobody needs."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f'")
        yield from (f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name in cursor.fetchall())
    yield "SET synchronous_commit = off"


def _copied() -> list[tuple[Any, dict[str, str]]]:
    """The models whose rows are copied, parents first, with what must differ beside ids."""
    from accounts.models import Account, FilingRelation, Identifier  # noqa: PLC0415
    from compliance.bonds.models import Bond, CoveredNumber  # noqa: PLC0415
    from examinations import models  # noqa: PLC0415

    number = f"'{CODE}' || lpad((k * {ENTRY_STRIDE} + {{}})::text, 8, '0')"
    of_entry = {"entry_number": f"CASE WHEN entry_id IS NULL THEN entry_number ELSE {number.format('entry_id')} END"}
    again = {"number": "'N' || (k * 1000000000::bigint + id)"}
    return [
        (Account, {"name": "name || ' ' || k"}),
        (Identifier, dict.fromkeys(("value", "key"), f"'B' || (k * {ENTRY_STRIDE} + id)")),
        (FilingRelation, {}),
        (Bond, again),
        (CoveredNumber, {}),
        (models.Load, {}),
        # The makers differ: an importer a hundred times as large has more of them, if not a hundred times.
        (models.Entry, {"number": number.format("id")}),
        (models.EntryLine, {"manufacturer_id": "left(manufacturer_id, 11) || chr(65 + k % 10)"}),
        (models.Examination, again | of_entry | {"key": "left(key, 70) || '.' || k"}),
        (models.Selection, {}),
        (models.Draw, {}),
        (models.Discrepancy, {}),
        (models.Cost, {}),
        (models.CustomsRequest, again | of_entry),
        (models.RequestLine, {}),
        (models.EntryMonth, {}),
        (models.ExaminationMonth, {}),
        (models.EntryBreakdown, {}),
        (models.ExaminationBreakdown, {}),
        (models.DiscrepancyBreakdown, {}),
        (models.EntryDay, {}),
        (models.LineCode, {}),
        (models.TradedGoods, {}),
        (models.TradedOrigin, {}),
        (models.DutyMonth, {}),
        (models.CheckFinding, of_entry),
    ]


#: Of the importer that grows, and not copied: its sums, which are counted or multiplied, and who it is.
SUMS = ("entrymonth", "examinationmonth", "entrybreakdown", "examinationbreakdown", "discrepancybreakdown")
SUMS += ("entryday", "linecode", "tradedgoods", "tradedorigin")
OF_ITSELF = (*SUMS, "dutymonth", "checkfinding", "account", "identifier", "filingrelation", "bond", "coverednumber")
OWNERS = ("account_id", "importer_id")


def _multiplied(model: Any, changed: dict[str, str], account: uuid.UUID, copies: int) -> Iterator[str]:
    """The copies of a table's rows, one statement each. In an expression `k` numbers them, `its` marks the importer."""
    fields = {field.column: _shifted(field, account) for field in model._meta.concrete_fields}
    columns = fields | changed
    name, table = model._meta.model_name, model._meta.db_table
    owner = "id" if name == "account" else next((one for one in OWNERS if one in fields), "")
    its, again, others = f"{owner} = '{account}'", 0 if name in OF_ITSELF else GROWTH - 1, copies - 1
    if name == "load":  # of no account: as many as the importer's
        its = "true"
    if name == "requestline":
        its = f"request_id IN (SELECT id FROM examinations_request WHERE account_id = '{account}')"
    yield f"CREATE TEMPORARY TABLE base AS SELECT *, {its} AS its FROM {table}"
    for number in range(1, max(again, others) + 1):
        wanted = [text for text, most in (("its", again), ("NOT its", others)) if number <= most]
        yield f"""INSERT INTO {table} ({", ".join(f'"{column}"' for column in columns)})
            SELECT {", ".join(columns.values())} FROM base, (VALUES ({number})) AS n (k) WHERE {" OR ".join(wanted)}"""
    yield "DROP TABLE base"


def _shifted(field: Any, account: uuid.UUID) -> str:
    """What stands in a column of a copy: the next ids; of the growing importer the same account, filer and number."""
    column = f'"{field.column}"'
    target = field.related_model._meta.model_name if field.is_relation else field.model._meta.model_name
    if not (field.is_relation or field.primary_key) or target in ("person", "center"):
        return column
    if target == "account":
        return f"CASE WHEN its THEN {column} ELSE md5({column}::text || k)::uuid END"
    if target == "load":  # whose copies are files in which nothing stands
        return column if field.is_relation else f"md5({column}::text || k)::uuid"
    if target == "identifier" and field.model._meta.model_name not in ("identifier",):
        return f"CASE WHEN its THEN {column} ELSE {column} + k * {STRIDE}::bigint END"
    stride = ENTRY_STRIDE if target == "entry" else STRIDE
    return f"{column} + k * {stride}::bigint"


def _copy_of(table: str, changed: dict[str, str], where: str) -> str:
    """INSERT ... SELECT of some rows of a table once more, with these columns different."""
    from django.apps import apps  # noqa: PLC0415

    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    columns = {field.column: f'"{field.column}"' for field in model._meta.concrete_fields} | changed
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM {table} s WHERE {where}"
