"""Identifiers of a load: found under their key, or made with a prospective account of their own."""

from examinations.loading.session import Session


def complete(session: Session, table: str, kind: str) -> int:
    """Give a temporary table (key, shown, name) its `identifier` and `account`. Returns how many were made.

    kind: importer (unknown numbers become prospective importers) or filer (unknown codes prospective brokers).
    """
    session.run(f"ALTER TABLE {table} ADD COLUMN identifier bigint, ADD COLUMN account uuid, ADD COLUMN made boolean")
    find(session, table, kind)
    return make(session, table, kind)


def find(session: Session, table: str, kind: str) -> int:
    """Fill in who is known, and keep their identifiers with their accounts (`hold`). Returns how many are."""
    return session.run(
        f"""UPDATE {table} t SET identifier = i.id, account = i.account_id
            FROM (SELECT id, key, account_id FROM accounts_identifier
                  WHERE kind = %(kind)s AND key IN (SELECT key FROM {table}) ORDER BY id FOR SHARE) i
            WHERE i.key = t.key""",
        kind=kind,
    )


def make(session: Session, table: str, kind: str) -> int:
    """Make prospective accounts with their identifiers for those who are not known. Returns how many were made."""
    account_kind = "importer" if kind == "importer" else "broker"
    unnamed = "shown" if kind == "importer" else "'Filer ' || shown"
    session.run(f"UPDATE {table} SET made = true, account = gen_random_uuid() WHERE identifier IS NULL")
    made = session.run(
        f"""INSERT INTO accounts_account (id, name, kind, state, created_at)
            SELECT account, left(coalesce(nullif(name, ''), {unnamed}), 200), %(account_kind)s, 'prospective', now()
            FROM {table} WHERE made""",
        account_kind=account_kind,
    )
    if not made:
        return 0
    _insert_identifiers(session, table, kind)
    session.run(
        f"""UPDATE {table} t SET identifier = i.id FROM accounts_identifier i
            WHERE t.made AND i.kind = %(kind)s AND i.key = t.key""",
        kind=kind,
    )
    session.run(
        f"INSERT INTO accounts_identifierownership (identifier_id, account_id) SELECT identifier, account FROM {table} WHERE made"
    )
    return made


def say_made(session: Session, made: int, kind: str) -> None:
    """Say how many accounts a load made for numbers that nobody had."""
    if made:
        noun = "importer" if kind == "importer" else "broker"
        session.said.append(f"{made} prospective {noun} account{'s' if made > 1 else ''} made.")


def hold(session: Session, identifiers: str) -> None:
    """Keep identifiers (a query of their ids) with their accounts until the load is in.

    Without it one that headquarters moves meanwhile would leave the rows of this load with the account before.
    """
    session.run(f"SELECT id FROM accounts_identifier WHERE id IN ({identifiers}) ORDER BY id FOR SHARE")


def _insert_identifiers(session: Session, table: str, kind: str) -> None:
    session.run(
        f"""INSERT INTO accounts_identifier (account_id, kind, value, key)
            SELECT account, %(kind)s, shown, key FROM {table} WHERE made""",
        kind=kind,
    )
    seal_numbers(session)


def seal_numbers(session: Session) -> None:
    """Store the encrypted form of the Social Security numbers that this load made identifiers of."""
    # At once: the thread that reads ahead may meet another one meanwhile.
    if known := list(session.sealed.items()):
        session.run(
            """UPDATE accounts_identifier i SET sealed = s.sealed
               FROM unnest(%(keys)s::text[], %(sealed)s::bytea[]) AS s (key, sealed)
               WHERE i.kind = 'importer' AND i.key = s.key AND i.sealed IS NULL""",
            keys=[key for key, _ in known],
            sealed=[sealed for _, (_, sealed) in known],
        )
