"""Look at the plans in work: count what came in, and end the tests that can be ended."""

import datetime
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from compliance.plans.counting import count
from compliance.plans.models import Look, Verification

LOCK = 7_100_011
COUNTS = ["examined", "found", "as_of"]


def verify(accounts: Sequence[UUID] | None, as_of: datetime.date) -> int:
    """Count again and judge, for the plans of these accounts or of all; returns how many verifications ended.

    A few statements, and a few more for each test that ends. Twice at once or dying half-way harms nothing.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        counted = count(accounts, as_of)
        rows = list(Verification.objects.filter(pk__in=counted).select_related("plan"))
        new = [one for one in rows if counted[one.pk] != (one.examined, one.found)]
        for one in rows:
            (one.examined, one.found), one.as_of = counted[one.pk], as_of
        Verification.objects.bulk_update(rows, COUNTS, batch_size=500)
        Look.objects.bulk_create(
            [
                Look(verification=one, account_id=one.account_id, as_of=as_of, examined=one.examined, found=one.found)
                for one in new
            ],
            update_conflicts=True,
            unique_fields=["verification", "as_of"],
            update_fields=["examined", "found"],
        )
        ended = [(one, outcome) for one in rows if (outcome := one.test.verdict(one.examined, one.found))]
        for one, outcome in ended:
            one.plan.end_verification(one, outcome, on=as_of)
    return len(ended)
