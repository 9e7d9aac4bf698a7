"""What an assignment starts from: accounts of the program without a manager, and what every manager carries."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from accounts.models import Person
from compliance.selection import freezing
from compliance.selection.assignment.proposing import Carrier, Unmanaged
from compliance.selection.caseload import BROKERS

#: Accounts that are shared out at once; the others wait for the next time.
MOST = 100

# Who has a manager only from a later day on is spoken for, and so is no orphan.
ACTIVE = f"""
SELECT f.account_id, f.name, f.kind, f.center_id, f.weight, f.score, s.manager_id, later.starts, goods.code
FROM ({freezing.CANDIDATES.format(who=freezing.THE_ACTIVE)}) f
LEFT JOIN accounts_assignment s ON s.account_id = f.account_id AND s.starts <= %(as_of)s
  AND (s.ends IS NULL OR s.ends > %(as_of)s)
LEFT JOIN LATERAL (SELECT min(l.starts) AS starts FROM accounts_assignment l
                   WHERE l.account_id = f.account_id AND l.starts > %(as_of)s) later ON true
LEFT JOIN LATERAL (
  SELECT b.code FROM examinations_entrybreakdown b
  WHERE f.kind = 'importer' AND b.account_id = f.account_id AND b.dimension = 'chapter' AND b.source = 'cbp'
    AND b.month >= %(year)s AND b.month <= %(as_of)s
  GROUP BY b.code ORDER BY sum(b.value) DESC, b.code LIMIT 1) goods ON true
ORDER BY f.score DESC NULLS LAST, f.account_id
"""


@dataclass(frozen=True)
class Orphan:
    """An account without a manager, with its name."""

    unmanaged: Unmanaged
    name: str
    kind: str
    score: Decimal | None


@dataclass(frozen=True)
class Start:
    """orphans: the highest scores first, MOST at most; waiting: how many more there are."""

    orphans: list[Orphan]
    waiting: int
    carriers: list[Carrier]
    people: Mapping[str, Person]


def start(as_of: datetime.date) -> Start:
    """Read both sides as they are on a day; two statements."""
    people = {
        str(one.pk): one for one in Person.objects.filter(role=Person.Role.MANAGER, is_active=True, leaves_on=None)
    }
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE, freezing.parameters(as_of, None))
        rows = cursor.fetchall()
    orphans, loads, known = [], defaultdict(Decimal), defaultdict(Counter[str])
    for account, name, kind, center, weight, score, manager, later, goods in rows:
        goods = BROKERS if kind == "broker" else goods or ""
        if manager is not None:
            loads[str(manager)] += weight
            known[str(manager)][goods] += 1
        elif later is None:
            orphans.append(Orphan(Unmanaged(str(account), center, goods, weight), name, kind, score))
    carriers = [
        Carrier(pk, one.center_id, loads[pk], {goods: many for goods, many in known[pk].items() if goods})
        for pk, one in people.items()
    ]
    return Start(orphans[:MOST], max(len(orphans) - MOST, 0), carriers, people)


def because(orphan: Orphan, carrier: Carrier) -> str:
    """Why this manager, in a few words; facts alone, whoever chose."""
    said = []
    if orphan.kind == "broker":
        many = carrier.accounts.get(BROKERS, 0)
        said.append(f"Looks after {many} {'broker' if many == 1 else 'brokers'}" if many else "The first broker")
    else:
        said.append("Of its Center" if carrier.is_near(orphan.unmanaged) else "Of another Center")
        if goods := orphan.unmanaged.goods:
            many = carrier.accounts.get(goods, 0)
            said.append(f"{many} of chapter {goods} already" if many else f"new to chapter {goods}")
    said.append(f"carries {carrier.load:.1f}")
    return "; ".join(said)
