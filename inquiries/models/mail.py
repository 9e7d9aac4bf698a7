"""Mails that came in, as they came, until a worker has landed or refused them."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from typing import ClassVar, Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.access import Reach, VisibleQuerySet
from accounts.models import Account, Person
from inquiries.by_mail.address import addressee_of
from inquiries.by_mail.reading import MOST_BYTES, READ_OF_HEADERS, head_of, one_line, recipients_of
from inquiries.by_mail.verdict import Verdict
from inquiries.models.inquiry import Inquiry
from inquiries.models.thread import Message

#: The largest number of the column of sizes.
MOST_COUNTED = 2**31 - 1
#: The remark of who brought a mail and took it for that.
SPAM = "spam"
LANDS_ONCE = "inbound_mail_lands_once"


class InboundMailQuerySet(VisibleQuerySet):
    def waiting(self, now: datetime.datetime) -> Self:
        """Those to be read now: what could not be taken in waits for its next try."""
        return self.filter(Q(try_after=None) | Q(try_after__lte=now), state=InboundMail.State.WAITING)


class InboundMail(models.Model):
    """A mail that came in. Its bytes are kept outside the web root until it has landed, or, refused, for 30 days.

    key: of the mail and of where it went, by which a second delivery is told; a provider hands the same out twice, and a
    Maildir is read again after a crash.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be read"
        LANDED = "landed", "In the thread"
        TWICE = "twice", "Came a second time"
        REFUSED = "refused", "Refused"

    class Reason(models.TextChoices):
        """Why a mail was refused; said to staff, and to nobody who wrote."""

        ADDRESS = "address", "No address of ours, or a forged one"
        SEVERAL = "several", "Addresses of several inquiries"
        AUTOMATIC = "automatic", "Written by a machine"
        SPAM = "spam", "Taken for spam by who brought it"
        SENDER = "sender", "Not sent from the person's known address"
        GONE = "gone", "The person may not write for this account (any more)"
        LAPSED = "lapsed", "The person's access is closed since nobody used it"
        MANY = "many", "Too many within an hour"
        OFTEN = "often", "More than a person writes to one inquiry in a day"
        EMPTY = "empty", "Nothing new in it"
        LARGE = "large", "Too large"
        UNREADABLE = "unreadable", "Cannot be read"
        CLOSED = "closed", "The account has left the program"
        UNPROVED = "unproved", "Nobody vouches for its sender"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField("hash of the bytes", max_length=64, unique=True)
    received_at = models.DateTimeField()
    via = models.CharField(max_length=20)
    envelope = models.CharField("sent to, by the envelope", max_length=320, blank=True)
    remark = models.CharField("what who brought it says of it", max_length=40, blank=True)
    verdict = models.CharField("whether the sender is proved, as the provider says", max_length=4, blank=True)
    because = models.CharField("what it says of the sender", max_length=200, blank=True)
    size = models.PositiveIntegerField("bytes")
    file = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=64, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    inquiry = models.ForeignKey(Inquiry, null=True, on_delete=models.CASCADE, related_name="mails")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+")
    try_after = models.DateTimeField("is tried again from then on", null=True)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[InboundMail]] = models.Manager.from_queryset(InboundMailQuerySet)()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="inbound_mail_waiting"),
            models.Index(fields=["-received_at", "-id"], name="inbound_mail_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(state="landed"), name=LANDS_ONCE),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "landed", "twice", "refused"]), name="inbound_mail_state_known"
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="inbound_mail_refused_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {timezone.localtime(self.received_at):%Y-%m-%d %H:%M}"

    @staticmethod
    def within(held: Reach) -> Q:
        """Headquarters alone: a mail that was refused may be anybody's."""
        return Q(pk__in=[])

    @classmethod
    def keep(
        cls, raw: bytes, *, via: str, envelope: str = "", remark: str = "", verdict: Verdict | None = None,
        size: int | None = None,
    ) -> bool:  # fmt: skip
        """Keep a mail as it came, on disk and in a row; False where these very bytes are here already, to that address.

        remark: why who brought it takes it for a machine's, if it does; verdict: what it says about the sender; size: of the
        whole mail in bytes, where `raw` is its beginning alone.
        Nothing of it is believed yet: web calls this for nobody. Committed before whoever brought the mail may forget it.
        Of a mail that is too large, or for no address made here, only the headers are kept: anybody can send any number.
        """
        digest = hashlib.sha256(envelope.lower().encode() + b"\0" + raw).hexdigest()
        size = len(raw) if size is None else size
        ours = any(addressee_of(one) for one in (envelope, *recipients_of(raw)))
        whole = raw if size <= MOST_BYTES else head_of(raw, READ_OF_HEADERS)
        kept = ContentFile(whole if ours else head_of(raw))
        path = default_storage.save(f"mail/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}", kept)
        row = cls(
            digest=digest, received_at=timezone.now(), via=via[:20], envelope=envelope[:320], remark=remark[:40],
            size=min(size, MOST_COUNTED), file=path, verdict=verdict.word if verdict else "",
            because=one_line(verdict.because)[:200] if verdict else "",
        )  # fmt: skip
        try:
            with transaction.atomic():
                # Without asking first: web may add rows here, and read none.
                made = _add(row)
        except Exception:
            default_storage.delete(path)
            raise
        if not made:
            default_storage.delete(path)
        return made

    def content(self) -> bytes:
        """The mail as it came. Raises FileNotFoundError where it was removed."""
        with default_storage.open(self.file, "rb") as file:
            return bytes(file.read())


ADD = """
INSERT INTO inquiries_inboundmail (id, digest, received_at, via, envelope, remark, verdict, because, size, file, state, reason, detail, key, sender)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', '', '', '', '') ON CONFLICT DO NOTHING
"""


def _add(row: InboundMail) -> bool:
    values = (
        row.pk,
        row.digest,
        row.received_at,
        row.via,
        row.envelope,
        row.remark,
        row.verdict,
        row.because,
        row.size,
        row.file,
    )
    with connection.cursor() as cursor:
        cursor.execute(ADD, values)
        return bool(cursor.rowcount)
