"""Put deliveries into the queue, and take them out: one statement, however many people."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import Delivery, Message
from notifications.tasks import send_due

TELL = """
INSERT INTO notifications_delivery
       (message_id, person_id, account_id, told_for, channel, state, due_at, attempts, last_error)
SELECT %s, person_id, (array_agg(account_id ORDER BY account_id))[1],
       coalesce(array_agg(DISTINCT account_id) FILTER (WHERE account_id IS NOT NULL), '{{}}'),
       %s, 'queued', now(), 0, ''
FROM ({people}) AS people (person_id, account_id)
GROUP BY person_id
ON CONFLICT (message_id, person_id, channel) DO NOTHING
"""


def tell(message: Message, people: list[QuerySet[Any]]) -> int:
    """Queue one mail of the message for each person; whoever has one already gets no second.

    people: querysets of (person id, account id for which they are told). Returns how many were queued.
    Sending starts when the transaction commits; without a broker the scheduler's next round sends.
    """
    parts, parameters = [], [message.pk, Delivery.Channel.MAIL.value]
    for rows in people:
        sql, values = rows.order_by().query.sql_with_params()
        parts.append(sql)
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(TELL.format(people=" UNION ALL ".join(parts)), parameters)
        queued: int = cursor.rowcount
    transaction.on_commit(send_due.delay, robust=True)
    return queued


def tell_each(told: list[tuple[Message, UUID, list[UUID]]]) -> int:
    """Make messages and queue one mail of each for people of its own: three statements, however many there are.

    told: messages not yet saved, the account (id) for which each is told, and the people (ids). One that another worker
    made meanwhile is left to it; one for nobody is not made, or it would count as told. Returns how many messages were
    made.
    """
    now, told = timezone.now(), [one for one in told if one[2]]
    with transaction.atomic():
        Message.objects.bulk_create([message for message, _, _ in told], ignore_conflicts=True)
        made = set(Message.objects.filter(pk__in=[one.pk for one, _, _ in told]).values_list("pk", flat=True))
        Delivery.objects.bulk_create(
            Delivery(message=message, person_id=person, account_id=account, told_for=[account], due_at=now)
            for message, account, people in told
            if message.pk in made
            for person in dict.fromkeys(people)
        )
        transaction.on_commit(send_due.delay, robust=True)
    return len(made)


def stop(message: Message) -> int:
    """Stop what has not been sent. What a sender holds just now it looks at once more before sending."""
    return stop_all(message.deliveries.all())


def stop_all(deliveries: QuerySet[Delivery]) -> int:
    """Stop those of these that have not been sent; one statement."""
    waiting = deliveries.filter(state__in=[Delivery.State.QUEUED, Delivery.State.CLAIMED])
    return waiting.update(state=Delivery.State.STOPPED, claimed_until=None)


def mark_read(message: Message, person: Any) -> None:
    """Record that a person has read a message, once."""
    message.deliveries.filter(person=person, read_at=None).update(read_at=timezone.now())
