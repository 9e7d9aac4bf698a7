"""Whose entries these are: identifiers found, and prospective accounts made for those nobody has yet."""

from examinations.loading import owners
from examinations.loading.session import Session

#: Where an entry names its parties: our table, the kind of identifier, its key, its text, the name beside it.
PARTIES = (
    ("importers", "importer", "importer", "min(importer_shown)", "importer_name"),
    ("filers", "filer", "left(number, 3)", "left(min(number), 3)", "filer_name"),
)
COLUMNS = "key text NOT NULL, shown text NOT NULL, name text NOT NULL, identifier bigint, account uuid, made boolean"


def make_tables(session: Session) -> None:
    """Tables `importers` and `filers` (key, shown, name, identifier, account, made), empty."""
    for table in ("importers", "filers", "newcomers"):
        session.run(f"CREATE TEMPORARY TABLE {table} ({COLUMNS}) ON COMMIT DROP")


def find_or_make(session: Session, entries: str) -> int:
    """Add the parties of a table of entries that are not among `importers` and `filers` yet. Returns how many were made."""
    made = 0
    for table, kind, key, shown, name in PARTIES:
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


def note_names(session: Session, entries: str) -> None:
    """An account that this load makes is called by the greatest name that the whole file has for it."""
    for table, _, key, _, name in PARTIES:
        session.run(
            f"""UPDATE {table} t SET name = n.name
                FROM (SELECT {key} AS key, max({name}) AS name FROM {entries} GROUP BY {key}) n
                WHERE t.made AND t.key = n.key AND t.name < n.name"""
        )


def say_made(session: Session) -> None:
    """Give the accounts made their names, and say how many there are."""
    for table, kind, *_ in PARTIES:
        session.run(
            f"""UPDATE accounts_account a SET name = left(t.name, 200) FROM {table} t
                WHERE t.made AND a.id = t.account AND t.name <> '' AND a.name <> left(t.name, 200)"""
        )
        made = int(str(session.rows(f"SELECT count(*) FROM {table} WHERE made")[0][0]))
        owners.say_made(session, made, kind)
