"""Put deliveries into the queue, and take them out: one statement, however many people."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import Delivery, HowTold, Message
from notifications.models.how_told import CHANNELS
from notifications.mornings import SENT_BY, sent_by
from notifications.tasks import send_due

DIGESTS = (Delivery.Channel.DAILY, Delivery.Channel.WEEKLY)
# Each person is told once, over the channel that they chose, or at once where their next digest would come when it is stale
# already; what is for the portal alone has arrived with that.
TELL = f"""
INSERT INTO notifications_delivery
       (message_id, person_id, account_id, told_for, channel, state, due_at, sent_at, attempts, last_error)
SELECT %s, told.person_id, told.account_id, told.told_for, chosen.channel,
       CASE chosen.channel WHEN 'portal' THEN 'delivered' ELSE 'queued' END,
       now(), CASE chosen.channel WHEN 'portal' THEN now() END, 0, ''
FROM (SELECT person_id, (array_agg(account_id ORDER BY account_id))[1] AS account_id,
             coalesce(array_agg(DISTINCT account_id) FILTER (WHERE account_id IS NOT NULL), '{{{{}}}}') AS told_for
      FROM ({{people}}) AS people (person_id, account_id) GROUP BY person_id) AS told
LEFT JOIN notifications_howtold h ON h.person_id = told.person_id,
LATERAL (SELECT coalesce(h.choices ->> %s, 'now') AS choice, coalesce(h.time_zone, 'America/New_York') AS zone) asked,
LATERAL (SELECT CASE WHEN %s THEN 'portal' WHEN choice = 'now' THEN 'mail'
                     WHEN choice <> 'portal' AND %s::timestamptz < {SENT_BY} THEN 'mail' ELSE choice END AS channel) chosen
WHERE NOT EXISTS (SELECT FROM notifications_delivery d WHERE d.message_id = %s AND d.person_id = told.person_id)
ON CONFLICT (message_id, person_id, channel) DO NOTHING
"""


def tell(message: Message, people: list[QuerySet[Any]], *, only_in_portal: bool = False) -> int:
    """Queue the message once for each person, the way they chose; whoever was told of it already is not told again.

    people: querysets of (person id, account id for which they are told). only_in_portal: no mail, whatever they chose.
    Returns how many were told.
    Sending starts when the transaction commits; without a broker the scheduler's next round sends.
    """
    parts, values = _sql_of(people)
    kind = message.kind.name if message.kind else ""
    with connection.cursor() as cursor:
        given = [message.pk, *values, kind, only_in_portal, message.stop_after, message.pk]
        cursor.execute(TELL.format(people=parts), given)
        queued: int = cursor.rowcount
    if queued and not only_in_portal:
        transaction.on_commit(send_due.delay, robust=True)
    return queued


# Who was told already stands once in the inbox; that it is about one more of their accounts is added there.
ALSO_FOR = """
UPDATE notifications_delivery d SET told_for = d.told_for || more.accounts
FROM (SELECT t.id, array_agg(DISTINCT people.account_id) AS accounts
      FROM ({people}) AS people (person_id, account_id)
      JOIN notifications_delivery t ON t.person_id = people.person_id AND t.message_id = %s
      WHERE people.account_id <> ALL (t.told_for) GROUP BY t.id) more
WHERE d.id = more.id
"""


def add_accounts(message: Message, people: list[QuerySet[Any]]) -> int:
    """Let whoever was told of a message be told for these accounts of theirs too; one statement. people: as of `tell`.

    Returns of how many people something was added."""
    parts, values = _sql_of(people)
    with connection.cursor() as cursor:
        cursor.execute(ALSO_FOR.format(people=parts), [*values, message.pk])
        return int(cursor.rowcount)


def _sql_of(people: list[QuerySet[Any]]) -> tuple[str, list[Any]]:
    parts, values = [], []
    for rows in people:
        sql, found = rows.order_by().query.sql_with_params()
        parts.append(sql)
        values += found
    return " UNION ALL ".join(parts), values


def tell_each(told: list[tuple[Message, UUID, list[UUID]]]) -> int:
    """Make messages and queue each for people of its own: four statements, however many there are.

    told: messages not yet saved, the account (id) for which each is told, and the people (ids). One that another worker
    made meanwhile is left to it; one for nobody is not made, or it would count as told. Returns how many messages were
    made.
    """
    told = [one for one in told if one[2]]
    with transaction.atomic():
        Message.objects.bulk_create([message for message, _, _ in told], ignore_conflicts=True)
        made = set(Message.objects.filter(pk__in=[one.pk for one, _, _ in told]).values_list("pk", flat=True))
        chosen = HowTold.objects.in_bulk({person for _, _, people in told for person in people})
        Delivery.objects.bulk_create(
            _delivery(message, person, account, chosen.get(person))
            for message, account, people in told
            if message.pk in made
            for person in dict.fromkeys(people)
        )
        transaction.on_commit(send_due.delay, robust=True)
    return len(made)


def _delivery(message: Message, person: UUID, account: UUID, chosen: HowTold | None) -> Delivery:
    now, kind = timezone.now(), message.kind
    channel = CHANNELS[chosen.of(kind.name)] if chosen and kind else Delivery.Channel.MAIL
    if chosen and channel in DIGESTS and message.stop_after:
        late = message.stop_after < sent_by(channel, chosen.time_zone, now)
        channel = Delivery.Channel.MAIL if late else channel
    made = Delivery(
        message=message, person_id=person, account_id=account, told_for=[account], due_at=now, channel=channel
    )
    if channel == Delivery.Channel.PORTAL:
        made.state, made.sent_at = Delivery.State.DELIVERED, now
    return made


def wait_no_longer(reason: str) -> int:
    """Let the mails go now that wait for something (`NotYet`) which is there; returns how many. One that a sender holds
    just now, or was told of in that moment, goes a minute later."""
    now = TransactionNow()  # the clock of those who claim
    waiting = Delivery.objects.filter(state=Delivery.State.QUEUED, channel=Delivery.Channel.MAIL, last_error=reason)
    found = waiting.filter(due_at__gt=now).update(due_at=now)
    if found:
        transaction.on_commit(send_due.delay, robust=True)
    return found


def stop(message: Message) -> int:
    """Stop what has not been sent. What a sender holds just now it looks at once more before sending."""
    return stop_all(message.deliveries.all())


def stop_all(deliveries: QuerySet[Delivery]) -> int:
    """Stop those of these that have not been sent; one statement."""
    waiting = deliveries.filter(state__in=Delivery.WAITING)
    return waiting.update(state=Delivery.State.STOPPED, claimed_until=None)


def mark_read(message: Message, person: Any) -> None:
    """Record that a person has read a message, once."""
    message.deliveries.filter(person=person, read_at=None).update(read_at=timezone.now())
