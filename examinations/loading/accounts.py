"""Accounts: rows with one name and type are one account, which takes its identifiers from prospective holders."""

from django.utils import timezone

from accounts.models import Account, Enrollment, Identifier, Person
from examinations.loading.kinds import Kind, register
from examinations.loading.owners import seal_numbers
from examinations.loading.reading.columns import ACCOUNTS
from examinations.loading.session import Session

#: Characters of a person's name, of which a contact's comes from the address.
LONGEST_NAME = 120


def bring_in(session: Session) -> None:
    """Check what is staged, then make or complete the accounts, one file of some thousand rows at most."""
    session.stage()
    _refuse(session)
    _make_accounts(session)
    _give_identifiers(session)
    _enroll(session)
    _invite(session)
    session.progress("Counting", 0)
    changed = "SELECT count(*) FROM staged s JOIN accounts_in a ON (a.name, a.kind) = (s.name, s.kind) WHERE {}"
    session.loaded += session.counts(changed.format("s.changed"))[0]
    session.unchanged += session.counts(changed.format("NOT s.changed"))[0]
    session.touched |= {pk for (pk,) in session.rows("SELECT id FROM accounts_in")}  # type: ignore[misc]


def _refuse(session: Session) -> None:
    session.reject(
        "Center Code",
        "a broker has no Center, and this row names %s",
        "SELECT row, center AS said FROM staged WHERE kind = 'BROKER' AND center <> ''",
    )
    session.reject(
        "Center Code",
        "%s is no Center",
        "SELECT row, center AS said FROM staged WHERE center <> '' AND center NOT IN (SELECT code FROM accounts_center)",
    )
    session.reject(
        "Center Code",
        "rows of account %s disagree on Center Code",
        """SELECT row, name AS said FROM staged WHERE (name, kind) IN (
             SELECT name, kind FROM staged WHERE center <> '' GROUP BY name, kind HAVING count(DISTINCT center) > 1)""",
    )
    session.reject(
        "Program Codes",
        "rows of account %s disagree on Program Codes",
        """SELECT row, name AS said FROM staged WHERE (name, kind) IN (
             SELECT name, kind FROM staged, string_to_table(programs, ';') AS part
             GROUP BY name, kind, split_part(part, ':', 1)
             HAVING count(DISTINCT nullif(split_part(part, ':', 2), '')) > 1
                 OR count(DISTINCT nullif(split_part(part, ':', 3), '')) > 1)""",
    )
    session.reject(
        "Identifier",
        "%s stands under two accounts in this file",
        """SELECT row, identifier_shown AS said FROM staged WHERE identifier IN (
             SELECT identifier FROM staged GROUP BY identifier HAVING count(DISTINCT (name, kind)) > 1)""",
    )
    session.reject(
        "Identifier",
        "%s is held by another active account",
        """SELECT s.row, s.identifier_shown AS said FROM staged s
           JOIN accounts_identifier i ON i.key = s.identifier
             AND i.kind = CASE WHEN length(s.identifier) = 3 THEN 'filer' ELSE 'importer' END
           JOIN accounts_account a ON a.id = i.account_id
           WHERE a.state = 'active' AND (a.name <> s.name OR upper(a.kind) <> s.kind)""",
    )


def _make_accounts(session: Session) -> None:
    session.run("ALTER TABLE staged ADD COLUMN changed boolean NOT NULL DEFAULT false")
    session.run(
        """CREATE TEMPORARY TABLE accounts_in ON COMMIT DROP AS
           SELECT s.name, s.kind, coalesce(a.id, gen_random_uuid()) AS id, a.id IS NULL AS made,
                  max(nullif(s.center, '')) AS center, string_agg(DISTINCT nullif(s.programs, ''), ';') AS programs,
                  max(nullif(s.email, '')) AS email
           FROM staged s LEFT JOIN LATERAL (
             SELECT id FROM accounts_account a WHERE a.name = s.name AND upper(a.kind) = s.kind
             ORDER BY (a.state = 'active') DESC, a.created_at LIMIT 1) a ON true
           GROUP BY s.name, s.kind, a.id"""
    )
    session.run(
        """INSERT INTO accounts_account (id, name, kind, state, center_id, created_at)
           SELECT id, name, lower(kind), 'active', center, now() FROM accounts_in WHERE made"""
    )
    session.run(
        """UPDATE staged s SET changed = true FROM accounts_in i JOIN accounts_account a ON a.id = i.id
           WHERE (i.name, i.kind) = (s.name, s.kind)
             AND (i.made OR a.state <> 'active' OR (i.center IS NOT NULL AND a.center_id IS DISTINCT FROM i.center))"""
    )
    session.run(
        """UPDATE accounts_account a SET state = 'active', center_id = coalesce(i.center, a.center_id)
           FROM accounts_in i WHERE a.id = i.id AND NOT i.made
             AND (a.state <> 'active' OR (i.center IS NOT NULL AND a.center_id IS DISTINCT FROM i.center))"""
    )


def _give_identifiers(session: Session) -> None:
    """New identifiers are made; those that a prospective account holds are taken from it, rows and all."""
    session.run(
        """CREATE TEMPORARY TABLE identifiers_in ON COMMIT DROP AS
           SELECT DISTINCT s.identifier AS key, s.identifier_shown AS shown, a.id AS account,
                  CASE WHEN length(s.identifier) = 3 THEN 'filer' ELSE 'importer' END AS kind
           FROM staged s JOIN accounts_in a ON (a.name, a.kind) = (s.name, s.kind)"""
    )
    session.run(
        """UPDATE staged s SET changed = true FROM identifiers_in n
           WHERE n.key = s.identifier AND NOT EXISTS (
             SELECT 1 FROM accounts_identifier i WHERE i.kind = n.kind AND i.key = n.key AND i.account_id = n.account)"""
    )
    held = session.rows(
        """SELECT i.id, n.account FROM identifiers_in n JOIN accounts_identifier i ON i.kind = n.kind AND i.key = n.key
           WHERE i.account_id <> n.account"""
    )
    Identifier.objects.move(dict(held), on=timezone.localdate())  # type: ignore[attr-defined,arg-type]
    session.run(
        """WITH made AS (
             INSERT INTO accounts_identifier (account_id, kind, value, key)
             SELECT account, kind, shown, key FROM identifiers_in ON CONFLICT (kind, key) DO NOTHING
             RETURNING id, account_id)
           INSERT INTO accounts_identifierownership (identifier_id, account_id) SELECT id, account_id FROM made"""
    )
    seal_numbers(session)


def _enroll(session: Session) -> None:
    listed = session.rows(
        """SELECT id, split_part(part, ':', 1) AS program, max(nullif(split_part(part, ':', 2), ''))::int,
                  max(nullif(split_part(part, ':', 3), ''))::date
           FROM accounts_in, string_to_table(programs, ';') AS part GROUP BY id, program ORDER BY id, program"""
    )
    for account, program, tier, since in listed:
        said = {"tier": tier, "since": since}
        known = Enrollment.objects.filter(account_id=account, program=program)
        if not known.exists():
            Enrollment.objects.create(account_id=account, program=program, **said)
        elif any(said.values()) and not known.filter(**{name: value for name, value in said.items() if value}).exists():
            known.update(**said)
        else:
            continue
        session.run(
            "UPDATE staged s SET changed = true FROM accounts_in a WHERE a.id = %(pk)s AND (a.name, a.kind) = (s.name, s.kind)",
            pk=account,
        )


def _invite(session: Session) -> None:
    """The contact becomes the account's first person, its administrator, and is told by mail from then on."""
    invited = session.rows("SELECT id, email FROM accounts_in WHERE email IS NOT NULL")
    accounts = Account.objects.in_bulk([pk for pk, _ in invited])
    for pk, email in invited:
        account = accounts[pk]
        if account.memberships.filter(ended_at=None).exists():
            continue
        person = Person.objects.filter(email=email).first() or Person.objects.create_user(
            str(email), name=str(email).split("@")[0][:LONGEST_NAME]
        )
        if person.is_government:
            session.said.append("A contact works for the government and was not made a member.")
            continue
        account.add_member(person, by=None, administrator=True)


register(Kind("accounts", ACCOUNTS, "name", {}, bring_in))
