"""Whose entries these are: identifiers found, and prospective accounts made for those nobody has yet."""

from examinations.loading import owners
from examinations.loading.session import Session


def find_or_make(session: Session) -> None:
    """Tables `importers` (key, identifier, account) and `filers` (code, account) of what is grouped."""
    session.run(
        """CREATE TEMPORARY TABLE importers ON COMMIT DROP AS
           SELECT importer AS key, min(importer_shown) AS shown, max(importer_name) AS name
           FROM grouped GROUP BY importer"""
    )
    session.run(
        """CREATE TEMPORARY TABLE filers ON COMMIT DROP AS
           SELECT left(number, 3) AS key, left(min(number), 3) AS shown, max(filer_name) AS name
           FROM grouped GROUP BY left(number, 3)"""
    )
    owners.complete(session, "importers", "importer")
    owners.complete(session, "filers", "filer")
