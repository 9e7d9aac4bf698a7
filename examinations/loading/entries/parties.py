"""Whose entries these are: identifiers found, and prospective accounts made for those nobody has yet."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import polars as pl

from examinations.loading import owners
from examinations.loading.session import Session, copy_of

#: Where an entry names its parties: our table, the kind of identifier, its key, its text, the name beside it.
PARTIES = (
    ("importers", "importer", "importer", "min(importer_shown)", "importer_name"),
    ("filers", "filer", "left(number, 3)", "left(min(number), 3)", "filer_name"),
)
#: The keys, of entries as columns.
KEYS = {"importers": pl.col("importer"), "filers": pl.col("number").str.slice(0, 3)}
#: By table of parties, keys, and the name of each.
Keys = dict[str, set[str]]
Names = dict[str, dict[str, str]]
COLUMNS = "key text NOT NULL, shown text NOT NULL, name text NOT NULL, identifier bigint, account uuid, made boolean"


def make_tables(session: Session) -> None:
    """Tables `importers` and `filers` (key, shown, name, identifier, account, made), empty."""
    for table in ("importers", "filers", "newcomers"):
        session.run(f"CREATE TEMPORARY TABLE {table} ({COLUMNS}) ON COMMIT DROP")


def find_or_make(session: Session, entries: str, lacking: Collection[str] | None = None) -> int:
    """Add the parties of a table of entries that are not among `importers` and `filers` yet. Returns how many were made.

    lacking: which of the two tables may lack one; None for both.
    """
    made = 0
    for table, kind, key, shown, name in PARTIES:
        if lacking is not None and table not in lacking:
            continue
        new = session.run(
            f"""INSERT INTO newcomers (key, shown, name)
                SELECT {key} AS key, {shown} AS shown, max({name}) AS name FROM {entries} e
                WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.key = {key}) GROUP BY {key}"""
        )
        if not new:
            continue
        if owners.find(session, "newcomers", kind) < new:
            made += owners.make(session, "newcomers", kind)
        session.run(f"INSERT INTO {table} SELECT * FROM newcomers")
        session.run("TRUNCATE newcomers")
    return made


@dataclass(frozen=True)
class Named:
    """The parties of some entries, and of each the greatest name that they have for it."""

    keys: Keys
    names: Names

    @classmethod
    def of(cls, entries: pl.DataFrame) -> Self:
        keys = {table: set(entries.select(key.unique().alias("key"))["key"]) for table, key in KEYS.items()}
        names = {
            table: dict(entries.group_by(KEYS[table].alias("key")).agg(pl.col(name).max()).iter_rows())
            for table, *_, name in PARTIES
            if name in entries.columns
        }
        return cls(keys, names)


def keep_greater(names: Names, others: Names) -> None:
    """Into `names` those of others that are greater, or of whom there is none yet."""
    for table, found in others.items():
        known = names.setdefault(table, {})
        known |= {key: name for key, name in found.items() if name > known.get(key, "")}


def note_names(session: Session, names: Names) -> None:
    """An account that this load makes is called by the greatest name that the whole file has for it."""
    for table, found in names.items():
        rows = pl.DataFrame(list(found.items()), schema={"key": pl.String, "name": pl.String}, orient="row")
        session.copy_in("newcomers", copy_of(rows.with_columns(pl.lit("").alias("shown"))))
        _name(session, table, "newcomers")
        session.run("TRUNCATE newcomers")


def note_names_of(session: Session, entries: str) -> None:
    """The same from a table of entries."""
    for table, _, key, _, name in PARTIES:
        _name(session, table, f"(SELECT {key} AS key, max({name}) AS name FROM {entries} GROUP BY {key})")


def _name(session: Session, table: str, names: str) -> None:
    session.run(
        f"""UPDATE {table} t SET name = n.name FROM {names} n
            WHERE t.made AND t.key = n.key AND t.name < n.name"""
    )


def say_made(session: Session) -> None:
    """Give the accounts made their names, and say how many there are."""
    for table, kind, *_ in PARTIES:
        session.run(
            f"""UPDATE accounts_account a SET name = left(t.name, 200) FROM {table} t
                WHERE t.made AND a.id = t.account AND t.name <> '' AND a.name <> left(t.name, 200)"""
        )
        (made,) = session.counts(f"SELECT count(*) FROM {table} WHERE made")
        owners.say_made(session, made, kind)
