"""A mail that was kept lands in its thread, or is refused with the reason, in one transaction with the row that says so.

Killed at any moment it has landed or it waits; read twice, or at once, it lands once.
"""

import datetime
import hashlib
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.access import reach
from accounts.models import Person
from documents.kinds import Refused
from documents.models import Document
from documents.scanning import UNREACHABLE
from inquiries.by_mail.address import Addressee, addressee_of
from inquiries.by_mail.not_taken import belongs, say_files_left_out, say_not_taken
from inquiries.by_mail.reading import MOST_BYTES, Mail, read, recipients_of
from inquiries.by_mail.verdict import FAIL, PASS, Verdict, of_results
from inquiries.models import InboundMail, Inquiry, Message
from inquiries.models.mail import LANDS_ONCE, SPAM
from inquiries.verbs import HasLeft, TooOften

logger = logging.getLogger("portal.inquiries")
Reason = InboundMail.Reason

#: A person who writes writes so often in an hour; two machines that answer each other stop here.
MOST_AN_HOUR = 12
#: The bytes of a refused mail are there for headquarters so long.
KEPT = datetime.timedelta(days=30)
#: What cannot be taken in just now waits and is tried again: after so long a mail lands without the files that nobody
#: scanned, and what else stood in its way refuses it.
WAITS, AGAIN = datetime.timedelta(hours=12), datetime.timedelta(minutes=10)
BATCH = 50
#: Of a mail to several inquiries, so many threads say that it came.
MOST_ADDRESSED = 5
#: How a mail came that no provider has handed along: with what our own server wrote above it.
MAILDIR = "maildir"


#: A thread, and the person whose address to it was used.
Whose = tuple[Inquiry, Person]


class NotTaken(Exception):
    """The mail is refused; why, for staff. whose: the threads that it was for, where the row alone does not say."""

    def __init__(self, reason: str, detail: str = "", whose: Sequence[Whose] = ()) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.whose = reason, detail, whose


class ScannerAway(Exception):
    """A file cannot be scanned just now: the whole mail waits."""


@dataclass(frozen=True)
class Found:
    """Whose mail it is, as far as the signed address and the sender agree."""

    person: Person
    inquiry: Inquiry
    mail: Mail


def take_in_all() -> int:
    """Take in what waits, the oldest first, each in a transaction of its own. Returns how many were settled."""
    waiting = InboundMail.objects.waiting(timezone.now()).order_by("received_at")  # type: ignore[attr-defined]
    settled, scans = 0, True
    for pk in list(waiting.values_list("pk", flat=True)[:BATCH]):
        try:
            settled += take_in(pk, scans=scans)
        except ScannerAway:
            scans = False  # not asked for the rest of the round: a word that does not come takes a minute each time
    return settled


def take_in(pk: object, *, scans: bool = True) -> bool:
    """Land or refuse one mail. False where another worker has it, or it is tried again later.

    scans: whether the scanner is asked. Raises ScannerAway where it gives no word: the mail waits, those behind it do not.
    """
    try:
        with transaction.atomic():
            rows = InboundMail.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.filter(pk=pk, state=InboundMail.State.WAITING).first()
            if row is None:
                return False
            _settle(row, timezone.now(), scans)
    except ScannerAway:
        logger.warning("mail %s waits: a file could not be scanned", pk)
        _postpone(pk)
        raise
    except OperationalError:  # a lock or a lost connection says nothing of the mail
        logger.exception("mail %s waits", pk)
        return False
    except IntegrityError:  # nor does what a row met that came at the same moment
        logger.exception("mail %s waits", pk)
        return not _postpone(pk) and _give_up(pk)
    except Exception:  # whatever one mail trips over must not stop those behind it
        logger.exception("mail %s could not be taken in", pk)
        return _give_up(pk)
    return True


def _postpone(pk: object) -> bool:
    """Try it again later, behind what can be taken in now. False where it has waited long enough."""
    now = timezone.now()
    young = InboundMail.objects.filter(pk=pk, state=InboundMail.State.WAITING, received_at__gt=now - WAITS)
    return bool(young.update(try_after=now + AGAIN))


def _give_up(pk: object) -> bool:
    """Refuse what cannot be taken in, and say so to staff, where that is possible at all."""
    now = timezone.now()
    refused = {"state": InboundMail.State.REFUSED, "reason": Reason.UNREADABLE, "settled_at": now}
    if not InboundMail.objects.filter(pk=pk, state=InboundMail.State.WAITING).update(**refused):
        return False
    try:
        with transaction.atomic():
            row = InboundMail.objects.get(pk=pk)
            for inquiry, person in _by_headers(row):
                say_not_taken(row, inquiry, person, now)
    except Exception:  # the mail is refused, and headquarters finds it
        logger.exception("of mail %s staff could not be told", pk)
    return True


def _by_headers(row: InboundMail) -> list[Whose]:
    """Whose a mail is of which nothing but its headers can be read."""
    try:
        found = map(addressee_of, (row.envelope, *recipients_of(row.content())))
        return _existing({one for one in found if one})
    except Exception:  # not even those
        logger.exception("mail %s names nobody", row.pk)
        return []


def _settle(row: InboundMail, now: datetime.datetime, scans: bool) -> None:
    row.settled_at = now
    try:
        with transaction.atomic():
            _land(row, now, scans)
    except NotTaken as refused:
        row.state, row.reason, row.detail = InboundMail.State.REFUSED, refused.reason, refused.detail[:200]
        logger.warning("mail %s refused: %s", row.pk, refused.reason)
        for inquiry, person in refused.whose or _known_to(row):
            say_not_taken(row, inquiry, person, now)
    except IntegrityError as error:
        if not _landed_before(error):
            raise
        row.state, row.message = InboundMail.State.TWICE, None
    row.save()
    if row.state != InboundMail.State.REFUSED:
        path = row.file
        transaction.on_commit(lambda: default_storage.delete(path))


def _landed_before(error: IntegrityError) -> bool:
    """Whether it is the unique key that was met: the same mail landed before, or at this very moment."""
    return getattr(error.__cause__, "diag", None) is not None and error.__cause__.diag.constraint_name == LANDS_ONCE  # type: ignore[union-attr]


def _land(row: InboundMail, now: datetime.datetime, scans: bool) -> None:
    """Raises NotTaken; IntegrityError where it landed before."""
    found = _whose(row, _read(row))
    row.inquiry, row.person, row.account = found.inquiry, found.person, found.inquiry.account
    if row.size > MOST_BYTES:  # its headers alone are here: enough to know whose it is, and whom to tell
        raise NotTaken(Reason.LARGE, f"{row.size / 2**20:,.0f} MB")
    if not found.mail.text and not found.mail.files:
        raise NotTaken(Reason.EMPTY)
    _limit(found, now)
    row.key = _key(found, row)
    row.state = InboundMail.State.LANDED
    row.save()  # the key is taken before a word is written
    text = found.mail.text or f"(No words, {len(found.mail.files)} attached.)"
    try:
        row.message = found.inquiry.reply(by=found.person, text=text, via=Message.Via.MAIL)
    except PermissionDenied as error:
        raise NotTaken(Reason.GONE) from error
    except HasLeft as error:
        raise NotTaken(Reason.CLOSED) from error
    except TooOften as error:
        raise NotTaken(Reason.OFTEN) from error
    except ValidationError as error:
        raise NotTaken(Reason.UNREADABLE, error.messages[0]) from error
    _keep_files(found, row, now, scans)


def _read(row: InboundMail) -> Mail:
    try:
        return read(row.content())
    except FileNotFoundError as error:
        raise NotTaken(Reason.UNREADABLE, "its bytes are gone") from error
    except Exception as error:  # a mail may be anything; whatever the parser trips over must not stop the others
        logger.exception("mail %s cannot be read", row.pk)
        raise NotTaken(Reason.UNREADABLE, type(error).__name__, _by_headers(row)) from error


def _whose(row: InboundMail, mail: Mail) -> Found:
    """The signed address says who may write, and to what; the sender must be that person, and proved to be where settings
    ask for it. No other header counts."""
    row.sender = ", ".join(mail.senders)[:320]
    addressed = _addressees(row, mail)
    whose = _existing(addressed)
    if len(addressed) == 1:
        for inquiry, person in whose:
            row.person, row.inquiry, row.account = person, inquiry, inquiry.account
    if row.remark or mail.automatic:  # said to staff of each thread: what took it for a machine's may be wrong
        raise NotTaken(Reason.SPAM if row.remark == SPAM else Reason.AUTOMATIC, row.remark or mail.automatic, whose)
    if len(addressed) != 1:
        raise NotTaken(Reason.SEVERAL if addressed else Reason.ADDRESS, whose=whose)
    if not whose:
        raise NotTaken(Reason.GONE)
    inquiry, person = whose[0]
    if mail.senders != (person.email,):
        raise NotTaken(Reason.SENDER)
    if inquiry.account_id not in reach(person).own:
        raise NotTaken(Reason.LAPSED if belongs(inquiry, person) else Reason.GONE)
    _prove(row, mail)
    return Found(person, inquiry, mail)


def _prove(row: InboundMail, mail: Mail) -> None:
    """Anybody can write any From. Raises NotTaken where the provider, or the server that received it, says that it is not
    from there; and, where settings require its word (REPLY_PROOF), also where it says nothing."""
    asked = settings.REPLY_PROOF
    if asked == "none":
        return
    found = Verdict(row.verdict, row.because)
    if not found.word and row.via == MAILDIR:
        own = of_results(mail.results, settings.REPLY_AUTHSERV_IDS, mail.senders[0])
        found = own if own.because else found
        row.verdict, row.because = found.word, found.because[:200]
    if found.word == FAIL or (found.word != PASS and asked == "required"):
        raise NotTaken(Reason.UNPROVED, found.because or "nobody said anything of it")


def _addressees(row: InboundMail, mail: Mail) -> set[Addressee]:
    """The envelope decides where it names one of ours; else the headers."""
    by_envelope = addressee_of(row.envelope)
    return {by_envelope} if by_envelope else {one for one in map(addressee_of, mail.recipients) if one}


def _existing(addressed: set[Addressee]) -> list[Whose]:
    """Those of which both are still there, in the order of inquiries; more than a few nobody is told of."""
    people = {one.pk: one for one in Person.objects.filter(pk__in=[to.person for to in addressed])}
    wanted = sorted(addressed, key=lambda to: (to.inquiry, str(to.person)))[:MOST_ADDRESSED]
    inquiries = Inquiry.objects.filter(pk__in=[to.inquiry for to in wanted]).select_related("account").in_bulk()
    return [
        (inquiries[to.inquiry], people[to.person]) for to in wanted if to.inquiry in inquiries and to.person in people
    ]


def _known_to(row: InboundMail) -> list[Whose]:
    return [(row.inquiry, row.person)] if row.inquiry and row.person else []


def _limit(found: Found, now: datetime.datetime) -> None:
    """Against loops that no header shows: of one person, so many mails an hour."""
    landed = InboundMail.objects.filter(person=found.person, state=InboundMail.State.LANDED)
    if landed.filter(settled_at__gt=now - datetime.timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise NotTaken(Reason.MANY)


def _key(found: Found, row: InboundMail) -> str:
    """By the mail's own number and where it lands; by its bytes where it has none. A number that somebody else made up
    stops nobody's mail: the person is part of it."""
    named = found.mail.message_id or row.digest
    return hashlib.sha256(f"{named}|{found.inquiry.pk}|{found.person.pk}".encode()).hexdigest()


def _keep_files(found: Found, row: InboundMail, now: datetime.datetime, scans: bool) -> None:
    """Keep what is taken; of what is not, the thread says which and why, so that the sender can send it otherwise."""
    refused = []
    for one in found.mail.files:
        try:
            if settings.CLAMD and not scans:
                raise Refused(UNREACHABLE)
            Document.objects.keep(  # type: ignore[attr-defined]
                io.BytesIO(one.content), one.name, about=row.message, account=found.inquiry.account, filer=None,
                by=found.person,
            )  # fmt: skip
        except Refused as error:
            if str(error) == UNREACHABLE and now - row.received_at < WAITS:
                raise ScannerAway from error
            refused.append(f"{one.name[:60]}: {error}")
    if found.mail.left_out:
        refused.append(f"{found.mail.left_out} more: too many files in one mail.")
    for words in refused:
        found.inquiry.steps.create(
            account_id=found.inquiry.account_id,
            at=now,
            by=None,
            words=f"A file of the mail was not taken. {words}"[:400],
        )
    if refused:
        say_files_left_out(row, refused)


def forget(now: datetime.datetime) -> int:
    """Remove the bytes of mails that were refused long ago; that they came stays known. Returns how many."""
    old = InboundMail.objects.filter(state=InboundMail.State.REFUSED, settled_at__lt=now - KEPT).exclude(file="")
    rows = list(old.values_list("pk", "file")[:1000])
    for _, path in rows:
        default_storage.delete(path)
    return InboundMail.objects.filter(pk__in=[pk for pk, _ in rows]).update(file="")
