"""Digests: what waits for a person's morning goes out as one mail, itself a message that is queued, claimed, sent, settled.

Due is what was told before the last morning at which a digest goes out, and is in none yet: after an outage it goes out
late, once. A daily digest goes out at seven each day, a weekly one on Mondays, by the clock that the person chose; on
Mondays both are one mail. What it says is drawn when it is sent: what was stopped meanwhile is not in it.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from notifications.claims import CONCERNED
from notifications.letters import DRAWN, Drawn
from notifications.models import Delivery
from notifications.own_words import own_words_of

#: When a person's morning begins, and for how long a digest that could not be sent is worth sending.
MORNING, WORTH_DAYS = "7 hours", 3
#: How many of what it carries a mail shows; the inbox has all.
SHOWN = 40

# `date_trunc('week')` is Monday. The morning before the first one that is still to come is the last one that was.
GATHER = f"""
WITH waiting AS (
    SELECT d.id, d.person_id, d.due_at, d.channel,
           coalesce(h.time_zone, 'America/New_York') AS zone
    FROM notifications_delivery d LEFT JOIN notifications_howtold h ON h.person_id = d.person_id
    WHERE d.state = 'queued' AND d.digest_id IS NULL AND d.channel IN ('daily', 'weekly')
    FOR UPDATE OF d SKIP LOCKED),
clocks AS (
    SELECT zone, (now() AT TIME ZONE zone) - interval '{MORNING}' AS clock FROM (SELECT DISTINCT zone FROM waiting) z),
due AS (
    SELECT w.id, w.person_id, clock::date AS day
    FROM waiting w JOIN clocks USING (zone)
    WHERE w.due_at < (CASE w.channel WHEN 'daily' THEN date_trunc('day', clock) ELSE date_trunc('week', clock) END
                      + interval '{MORNING}') AT TIME ZONE zone),
made AS (
    INSERT INTO notifications_message (id, key, topic, subject, text, path, asks, about_id, stop_after, created_at)
    SELECT gen_random_uuid(), 'digest:' || person_id || ':' || min(id), 'digest', 'What is new for you', '', '/inbox/',
           false, '', now() + interval '{WORTH_DAYS} days', now()
    FROM due GROUP BY person_id
    ON CONFLICT (key) DO NOTHING RETURNING id, key),
queued AS (
    INSERT INTO notifications_delivery
           (message_id, person_id, told_for, channel, state, due_at, attempts, last_error)
    SELECT id, split_part(key, ':', 2)::uuid, '{{}}', 'mail', 'queued', now(), 0, '' FROM made
    RETURNING id, person_id),
gathered AS (
    UPDATE notifications_delivery d SET digest_id = queued.id FROM queued, due
    WHERE due.person_id = queued.person_id AND d.id = due.id RETURNING d.id)
SELECT (SELECT count(*) FROM queued), (SELECT count(*) FROM gathered)
"""
# Whoever left one of their accounts since hears nothing of it; nobody hears what is stale by now.
STOP_CARRIED = f"""
UPDATE notifications_delivery d SET state = 'stopped'
FROM notifications_message m, accounts_person p
WHERE m.id = d.message_id AND p.id = d.person_id AND d.digest_id = %s AND d.state = 'queued' AND NOT {CONCERNED}
"""


def gather() -> int:
    """Put what is due into digests, one statement for everybody. Returns how many digests were made."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GATHER)
        made, _ = cursor.fetchone()
    return int(made)


@dataclass(frozen=True)
class Item:
    """One message in a digest. own: what it means for its reader; empty where it says the same to all."""

    subject: str
    lead: str
    path: str
    own: str = ""


def carried_by(digest: Delivery) -> list[Item]:
    """What a digest carries and still holds, oldest first; what does not is stopped."""
    with connection.cursor() as cursor:
        cursor.execute(STOP_CARRIED, [digest.pk])
    rows = digest.carried.filter(state=Delivery.State.QUEUED).select_related("message", "person")
    found = list(rows.order_by("due_at", "pk"))
    own = own_words_of(found[:SHOWN])
    return [
        Item(one.message.subject, one.message.text.partition("\n\n")[0], one.message.path, own.get(one.pk, ""))
        for one in found
    ]


def draw(digest: Delivery) -> Drawn | None:
    """The words of a digest; None where nothing is left to say."""
    items = carried_by(digest)
    if not items:
        return None
    one = len(items) == 1
    subject = items[0].subject if one else f"{len(items)} messages: {items[0].subject} and more"
    return Drawn(subject[:200], "digest", {"items": items[:SHOWN], "left": len(items) - SHOWN, "count": len(items)})


DRAWN[Delivery.DIGEST] = draw
